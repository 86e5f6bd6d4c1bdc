import type { NewOrder, Order, OrderStatus } from './order.ts'
import type { OrderFields } from './order-fields.ts'

/** True for an order that may still be changed, cancelled or filled. */
export function isOpen({ status }: Order): boolean {
  return status === 'Submitted' || status === 'PreSubmitted'
}

/** True for an order that rests until the price has reached its stop. */
export function isStop({ orderType }: Pick<OrderFields, 'orderType'>): boolean {
  return /^(?:STP|STOP)/i.test(orderType)
}

/** True for a stop order that becomes a limit order; any other becomes a market order. */
export function isStopLimit(order: Pick<OrderFields, 'orderType'>): boolean {
  return isStop(order) && /LI?MI?T$/i.test(order.orderType)
}

/** The worst price that an order takes; undefined for whatever the market gives. */
export function limitOf(order: OrderFields): number | undefined {
  return isStop(order) && !isStopLimit(order) ? undefined : order.price
}

/** True once the last price has reached the stop of a stop order. */
export function isStopReached(order: OrderFields, last: number): boolean {
  const stop = isStopLimit(order) ? order.auxPrice : order.price
  if (stop === undefined) return false
  return order.side === 'BUY' ? last >= stop : last <= stop
}

/** How an order begins: IBKR holds stop orders back, and the children of a bracket until their parent has filled. */
export function firstStatus(order: Pick<NewOrder, 'orderType'>, parent: Order | undefined): OrderStatus {
  return isStop(order) || (parent !== undefined && parent.status !== 'Filled') ? 'PreSubmitted' : 'Submitted'
}

/**
 * What the end of an order does to another one: a parent that has filled sets its children free, one that ends in any
 * other way takes them with it, and the first of a group that has filled cancels the others. Undefined: nothing.
 */
export function consequence(ended: Order, other: Order): OrderStatus | undefined {
  if (other === ended || !isOpen(other)) return undefined
  const isChild = other.parentOrderId === ended.orderId
  if (ended.status === 'Cancelled' || ended.status === 'Inactive') return isChild ? 'Cancelled' : undefined
  if (ended.status !== 'Filled') return undefined
  if (isChild) return isStop(other) ? undefined : 'Submitted'
  return other.groupId !== undefined && other.groupId === ended.groupId ? 'Cancelled' : undefined
}
