import { numberOf } from '../request/body.ts'
import { descriptionOf, instrumentOf } from './instruments.ts'
import type { Execution } from './order.ts'
import type { OrderBook } from './order-book.ts'
import { stamp } from './rows.ts'

const dayMs = 86_400_000

/** How far back trades are asked for: `days`, one to seven of them, in ms. */
export function tradeDaysMs(days: unknown): number {
  return Math.min(7, Math.max(1, Math.floor(numberOf(days) ?? 1))) * dayMs
}

/** The fills of some accounts since a time, as IBKR lists them, oldest first. */
export function tradeRows(
  book: OrderBook,
  accountIds: readonly string[],
  sinceMs: number,
): readonly object[] {
  return book
    .executions(accountIds)
    .filter(({ atMs }) => atMs >= sinceMs)
    .map(tradeRow)
}

/** A row of `/iserver/account/trades`. */
function tradeRow({ executionId, order, quantity, price, commission, atMs }: Execution): object {
  const instrument = instrumentOf(order.conid)
  return {
    execution_id: executionId,
    symbol: instrument?.symbol,
    supports_tax_opt: '1',
    side: order.side === 'BUY' ? 'B' : 'S',
    order_description: `${order.side === 'BUY' ? 'Bot' : 'Sold'} ${quantity} @ ${price} on ${instrument?.exchange ?? 'SMART'}`,
    trade_time: stamp(atMs),
    trade_time_r: atMs,
    size: quantity,
    price: String(price),
    order_ref: order.customerOrderId,
    order_id: order.orderId,
    submitter: order.accountId,
    exchange: instrument?.exchange,
    commission: commission.toFixed(2),
    net_amount: quantity * price,
    account: order.accountId,
    accountCode: order.accountId,
    account_allocation_name: order.accountId,
    company_name: instrument?.companyName,
    contract_description_1: instrument && descriptionOf(instrument),
    sec_type: instrument?.secType,
    listing_exchange: instrument?.exchange,
    conid: String(order.conid),
    conidEx: String(order.conid),
    clearing_id: 'IB',
    clearing_name: 'IB',
    liquidation_trade: '0',
    is_event_trading: '0',
  }
}
