import { orderRow, orderStatus } from '../../market/rows.ts'
import { tradeDaysMs, tradeRows } from '../../market/trades.ts'
import { isTrue, textOf } from '../../request/body.ts'
import { currentBases } from '../../request/paths.ts'
import { json, type Reply } from '../../request/reply.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { type ApiCall, type ApiRoute, addApiRoutes } from '../api-call.ts'
import { ownOrder, unknownOrder } from '../own-account.ts'
import type { Router } from '../router.ts'

const routes: readonly ApiRoute[] = [
  [['GET'], '/iserver/account/orders', 'accounts', orders],
  [['GET'], '/iserver/account/order/status/:order', 'accounts', status],
  [['GET'], '/iserver/account/trades', 'accounts', trades],
]

/** What became of the orders: those of the day, one of them, and the fills. */
export function addOrderListRoutes(router: Router, state: SandboxState): void {
  addApiRoutes(router, state, currentBases, routes)
}

/** The first call of a session only has IBKR fetch the orders; `force` has it fetch them again. */
function orders({ fields, state, session }: ApiCall): Reply {
  const isFetched = session.ordersFetched && !isTrue(fields.force)
  session.ordersFetched = true
  if (!isFetched) return json({ orders: [], snapshot: false })
  const filters = (textOf(fields.filters) ?? '')
    .split(',')
    .map(statusKey)
    .filter((key) => statusKeys.has(key))
  const wanted = textOf(fields.accountId)
  const mine = state.users.accountIds(session.username)
  const found = state.market.orders
    .list(wanted === undefined ? mine : mine.filter((id) => id === wanted))
    .filter((order) => filters.length === 0 || filters.includes(statusKey(order.status)))
  return json({ orders: found.map(orderRow), snapshot: true })
}

const statusKeys = new Set(
  'inactive pendingsubmit presubmitted submitted filled pendingcancel cancelled warnstate'.split(' '),
)

/** Filters are `pre_submitted` or `PreSubmitted`, as documentation and clients have them. */
function statusKey(status: string): string {
  return status.replaceAll('_', '').trim().toLowerCase()
}

function status(call: ApiCall): Reply {
  const order = ownOrder(call)
  return order === undefined ? unknownOrder(call, 503) : json(orderStatus(order))
}

function trades({ fields, state, session, nowMs }: ApiCall): Reply {
  const sinceMs = nowMs - tradeDaysMs(fields.days)
  return json(tradeRows(state.market.orders, state.users.accountIds(session.username), sinceMs))
}
