import { instrumentOf } from '../../market/instruments.ts'
import { type Feed, type FeedContext, FeedRefusal } from '../feed.ts'
import { type StreamRequest, textList } from '../request.ts'

/** `smd+<conid>[@EXCHANGE]+{"fields":[…]}`: the whole first, then what has changed; it lapses after 15 minutes. */
export function marketData(
  { targets, options }: StreamRequest,
  context: FeedContext,
  nowMs: number,
): Feed | FeedRefusal {
  const { state, session } = context
  const contract = targets[0] ?? ''
  const conid = Number(contract.split('@')[0])
  if (instrumentOf(conid) === undefined) {
    return new FeedRefusal('contract is not available', 'Look the conid up: GET /iserver/secdef/search.')
  }
  const lines = state.market.subscriptions
  if (!lines.renew(session, conid, nowMs)) {
    return new FeedRefusal(
      'max number of market data lines reached',
      'Unsubscribe with umd+<conid>+{} first.',
    )
  }
  const update = changedFields(conid, contract, new Set(textList(options.fields)), context)
  return {
    key: `smd+${conid}`,
    update: (atMs) => lines.isRunning(session, conid, atMs) && update(atMs),
    end: () => {
      lines.end(session, conid)
    },
  }
}

function changedFields(
  conid: number,
  contract: string,
  fields: ReadonlySet<string>,
  { state, send }: FeedContext,
): (nowMs: number) => true {
  let sent: Readonly<Record<string, string>> | undefined
  const frame = { topic: `smd+${conid}`, conid, conidEx: contract, server_id: `q${conid % 100}` }
  return (nowMs) => {
    const current = state.market.quotes.snapshotFields(conid, nowMs)
    const news = Object.entries(current).filter(
      ([id, text]) => (id === '6509' || fields.has(id)) && sent?.[id] !== text,
    )
    if (sent === undefined || news.length > 0) {
      const first = sent === undefined ? { 6119: frame.server_id } : {}
      send({ ...frame, ...first, ...Object.fromEntries(news), _updated: nowMs })
    }
    sent = current
    return true
  }
}
