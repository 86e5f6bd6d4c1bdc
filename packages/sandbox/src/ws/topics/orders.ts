import { orderRow } from '../../market/rows.ts'
import { tradeDaysMs, tradeRows } from '../../market/trades.ts'
import type { Feed, FeedContext } from '../feed.ts'
import { type StreamRequest, textList } from '../request.ts'

/** `sor+{"filters":["Submitted"]}`: the orders that there are, then each status that an order passes through. */
export function orders({ options }: StreamRequest, { state, accountIds, send }: FeedContext): Feed {
  const filters = textList(options.filters).map((filter) => filter.toLowerCase())
  const isWanted = (status: string): boolean => filters.length === 0 || filters.includes(status.toLowerCase())
  const book = state.market.orders
  const known = book.list(accountIds).filter(({ status }) => isWanted(status))
  if (known.length > 0) send({ topic: 'sor', args: known.map(orderRow) })
  const end = book.onChange((order) => {
    if (accountIds.includes(order.accountId) && isWanted(order.status)) {
      send({ topic: 'sor', args: [orderRow(order)] })
    }
  })
  return { key: 'sor', end }
}

/**
 * `str+{"realtimeUpdatesOnly":false,"days":1}`: nothing, then the history, then news. Each news repeats what came
 * before, as IBKR does: clients tell executions by `execution_id`.
 */
export function trades(
  { options }: StreamRequest,
  { state, accountIds, send }: FeedContext,
  nowMs: number,
): Feed {
  const isHistoryWanted = options.realtimeUpdatesOnly !== true
  const sinceMs = isHistoryWanted ? nowMs - tradeDaysMs(options.days) : nowMs
  const book = state.market.orders
  const rows = (): readonly object[] => tradeRows(book, accountIds, sinceMs)
  send({ topic: 'str', args: [] })
  const history = isHistoryWanted ? rows() : []
  if (history.length > 0) send({ topic: 'str', args: history })
  const end = book.onExecution(({ order }) => {
    if (accountIds.includes(order.accountId)) send({ topic: 'str', args: rows() })
  })
  return { key: 'str', end }
}
