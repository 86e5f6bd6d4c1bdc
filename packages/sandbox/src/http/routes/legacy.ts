import type { Order } from '../../market/order.ts'
import { readOrderFields } from '../../market/order-fields.ts'
import { whatIf } from '../../market/what-if.ts'
import { numberOf } from '../../request/body.ts'
import { legacyBases } from '../../request/paths.ts'
import { apiError, json, type Reply } from '../../request/reply.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { type ApiCall, type ApiRoute, addApiRoutes } from '../api-call.ts'
import { forOwnAccount } from '../own-account.ts'
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

function accounts({ state, session }: ApiCall): Reply {
  return json({ accounts: state.users.accountIds(session.username) })
}

function snapshot({ fields, state, nowMs }: ApiCall): Reply {
  const quote = state.market.quotes.quote(numberOf(fields.conid) ?? 0, nowMs)
  if (quote === undefined) return apiError(400, 'Bad Request: conid is not valid')
  const { last, bid, ask, bidSize, askSize, close } = quote
  return json({
    Closing: { price: close },
    Trade: { price: last, size: 1, time: Math.floor(nowMs / 1000) },
    Bid: { price: bid, size: bidSize },
    Offer: { price: ask, size: askSize },
  })
}

function orders(call: ApiCall): Reply {
  return forOwnAccount(call, (account) => json(call.state.market.orders.list([account]).map(legacyRow)))
}

/** The legacy API asks no questions. */
function placement(call: ApiCall): Reply {
  return forOwnAccount(call, (accountId) => {
    const fields = readOrderFields(call.fields)
    if (typeof fields === 'string') return apiError(400, `Bad Request: ${fields}`)
    const { orders: book } = call.state.market
    const [order] = book.place([{ ...fields, accountId, placedAtMs: call.nowMs }]) ?? []
    return order === undefined ? apiError(503, 'too many orders') : json(legacyRow(order))
  })
}

function impact(call: ApiCall): Reply {
  return forOwnAccount(call, (account) => {
    const fields = readOrderFields(call.fields)
    if (typeof fields === 'string') return apiError(400, `Bad Request: ${fields}`)
    return json(whatIf(fields, account, call.state.market, call.nowMs))
  })
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
