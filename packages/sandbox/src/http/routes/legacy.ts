import { impactOf } from '../../market/order-entry.ts'
import { readOrderFields } from '../../market/order-fields.ts'
import { lastPrice } from '../../market/snapshot.ts'
import { textOf } from '../../request/body.ts'
import { legacyBases } from '../../request/paths.ts'
import { apiError, json, type Reply } from '../../request/reply.ts'
import type { Order } from '../../state/orders.ts'
import { accountId, type SandboxState } from '../../state/sandbox-state.ts'
import { type ApiCall, type ApiRoute, addApiRoutes } from '../api-call.ts'
import type { Router } from '../router.ts'

const routes: readonly ApiRoute[] = [
  [['GET'], '/accounts', 'session', accounts],
  [['GET'], '/marketdata/snapshot', 'session', snapshot],
  [['GET'], '/accounts/:account/orders', 'session', orders],
  [['POST'], '/accounts/:account/orders', 'session', placement],
  [['POST'], '/accounts/:account/order_impact', 'session', impact],
]

/** Resources of the legacy API; its POSTs are form-encoded ("OAuth at Interactive Brokers" 7.5, 7.6). */
export function addLegacyRoutes(router: Router, state: SandboxState): void {
  addApiRoutes(router, state, legacyBases, routes)
}

function accounts(): Reply {
  return json({ accounts: [accountId] })
}

function snapshot({ fields, nowMs }: ApiCall): Reply {
  const conid = textOf(fields.conid) ?? ''
  if (!/^\d{1,12}$/.test(conid)) return apiError(400, 'Bad Request: conid is not valid')
  const price = lastPrice(Number(conid), nowMs)
  return json({
    Closing: { price },
    Trade: { price, size: 1, time: Math.floor(nowMs / 1000) },
    Bid: { price: round(price - 0.01), size: 2 },
    Offer: { price: round(price + 0.01), size: 5 },
  })
}

function orders(call: ApiCall): Reply {
  return forAccount(call, () => json(call.state.orders.list(accountId).map(legacyRow)))
}

function placement(call: ApiCall): Reply {
  return forAccount(call, () => {
    const fields = readOrderFields(call.fields)
    if (typeof fields === 'string') return apiError(400, `Bad Request: ${fields}`)
    const order = call.state.orders.place({ ...fields, accountId, placedAtMs: call.nowMs })
    return order === undefined ? apiError(503, 'too many orders') : json(legacyRow(order))
  })
}

function impact(call: ApiCall): Reply {
  return forAccount(call, () => {
    const fields = readOrderFields(call.fields)
    return typeof fields === 'string' ? apiError(400, `Bad Request: ${fields}`) : json(impactOf(fields))
  })
}

function forAccount({ parameters }: ApiCall, answer: () => Reply): Reply {
  const { account = '' } = parameters
  return account === accountId ? answer() : apiError(400, `Bad Request: accountId is not valid: ${account}`)
}

function legacyRow(order: Order): object {
  return {
    Account: order.accountId,
    CustomerOrderId: order.customerOrderId,
    ContractId: order.conid,
    OrderId: order.orderId,
    Status: order.status,
    Side: order.side,
    Quantity: order.quantity,
    Price: order.price,
    OrderType: order.orderType,
    TimeInForce: order.timeInForce,
  }
}

function round(price: number): number {
  return Math.round(price * 100) / 100
}
