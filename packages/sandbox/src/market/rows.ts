import { descriptionOf, type Instrument, instrumentOf } from './instruments.ts'
import type { Order } from './order.ts'
import { isOpen } from './order-life.ts'

/** A row of `/iserver/account/orders`. */
export function orderRow(order: Order): object {
  const { accountId, conid, orderId, quantity, side, status, orderType, price, timeInForce } = order
  const instrument = instrumentOf(conid)
  return {
    acct: accountId,
    account: accountId,
    conid,
    conidex: String(conid),
    orderId,
    order_ref: order.customerOrderId,
    parentId: order.parentOrderId,
    ...described(instrument),
    side,
    status,
    order_ccp_status: isBeingExercised(order) ? 'Pending Submit' : status,
    origOrderType: orderType.toUpperCase(),
    orderType: typeNames[orderType.toUpperCase()] ?? orderType,
    orderDesc: shownOrder(order),
    totalSize: quantity,
    remainingQuantity: quantity - order.filledQuantity,
    filledQuantity: order.filledQuantity,
    sizeAndFills: `${order.filledQuantity}/${quantity}`,
    avgPrice: text(order.averagePrice),
    price: text(price),
    auxPrice: text(order.auxPrice),
    timeInForce,
    cashCcy: 'USD',
    order_cancellation_by_system_reason: order.reason,
    lastExecutionTime: stamp(order.changedAtMs),
    lastExecutionTime_r: order.changedAtMs,
    bgColor: '#FFFFFF',
    fgColor: status === 'Filled' ? '#3F9B00' : '#0000CC',
    supportsTaxOpt: '1',
    isEventTrading: '0',
  }
}

/** What `/iserver/account/order/status/{orderId}` answers. */
export function orderStatus(order: Order): object {
  const { orderId, accountId, conid, side, quantity, status, orderType, price } = order
  const instrument = instrumentOf(conid)
  const description = shownOrder(order)
  return {
    sub_type: null,
    request_id: String(orderId),
    server_id: '0',
    order_id: orderId,
    conid,
    conidex: String(conid),
    symbol: instrument?.symbol,
    side,
    contract_description_1: instrument && descriptionOf(instrument),
    listing_exchange: instrument?.exchange,
    company_name: instrument?.companyName,
    size: String(quantity - order.filledQuantity),
    total_size: String(quantity),
    currency: instrument?.currency,
    account: accountId,
    order_type: typeNames[orderType.toUpperCase()]?.toUpperCase() ?? orderType,
    limit_price: text(price),
    cum_fill: String(order.filledQuantity),
    average_price: text(order.averagePrice),
    order_status: status,
    order_ccp_status: isBeingExercised(order) ? 'Pending Submit' : status,
    order_status_description: isBeingExercised(order) ? 'Pending Submit' : statusTexts[status],
    tif: order.timeInForce,
    order_description: description,
    order_description_with_contract: `${description} ${instrument?.symbol ?? ''}`.trim(),
    order_not_editable: !isOpen(order),
    cannot_cancel_order: !isOpen(order),
    editable_fields: isOpen(order) ? 'quantity,price' : '',
    size_and_fills: `${order.filledQuantity}/${quantity}`,
    sec_type: instrument?.secType,
    order_time: stamp(order.placedAtMs),
    order_clearing_account: accountId,
    option_acct: 'c',
    alert_active: 1,
    child_order_type: '0',
    deactivate_order: false,
    allowed_duplicate_opposite: true,
  }
}

/** What IBKR writes in rows for what a client sends. */
const typeNames: Readonly<Record<string, string>> = {
  LMT: 'Limit',
  LIMIT: 'Limit',
  MKT: 'Market',
  MARKET: 'Market',
  STP: 'Stop',
  STOP: 'Stop',
  STOP_LIMIT: 'Stop Limit',
}

const statusTexts: Readonly<Record<Order['status'], string>> = {
  PreSubmitted: 'Order Presubmitted',
  Submitted: 'Order Submitted',
  Filled: 'Order Filled',
  PendingCancel: 'Cancel Requested',
  Cancelled: 'Order Cancelled',
  Inactive: 'Order Rejected',
}

function described(instrument: Instrument | undefined): object {
  if (instrument === undefined) return { ticker: 'UNKNOWN', secType: 'STK' }
  return {
    ticker: instrument.symbol,
    secType: instrument.secType,
    companyName: instrument.companyName,
    description1: descriptionOf(instrument),
    description2: instrument.option?.description,
    exchange: instrument.exchange,
    listingExchange: instrument.exchange,
  }
}

/** Taken, and not yet done: IBKR shows it as inactive. */
function isBeingExercised({ side, status }: Order): boolean {
  return side === 'EXER' && status === 'Inactive'
}

function shownOrder({ side, quantity, orderType, price, timeInForce }: Order): string {
  if (side === 'EXER') return `EXERCISE ${quantity}, Day`
  const at = price === undefined ? '' : ` ${price}`
  return `${side === 'BUY' ? 'Buy' : 'Sell'} ${quantity} ${typeNames[orderType.toUpperCase()] ?? orderType}${at}, ${timeInForce}`
}

function text(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

/** As IBKR writes times into rows: `YYMMDDhhmmss`, UTC. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(2, 19).replace(/\D/g, '')
}
