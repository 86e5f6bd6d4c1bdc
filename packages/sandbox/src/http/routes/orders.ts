import { explained } from '../../explain/known-refusals.ts'
import type { Order } from '../../market/order-book.ts'
import type { OrderOutcome } from '../../market/order-desk.ts'
import { type OrderFields, readOrderFields } from '../../market/order-fields.ts'
import { suppressibleIds } from '../../market/questions.ts'
import { orderRow, orderStatus, tradeRow } from '../../market/rows.ts'
import { whatIf } from '../../market/what-if.ts'
import { isTrue, numberOf, textOf } from '../../request/body.ts'
import { currentBases } from '../../request/paths.ts'
import { apiError, json, type Reply } from '../../request/reply.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { type ApiCall, type ApiRoute, addApiRoutes } from '../api-call.ts'
import { forOwnAccount } from '../own-account.ts'
import type { Router } from '../router.ts'

const routes: readonly ApiRoute[] = [
  [['GET'], '/iserver/account/orders', 'accounts', orders],
  [['GET'], '/iserver/account/order/status/:order', 'accounts', status],
  [['GET'], '/iserver/account/trades', 'accounts', trades],
  [['POST'], '/iserver/account/:account/orders', 'accounts', place],
  [['POST'], '/iserver/account/:account/orders/whatif', 'accounts', preview],
  [['POST'], '/iserver/account/:account/order/:order', 'accounts', modify],
  [['DELETE'], '/iserver/account/:account/order/:order', 'accounts', cancel],
  [['POST'], '/iserver/reply/:reply', 'accounts', reply],
  [['POST'], '/iserver/questions/suppress', 'accounts', suppress],
  [['POST'], '/iserver/questions/suppress/reset', 'accounts', resetSuppressed],
]

/** Orders from what-if to cancellation, with the questions that IBKR asks in between. */
export function addOrderRoutes(router: Router, state: SandboxState): void {
  addApiRoutes(router, state, currentBases, routes)
}

const mostOrders = 50

function readOrders({ fields }: ApiCall): readonly OrderFields[] | Reply {
  const { orders: list } = fields
  if (!Array.isArray(list) || list.length === 0 || list.length > mostOrders) {
    return apiError(400, 'Bad Request: orders is not valid')
  }
  const read = list.map(readOrderFields)
  const problem = read.find((order) => typeof order === 'string')
  return problem === undefined ? (read as OrderFields[]) : apiError(400, `Bad Request: ${problem}`)
}

function place(call: ApiCall): Reply {
  return forOwnAccount(call, (accountId) => {
    const read = readOrders(call)
    if ('status' in read) return read
    const { state, session, nowMs } = call
    const orders = read.map((order) => ({ ...order, accountId, placedAtMs: nowMs }))
    return outcome(call, state.market.desk.place(session.username, orders, nowMs))
  })
}

function preview(call: ApiCall): Reply {
  return forOwnAccount(call, (accountId) => {
    const read = readOrders(call)
    if ('status' in read) return read
    return json(whatIf(read[0] as OrderFields, accountId, call.state.market, call.nowMs))
  })
}

function modify(call: ApiCall): Reply {
  return forOwnAccount(call, () => {
    const order = ownOrder(call)
    if (order === undefined) return unknownOrder(call)
    // What is left out stays as it is.
    const { conid, side, quantity, orderType, price, timeInForce: tif, customerOrderId: cOID } = order
    const read = readOrderFields({ conid, side, quantity, orderType, price, tif, cOID, ...call.fields })
    if (typeof read === 'string') return apiError(400, `Bad Request: ${read}`)
    const { desk } = call.state.market
    return outcome(call, desk.modify(call.session.username, order.orderId, read, call.nowMs))
  })
}

function reply(call: ApiCall): Reply {
  const { parameters, record, state, session, fields } = call
  const confirmed = fields.confirmed
  if (typeof confirmed !== 'boolean') return apiError(400, 'Bad Request: confirmed must be true or false')
  const replied = state.market.desk.reply(session.username, parameters.reply ?? '', confirmed)
  if (typeof replied === 'object') return outcome(call, replied)
  record.explanation = explained('reply-void')
  return replied === 'void'
    ? apiError(503, 'Service Unavailable')
    : apiError(400, 'Bad Request: reply id not found')
}

function outcome({ state, nowMs }: ApiCall, reached: OrderOutcome): Reply {
  if (reached.kind === 'refused') return json({ error: reached.error })
  if (reached.kind === 'question') {
    const { replyId: id, question } = reached
    return json([{ id, message: [question.text], isSuppressed: false, messageIds: [question.messageId] }])
  }
  state.market.settle(nowMs)
  return json(
    reached.orders.map(({ orderId, customerOrderId, status: placedAs }) => ({
      order_id: String(orderId),
      local_order_id: customerOrderId,
      order_status: placedAs,
      encrypt_message: '1',
    })),
  )
}

function cancel(call: ApiCall): Reply {
  return forOwnAccount(call, (accountId) => {
    if (call.parameters.order === '-1') return cancelAll(call, accountId)
    const order = ownOrder(call)
    if (order === undefined) return unknownOrder(call)
    if (order.status !== 'Submitted') {
      return json({ error: `OrderID ${order.orderId} can't be cancelled: it is ${order.status}` })
    }
    call.state.market.orders.cancel(order, call.nowMs)
    return cancelRequested(order.orderId, order.conid, accountId)
  })
}

function cancelAll({ state, nowMs }: ApiCall, accountId: string): Reply {
  for (const order of state.market.orders.open()) {
    if (order.accountId === accountId) state.market.orders.cancel(order, nowMs)
  }
  return cancelRequested(-1, -1, accountId)
}

function cancelRequested(orderId: number, conid: number, account: string): Reply {
  return json({ msg: 'Request was submitted', order_id: orderId, conid, account })
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
  const days = Math.min(7, Math.max(1, Math.floor(numberOf(fields.days) ?? 1)))
  const since = nowMs - days * 86_400_000
  const mine = state.market.orders.executions(state.users.accountIds(session.username))
  return json(mine.filter(({ atMs }) => atMs >= since).map(tradeRow))
}

function suppress({ fields, state, session }: ApiCall): Reply {
  const { messageIds } = fields
  if (
    !Array.isArray(messageIds) ||
    messageIds.length > 51 ||
    !messageIds.every((id) => suppressibleIds.has(id))
  ) {
    return apiError(400, 'Bad Request: messageIds is not valid')
  }
  state.market.desk.suppress(session.username, messageIds)
  return json({ status: 'submitted' })
}

function resetSuppressed({ state, session }: ApiCall): Reply {
  state.market.desk.resetSuppressed(session.username)
  return json({ status: 'submitted' })
}

/** The order that the path names, if its account is one of the caller's. */
function ownOrder({ parameters, state, session }: ApiCall): Order | undefined {
  const { order: text = '', account } = parameters
  const order = /^\d{1,15}$/.test(text) ? state.market.orders.find(Number(text)) : undefined
  if (order === undefined || (account !== undefined && account !== order.accountId)) return undefined
  return state.users.accountIds(session.username).includes(order.accountId) ? order : undefined
}

function unknownOrder({ parameters }: ApiCall, code = 200): Reply {
  return json({ error: `OrderID ${(parameters.order ?? '').slice(0, 20)} doesn't exist` }, code)
}
