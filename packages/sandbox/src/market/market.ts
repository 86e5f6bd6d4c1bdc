import { instrumentOf, type OptionTerms } from './instruments.ts'
import { type Execution, isOpen, type Order, OrderBook } from './order-book.ts'
import { OrderDesk } from './order-desk.ts'
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
    const fields = { price: undefined, timeInForce: 'DAY', customerOrderId: undefined }
    const [placed] = this.orders.place([{ ...order, ...fields }], 'Inactive') ?? []
    if (placed === undefined || !isFinal) return
    this.portfolio.exercise(position, option)
    this.orders.complete(placed, nowMs)
  }

  /** Fills what the market reaches, where that is wanted. */
  settle(nowMs: number): void {
    if (!this.fillsMarketable) return
    for (const order of this.orders.open()) {
      const price = this.#marketablePrice(order, nowMs)
      if (price !== undefined && isOpen(order)) this.fill(order, undefined, price, nowMs)
    }
  }

  /** The price at which an order fills now: the other side of the quote, if its limit allows it. */
  #marketablePrice({ conid, side, orderType, price }: Order, nowMs: number): number | undefined {
    if (instrumentOf(conid) === undefined || /^(?:STP|STOP|TRAIL)/i.test(orderType)) return undefined
    const quote = this.quotes.quote(conid, nowMs)
    const offered = side === 'BUY' ? quote?.ask : quote?.bid
    if (offered === undefined || price === undefined) return offered
    return (side === 'BUY' ? price >= offered : price <= offered) ? offered : undefined
  }
}
