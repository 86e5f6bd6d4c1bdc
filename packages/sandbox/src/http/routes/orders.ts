import { explained } from '../../explain/known-refusals.ts'
import type { OrderOutcome } from '../../market/order-desk.ts'
import { type OrderFields, readOrderFields } from '../../market/order-fields.ts'
import { isOpen } from '../../market/order-life.ts'
import { suppressibleIds } from '../../market/questions.ts'
import { whatIf } from '../../market/what-if.ts'
import { currentBases } from '../../request/paths.ts'
import { apiError, json, type Reply } from '../../request/reply.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { type ApiCall, type ApiRoute, addApiRoutes } from '../api-call.ts'
import { forOwnAccount, ownOrder, unknownOrder } from '../own-account.ts'
import type { Router } from '../router.ts'

const routes: readonly ApiRoute[] = [
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
    const { timeInForce: tif, customerOrderId: cOID, ...kept } = order
    const read = readOrderFields({ ...kept, tif, cOID, ...call.fields })
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
    reached.orders.map(({ orderId, customerOrderId, parentOrderId, status: placedAs }) => ({
      order_id: String(orderId),
      local_order_id: customerOrderId,
      parent_order_id: parentOrderId === undefined ? undefined : String(parentOrderId),
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
    if (!isOpen(order)) {
      return json({ error: `OrderID ${order.orderId} can't be cancelled: it is ${order.status}` })
    }
    call.state.market.orders.cancel(order, call.nowMs)
    return cancelRequested(order.orderId, order.conid, accountId)
  })
}

function cancelAll({ state, nowMs }: ApiCall, accountId: string): Reply {
  const { orders: book } = state.market
  for (const { orderId } of book.open()) {
    // The children of a bracket may have gone with their parent.
    const order = book.find(orderId)
    if (order?.accountId === accountId && isOpen(order)) book.cancel(order, nowMs)
  }
  return cancelRequested(-1, -1, accountId)
}

function cancelRequested(orderId: number, conid: number, account: string): Reply {
  return json({ msg: 'Request was submitted', order_id: orderId, conid, account })
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
