import { instrumentOf, type OptionTerms } from './instruments.ts'
import type { Execution, Order } from './order.ts'
import { OrderBook } from './order-book.ts'
import { OrderDesk } from './order-desk.ts'
import { isOpen, isStop, isStopReached, limitOf } from './order-life.ts'
import { Portfolio, type Position } from './portfolio.ts'
import { Quotes } from './quotes.ts'
import { Subscriptions } from './subscriptions.ts'

/** Prices, orders and positions, and how a fill goes from one to the next. */
export class Market {
  readonly quotes: Quotes
  readonly subscriptions: Subscriptions = new Subscriptions()
  readonly orders: OrderBook = new OrderBook()
  readonly desk: OrderDesk
  readonly portfolio: Portfolio = new Portfolio()
  /** True: orders fill as soon as the market is at their price. False: a script fills them. */
  fillsMarketable = false

  constructor(seed: number) {
    this.quotes = new Quotes(seed)
    this.desk = new OrderDesk(this.orders, this.quotes)
    this.orders.onExecution((execution) => this.portfolio.apply(execution))
  }

  /** Fills an open order, by what is left of it unless said otherwise. */
  fill(order: Order, quantity: number | undefined, price: number | undefined, nowMs: number): Execution {
    const left = order.quantity - order.filledQuantity
    const last = this.quotes.quote(order.conid, nowMs)?.last
    return this.orders.fill(order, Math.min(quantity ?? left, left), price ?? order.price ?? last ?? 0, nowMs)
  }

  /** Exercises so many options of a position, as an order; a final one takes effect at once. */
  exercise(position: Position, option: OptionTerms, isFinal: boolean, nowMs: number): void {
    const { accountId, conid, quantity } = position
    const order = { accountId, conid, quantity, placedAtMs: nowMs, side: 'EXER', orderType: 'EXER' } as const
    const unpriced = { price: undefined, auxPrice: undefined, timeInForce: 'DAY' }
    const unattached = { customerOrderId: undefined, parentId: undefined, isSingleGroup: false }
    const [placed] = this.orders.place([{ ...order, ...unpriced, ...unattached }], 'Inactive') ?? []
    if (placed === undefined || !isFinal) return
    this.portfolio.exercise(position, option)
    this.orders.complete(placed, nowMs)
  }

  /** Fills what the market reaches, where that is wanted. */
  settle(nowMs: number): void {
    if (!this.fillsMarketable) return
    for (const { orderId } of this.orders.open()) {
      // As it is now: a fill before it may have cancelled it, or set it free.
      const order = this.#atExchange(this.orders.find(orderId), nowMs)
      const price = order && this.#marketablePrice(order, nowMs)
      if (order !== undefined && price !== undefined) this.fill(order, undefined, price, nowMs)
    }
  }

  /** The order, if nothing holds it back: a stop order goes to the exchange once its stop was reached. */
  #atExchange(order: Order | undefined, nowMs: number): Order | undefined {
    if (order === undefined || !isOpen(order) || this.orders.isWaiting(order)) return undefined
    if (order.status === 'Submitted') return order
    const last = this.quotes.quote(order.conid, nowMs)?.last
    const isReached = isStop(order) && last !== undefined && isStopReached(order, last)
    return isReached ? this.orders.trigger(order, nowMs) : undefined
  }

  /** The price at which an order fills now: the other side of the quote, if its limit allows it. */
  #marketablePrice(order: Order, nowMs: number): number | undefined {
    const { conid, side, orderType } = order
    if (instrumentOf(conid) === undefined || /^TRAIL/i.test(orderType)) return undefined
    const quote = this.quotes.quote(conid, nowMs)
    const offered = side === 'BUY' ? quote?.ask : quote?.bid
    const limit = limitOf(order)
    if (offered === undefined || limit === undefined) return offered
    return (side === 'BUY' ? limit >= offered : limit <= offered) ? offered : undefined
  }
}
