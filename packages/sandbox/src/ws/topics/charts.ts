import { history as barsOf, readPeriod } from '../../market/history.ts'
import { type Instrument, instrumentOf, priceText } from '../../market/instruments.ts'
import type { Quote } from '../../market/quotes.ts'
import { textOf } from '../../request/body.ts'
import { accountRefusal, type Feed, type FeedContext, FeedRefusal } from '../feed.ts'
import type { StreamRequest } from '../request.ts'

let lastServerId = 20_476

/** `smh+<conid>+{"period","bar",…}`: bars, once; it counts as one of five until `umh+<serverId>`. */
export function history(
  { targets, options }: StreamRequest,
  { state, send }: FeedContext,
  nowMs: number,
): Feed | FeedRefusal {
  const instrument = instrumentOf(Number((targets[0] ?? '').split('@')[0]))
  if (instrument === undefined) {
    return new FeedRefusal('contract is not available', 'Look the conid up: GET /iserver/secdef/search.')
  }
  const period = textOf(options.period) ?? '1d'
  const periodMs = readPeriod(period)
  const barMs = readPeriod(textOf(options.bar) ?? '5min')
  if (periodMs === undefined || barMs === undefined) {
    return new FeedRefusal('period or bar is not valid', 'Write them as 30min, 8h, 2d, 1w, 6m or 1y.')
  }
  const serverId = String(++lastServerId)
  const bars = barsOf(state.market.quotes, instrument, { period, periodMs, barMs }, nowMs)
  send({ ...bars, topic: `smh+${instrument.conid}`, serverId })
  return { key: `smh+${serverId}` }
}

/** `sbd+<account>+<conid>[+<exchange>]`: the book to five levels each side, whole, whenever it has changed. */
export function depth({ targets }: StreamRequest, context: FeedContext): Feed | FeedRefusal {
  const [accountId = '', contract = ''] = targets
  const { state, send } = context
  const instrument = instrumentOf(Number(contract))
  if (instrument === undefined) {
    return new FeedRefusal('contract is not available', 'Write sbd+<account>+<conid>.')
  }
  const topic = `sbd+${accountId}+${instrument.conid}`
  let sent = ''
  const update = (nowMs: number): boolean => {
    const data = bookRows(instrument, state.market.quotes.quote(instrument.conid, nowMs))
    const text = JSON.stringify(data)
    if (text !== sent) send({ topic, data })
    sent = text
    return true
  }
  return accountRefusal(accountId, context) ?? { key: topic, update }
}

const levels = [1, 2, 3, 4, 5]

/** The highest price first; nothing of what nobody quotes. */
function bookRows(instrument: Instrument, quote: Quote | undefined): readonly object[] {
  const { bid, ask, last = 0, askSize = 0, bidSize = 0 } = quote ?? {}
  if (bid === undefined || ask === undefined) return []
  const price = (value: number): string => priceText(instrument, value)
  const buy = levels.map((level) => ({
    price: price(bid - (level - 1) * instrument.tick),
    bid: String(bidSize * level),
  }))
  const sell = levels.map((level) => ({
    price: price(ask + (level - 1) * instrument.tick),
    ask: String(askSize * level),
  }))
  const focus = price(last)
  return [...sell.reverse(), ...buy].map((row, index) => ({
    row: index + 1,
    focus: row.price === focus ? 1 : 0,
    ...row,
  }))
}
