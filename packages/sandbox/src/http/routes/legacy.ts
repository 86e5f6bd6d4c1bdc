import { impactOf } from '../../market/order-entry.ts'
import { readOrderFields } from '../../market/order-fields.ts'
import { lastPrice } from '../../market/snapshot.ts'
import type { Order } from '../../state/orders.ts'
import { accountId, type World } from '../../state/world.ts'
import { type ApiCall, type ApiHandler, apiCall } from '../api-call.ts'
import { bodyFields } from '../body-fields.ts'
import { legacyBases } from '../paths.ts'
import { apiError, json, type Reply } from '../replies.ts'
import { addRoute, type Router } from '../routing.ts'

const routes: readonly (readonly [method: string, path: string, handler: ApiHandler])[] = [
  ['GET', '/accounts', accounts],
  ['GET', '/marketdata/snapshot', snapshot],
  ['GET', '/accounts/:account/orders', orders],
  ['POST', '/accounts/:account/orders', placement],
  ['POST', '/accounts/:account/order_impact', impact],
]

/** Resources of the legacy API; its POSTs are form-encoded ("OAuth at Interactive Brokers" 7.5, 7.6). */
export function addLegacyRoutes(router: Router, world: World): void {
  for (const base of legacyBases) {
    for (const [method, path, handler] of routes) {
      addRoute(router, [method], base + path, (exchange) => apiCall(exchange, world, 'session', handler))
    }
  }
}

function accounts(): Reply {
  return json({ accounts: [accountId] })
}

function snapshot({ exchange, nowMs }: ApiCall): Reply {
  const { conid } = bodyFields(exchange)
  if (!/^\d{1,12}$/.test(String(conid))) return apiError(400, 'Bad Request: conid is not valid')
  const price = lastPrice(Number(conid), nowMs)
  return json({
    Closing: { price },
    Trade: { price, size: 1, time: Math.floor(nowMs / 1000) },
    Bid: { price: round(price - 0.01), size: 2 },
    Offer: { price: round(price + 0.01), size: 5 },
  })
}

function orders(call: ApiCall): Reply {
  return forAccount(call, () => json(call.world.orders.list(accountId).map(legacyRow)))
}

function placement(call: ApiCall): Reply {
  return forAccount(call, () => {
    const fields = readOrderFields(bodyFields(call.exchange))
    if (typeof fields === 'string') return apiError(400, `Bad Request: ${fields}`)
    const order = call.world.orders.place({ ...fields, accountId, placedAtMs: call.nowMs })
    return order === undefined ? apiError(503, 'too many orders') : json(legacyRow(order))
  })
}

function impact(call: ApiCall): Reply {
  return forAccount(call, () => {
    const fields = readOrderFields(bodyFields(call.exchange))
    return typeof fields === 'string' ? apiError(400, `Bad Request: ${fields}`) : json(impactOf(fields))
  })
}

function forAccount({ exchange }: ApiCall, answer: () => Reply): Reply {
  const account = /\/accounts\/([^/]+)\//.exec(exchange.path)?.[1]
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
