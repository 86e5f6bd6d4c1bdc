import { Listeners } from '../listeners.ts'
import type { OrderFields } from './order-fields.ts'

/** How far an order has come. */
export type OrderStatus = 'Submitted' | 'Filled' | 'PendingCancel' | 'Cancelled' | 'Inactive'

/**
 * An order as the sandbox keeps it. Two equal requests without a `customerOrderId` make two orders: a doubled one is
 * seen.
 */
export interface Order extends OrderFields {
  /** The sandbox's number for it. */
  readonly orderId: number
  readonly accountId: string
  /** By the sandbox's clock, in milliseconds since 1970. */
  readonly placedAtMs: number
  readonly status: OrderStatus
  /** Shares or units that were filled so far. */
  readonly filledQuantity: number
  /** Of what is filled; undefined before the first fill. */
  readonly averagePrice: number | undefined
  /** Why it was rejected. */
  readonly reason: string | undefined
  /** When it last changed, by the sandbox's clock, in milliseconds since 1970. */
  readonly changedAtMs: number
}

/** A fill, whole or in part. */
export interface Execution {
  readonly executionId: string
  readonly order: Order
  /** Shares or units. */
  readonly quantity: number
  /** In the instrument's currency. */
  readonly price: number
  /** In the currency of the account. */
  readonly commission: number
  /** By the sandbox's clock, in milliseconds since 1970. */
  readonly atMs: number
}

/** An order that is not in the book yet. */
export type NewOrder = OrderFields & Pick<Order, 'accountId' | 'placedAtMs'>

/** IBKR's smallest commission for a stock in the United States. */
const commission = 1

const capacity = 10_000

/** The orders of all accounts, oldest first, with their fills; bounded. */
export class OrderBook {
  readonly #orders = new Map<number, Order>()
  #executions: Execution[] = []
  #nextId = 1_001
  readonly #changes = new Listeners<Order>()
  readonly #fills = new Listeners<Execution>()

  /** Places all of the orders; undefined if there is no room for one of them, and then none is placed. */
  place(orders: readonly NewOrder[], status: OrderStatus = 'Submitted'): readonly Order[] | undefined {
    if (this.#orders.size + orders.length > capacity) return undefined
    return orders.map((order) => {
      const placed: Order = {
        ...order,
        orderId: this.#nextId++,
        status,
        filledQuantity: 0,
        averagePrice: undefined,
        reason: undefined,
        changedAtMs: order.placedAtMs,
      }
      return this.#keep(placed)
    })
  }

  find(orderId: number): Order | undefined {
    return this.#orders.get(orderId)
  }

  /** The order of an account with a client's own id. */
  findByCustomerOrderId(accountId: string, customerOrderId: string): Order | undefined {
    return this.list([accountId]).find((order) => order.customerOrderId === customerOrderId)
  }

  list(accountIds?: readonly string[]): readonly Order[] {
    const all = [...this.#orders.values()]
    return accountIds === undefined ? all : all.filter(({ accountId }) => accountIds.includes(accountId))
  }

  executions(accountIds?: readonly string[]): readonly Execution[] {
    const all = this.#executions
    return accountIds === undefined
      ? [...all]
      : all.filter(({ order }) => accountIds.includes(order.accountId))
  }

  /** Orders that may still fill. */
  open(): readonly Order[] {
    return [...this.#orders.values()].filter(isOpen)
  }

  modify(order: Order, fields: OrderFields, atMs: number): Order {
    return this.#keep({ ...order, ...fields, changedAtMs: atMs })
  }

  cancel(order: Order, atMs: number): Order {
    const pending = this.#keep({ ...order, status: 'PendingCancel', changedAtMs: atMs })
    return this.#keep({ ...pending, status: 'Cancelled' })
  }

  reject(order: Order, reason: string, atMs: number): Order {
    return this.#keep({ ...order, status: 'Inactive', reason, changedAtMs: atMs })
  }

  /** Has an order of which no execution is told. */
  complete(order: Order, atMs: number): Order {
    return this.#keep({ ...order, status: 'Filled', filledQuantity: order.quantity, changedAtMs: atMs })
  }

  /** Fills an open order by `quantity`, at most what is left of it. */
  fill(order: Order, quantity: number, price: number, atMs: number): Execution {
    const filledQuantity = order.filledQuantity + quantity
    const paid = (order.averagePrice ?? 0) * order.filledQuantity + price * quantity
    const filled: Order = {
      ...order,
      filledQuantity,
      averagePrice: paid / filledQuantity,
      status: filledQuantity >= order.quantity ? 'Filled' : order.status,
      changedAtMs: atMs,
    }
    const number = String(this.#executions.length + 1).padStart(4, '0')
    const execution = {
      executionId: `0000e0d5.${order.orderId.toString(16).padStart(8, '0')}.${number}.01`,
      order: filled,
      quantity,
      price,
      commission,
      atMs,
    }
    this.#executions = [...this.#executions.slice(-capacity + 1), execution]
    this.#keep(filled)
    this.#fills.tell(execution)
    return execution
  }

  /** Forgets all orders and fills; positions stay. */
  empty(): void {
    this.#orders.clear()
    this.#executions = []
  }

  /** Tells every change of an order, once for each status that it passes through. */
  onChange(listener: (order: Order) => void): () => void {
    return this.#changes.add(listener)
  }

  onExecution(listener: (execution: Execution) => void): () => void {
    return this.#fills.add(listener)
  }

  #keep(order: Order): Order {
    this.#orders.set(order.orderId, order)
    this.#changes.tell(order)
    return order
  }
}

/** True for an order that may still fill. */
export function isOpen({ status }: Order): boolean {
  return status === 'Submitted'
}
