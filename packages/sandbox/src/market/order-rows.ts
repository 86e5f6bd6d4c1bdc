import type { Order } from '../state/orders.ts'

/** A row of `/iserver/account/orders`. */
export function orderRow(order: Order): object {
  const { accountId, conid, orderId, quantity, side, status, orderType, price, timeInForce } = order
  return {
    acct: accountId,
    account: accountId,
    conid,
    conidex: String(conid),
    orderId,
    order_ref: order.customerOrderId,
    side,
    status,
    order_ccp_status: status,
    origOrderType: orderType.toUpperCase(),
    orderType,
    totalSize: quantity,
    remainingQuantity: quantity,
    filledQuantity: 0,
    price: price === undefined ? undefined : String(price),
    timeInForce,
    ticker: `SBX${conid}`,
    secType: 'STK',
    cashCcy: 'USD',
    lastExecutionTime_r: order.placedAtMs,
  }
}
