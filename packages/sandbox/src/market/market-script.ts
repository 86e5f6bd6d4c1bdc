import { invalidInput } from '../errors.ts'
import { type Instrument, instrumentOf } from './instruments.ts'
import type { Market } from './market.ts'
import type { Execution, Order } from './order.ts'
import { isOpen } from './order-life.ts'
import type { Availability, Quote } from './quotes.ts'

const availabilities: readonly string[] = ['real-time', 'delayed', 'frozen', 'none']

/** Plays the market: prices, fills, rejections, questions and positions by script. */
export class MarketScript {
  readonly #market: Market
  readonly #now: () => number

  /** @internal */
  constructor(market: Market, now: () => number) {
    this.#market = market
    this.#now = now
  }

  /** What can be looked up, and most of it traded. */
  get instruments(): readonly Instrument[] {
    return this.#market.quotes.instruments
  }

  /** The prices of a contract now. @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`. */
  quote(conid: number): Quote {
    this.#instrument(conid)
    return this.#market.quotes.quote(conid, this.#now()) as Quote
  }

  /** Fills so far, oldest first. */
  get executions(): readonly Execution[] {
    return this.#market.orders.executions()
  }

  /** Holds the price of a contract; undefined lets it move again. @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`. */
  setPrice(conid: number, price: number | undefined): void {
    this.#instrument(conid)
    if (price !== undefined) amount(price, 'price')
    this.#market.quotes.setPrice(conid, price)
    this.#market.settle(this.#now())
  }

  /** How fresh the market data of a contract is; `none` has orders questioned (`o354`). */
  setAvailability(conid: number, availability: Availability): void {
    this.#instrument(conid)
    if (!availabilities.includes(availability)) {
      throw invalidInput(`availability must be one of ${availabilities.join(', ')}`)
    }
    this.#market.quotes.setAvailability(conid, availability)
  }

  /** Tells when a script changes a contract. */
  onPrice(listener: (conid: number) => void): () => void {
    return this.#market.quotes.onPrice(listener)
  }

  /** Tells every change of an order. */
  onOrder(listener: (order: Order) => void): () => void {
    return this.#market.orders.onChange(listener)
  }

  /**
   * Fills an open order, in part where a quantity says so, at its own price where none is given. The child of a bracket
   * fills after its parent.
   */
  fill(
    orderId: number,
    options: { readonly quantity?: number | undefined; readonly price?: number | undefined } = {},
  ): Execution {
    const { quantity, price } = options
    if (quantity !== undefined) amount(quantity, 'quantity')
    if (price !== undefined) amount(price, 'price')
    const order = this.#openOrder(orderId)
    if (this.#market.orders.isWaiting(order))
      throw invalidInput(`order ${orderId} waits until its parent, order ${order.parentOrderId}, has filled`)
    return this.#market.fill(order, quantity, price, this.#now())
  }

  /** Rejects an open order, as an exchange does: it becomes `Inactive`. */
  reject(orderId: number, reason: string): void {
    this.#market.orders.reject(this.#openOrder(orderId), reason, this.#now())
  }

  /** Cancels an open order as if the exchange had. */
  cancel(orderId: number): void {
    this.#market.orders.cancel(this.#openOrder(orderId), this.#now())
  }

  /** Has the next order rejected; undefined takes that back. */
  rejectNext(reason: string | undefined): void {
    this.#market.desk.rejectNext(reason)
  }

  /** Has the next order questioned, one message id after the other, such as `o163`. */
  askNext(...messageIds: readonly string[]): void {
    if (messageIds.some((id) => typeof id !== 'string' || !/^[a-z]\d{1,6}$/.test(id))) {
      throw invalidInput('a message id is a letter and digits, such as o163')
    }
    if (messageIds.length > 20) throw invalidInput('at most 20 questions can be asked of an order')
    this.#market.desk.askNext(messageIds)
  }

  /** True: orders fill as soon as the market is at their price. Default false: only a script fills them. */
  fillMarketable(isWanted: boolean): void {
    this.#market.fillsMarketable = isWanted
    this.#market.settle(this.#now())
  }

  /** Puts a position as it is; cash stays. */
  setPosition(accountId: string, conid: number, quantity: number, averagePrice?: number | undefined): void {
    this.#instrument(conid)
    if (!Number.isFinite(quantity)) throw invalidInput('quantity must be a number')
    if (averagePrice !== undefined) amount(averagePrice, 'averagePrice')
    const position = this.#market.portfolio.position(accountId, conid)
    this.#market.portfolio.set({
      ...position,
      quantity,
      averagePrice: averagePrice ?? this.quote(conid).last,
    })
  }

  /** Forgets all orders and fills, and the question that is open; positions stay. */
  emptyBook(): void {
    this.#market.orders.empty()
  }

  #instrument(conid: number): Instrument {
    const instrument = instrumentOf(conid)
    if (instrument === undefined) throw invalidInput('conid is not one of market.instruments')
    return instrument
  }

  #openOrder(orderId: number): Order {
    const order = this.#market.orders.find(orderId)
    if (order === undefined) throw invalidInput('orderId is not an order of the sandbox')
    if (!isOpen(order)) throw invalidInput(`order ${orderId} is ${order.status}, and no longer open`)
    return order
  }
}

function amount(value: number, name: string): void {
  if (!(Number.isFinite(value) && value > 0 && value < 1e12)) {
    throw invalidInput(`${name} must be a positive number`)
  }
}
