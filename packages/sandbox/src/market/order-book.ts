import { Listeners } from '../listeners.ts'
import { commission, type Execution, type NewOrder, type Order, type OrderStatus } from './order.ts'
import type { OrderFields } from './order-fields.ts'
import { consequence, firstStatus, isOpen, isStop } from './order-life.ts'

const capacity = 10_000

/** The orders of all accounts, oldest first, with their fills; bounded. */
export class OrderBook {
  readonly #orders = new Map<number, Order>()
  #executions: Execution[] = []
  #nextId = 1_001
  readonly #changes = new Listeners<Order>()
  readonly #fills = new Listeners<Execution>()

  /** Places all of the orders; undefined if there is no room for one of them, and then none is placed. */
  place(orders: readonly NewOrder[], status?: OrderStatus | undefined): readonly Order[] | undefined {
    if (this.#orders.size + orders.length > capacity) return undefined
    const firstId = this.#nextId
    return orders.map((order) => {
      const parent = this.findByCustomerOrderId(order.accountId, order.parentId)
      const placed: Order = {
        ...order,
        orderId: this.#nextId++,
        parentOrderId: parent?.orderId,
        groupId: parent?.orderId ?? (order.isSingleGroup ? firstId : undefined),
        status: status ?? firstStatus(order, parent),
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
  findByCustomerOrderId(accountId: string, customerOrderId: string | undefined): Order | undefined {
    if (customerOrderId === undefined) return undefined
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

  /** Orders that may still change or fill. */
  open(): readonly Order[] {
    return [...this.#orders.values()].filter(isOpen)
  }

  modify(order: Order, fields: OrderFields, atMs: number): Order {
    const staysStop = isStop(order) && isStop(fields)
    const status = staysStop ? order.status : firstStatus(fields, this.#parentOf(order))
    return this.#keep({ ...order, ...fields, status, changedAtMs: atMs })
  }

  /** True for a child whose parent has not filled. */
  isWaiting(order: Order): boolean {
    const parent = this.#parentOf(order)
    return parent !== undefined && parent.status !== 'Filled'
  }

  /** Has a stop order go to the exchange: its stop was reached. */
  trigger(order: Order, atMs: number): Order {
    return this.#keep({ ...order, status: 'Submitted', changedAtMs: atMs })
  }

  cancel(order: Order, atMs: number): Order {
    const pending = this.#keep({ ...order, status: 'PendingCancel', changedAtMs: atMs })
    return this.#end({ ...pending, status: 'Cancelled' })
  }

  reject(order: Order, reason: string, atMs: number): Order {
    return this.#end({ ...order, status: 'Inactive', reason, changedAtMs: atMs })
  }

  /** Has an order of which no execution is told. */
  complete(order: Order, atMs: number): Order {
    return this.#end({ ...order, status: 'Filled', filledQuantity: order.quantity, changedAtMs: atMs })
  }

  /** Fills an open order by `quantity`, at most what is left of it. */
  fill(order: Order, quantity: number, price: number, atMs: number): Execution {
    const filledQuantity = order.filledQuantity + quantity
    const paid = (order.averagePrice ?? 0) * order.filledQuantity + price * quantity
    const filled: Order = {
      ...order,
      filledQuantity,
      averagePrice: paid / filledQuantity,
      status: filledQuantity >= order.quantity ? 'Filled' : 'Submitted',
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
    this.#follow(filled)
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

  #end(order: Order): Order {
    this.#keep(order)
    this.#follow(order)
    return order
  }

  /** Does to the other orders what the end of one does to them. */
  #follow(ended: Order): void {
    if (isOpen(ended)) return
    for (const { orderId } of this.open()) {
      // As it is now: a listener may have changed it, or the end of another.
      const other = this.#orders.get(orderId)
      const status = other && consequence(ended, other)
      if (other === undefined || status === undefined) continue
      const changed: Order = { ...other, status, changedAtMs: ended.changedAtMs }
      if (isOpen(changed)) this.#keep(changed)
      else this.#end(changed)
    }
  }

  #parentOf({ parentOrderId }: Order): Order | undefined {
    return parentOrderId === undefined ? undefined : this.#orders.get(parentOrderId)
  }
}
