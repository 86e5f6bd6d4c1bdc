/** An order as the sandbox keeps it. Two equal requests make two orders: a doubled one is seen. */
export interface Order {
  readonly orderId: number
  readonly accountId: string
  readonly conid: number
  readonly side: string
  readonly orderType: string
  readonly quantity: number
  readonly price: number | undefined
  readonly timeInForce: string
  /** The client's own id for the order (`cOID`, `CustomerOrderId`). */
  readonly customerOrderId: string | undefined
  readonly placedAtMs: number
  status: 'Submitted' | 'Cancelled'
}

/** The orders of all accounts, oldest first; bounded. */
export class OrderBook {
  readonly #orders: Order[] = []
  readonly #capacity: number
  #nextId = 1_001

  constructor(capacity = 10_000) {
    this.#capacity = capacity
  }

  /** Undefined if the book is full. */
  place(order: Omit<Order, 'orderId' | 'status'>): Order | undefined {
    if (this.#orders.length >= this.#capacity) return undefined
    const placed: Order = { ...order, orderId: this.#nextId++, status: 'Submitted' }
    this.#orders.push(placed)
    return placed
  }

  find(orderId: number): Order | undefined {
    return this.#orders.find((order) => order.orderId === orderId)
  }

  list(accountId?: string): readonly Order[] {
    return accountId === undefined
      ? [...this.#orders]
      : this.#orders.filter((order) => order.accountId === accountId)
  }
}
