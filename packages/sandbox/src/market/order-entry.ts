import type { OrderBook } from '../state/orders.ts'
import { type OrderFields, readOrderFields } from './order-fields.ts'
import { lastPrice } from './snapshot.ts'

/** What `/iserver/account/{accountId}/orders` answers for each order. */
export interface PlacedOrder {
  readonly order_id: string
  readonly local_order_id: string | undefined
  readonly order_status: string
  readonly encrypt_message: string
}

const mostOrders = 50

/** Places the orders of a request; a text says what is wrong with it, and then none is placed. */
export function placeOrders(
  book: OrderBook,
  accountId: string,
  body: Readonly<Record<string, unknown>>,
  nowMs: number,
): readonly PlacedOrder[] | string {
  const orders = readOrders(body)
  if (typeof orders === 'string') return orders
  const placed: PlacedOrder[] = []
  for (const fields of orders) {
    const order = book.place({ ...fields, accountId, placedAtMs: nowMs })
    if (order === undefined) return 'too many orders'
    placed.push({
      order_id: String(order.orderId),
      local_order_id: order.customerOrderId,
      order_status: order.status,
      encrypt_message: '1',
    })
  }
  return placed
}

/** What an order would do, without placing it. */
export function whatIf(body: Readonly<Record<string, unknown>>): object | string {
  const orders = readOrders(body)
  if (typeof orders === 'string') return orders
  const [order] = orders
  if (order === undefined) return 'orders is not valid'
  return impactOf(order)
}

/** The impact of an order at a price that the sandbox makes up. */
export function impactOf({ conid, quantity, price, side }: OrderFields): object {
  const amount = (price ?? lastPrice(conid, 0)) * quantity
  const sign = side === 'BUY' ? 1 : -1
  const change = (current: number, by: number): object => ({
    current: current.toFixed(2),
    change: by.toFixed(2),
    after: (current + by).toFixed(2),
  })
  return {
    amount: {
      amount: `${amount.toFixed(2)} USD (${quantity} Shares)`,
      commission: '1.00 USD',
      total: `${(amount + 1).toFixed(2)} USD`,
    },
    equity: change(1_000_000, -1),
    initial: change(0, sign * amount * 0.5),
    maintenance: change(0, sign * amount * 0.25),
    position: change(0, sign * quantity),
    warn: '',
    error: null,
  }
}

function readOrders(body: Readonly<Record<string, unknown>>): readonly OrderFields[] | string {
  const { orders } = body
  if (!Array.isArray(orders) || orders.length === 0 || orders.length > mostOrders)
    return 'orders is not valid'
  const read: OrderFields[] = []
  for (const order of orders) {
    const fields = readOrderFields(order)
    if (typeof fields === 'string') return fields
    read.push(fields)
  }
  return read
}
