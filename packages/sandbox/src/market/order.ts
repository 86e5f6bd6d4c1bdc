import type { OrderFields } from './order-fields.ts'

/** How far an order has come; `PreSubmitted` is held back: a stop order, or one that waits for its parent. */
export type OrderStatus = 'PreSubmitted' | 'Submitted' | 'Filled' | 'PendingCancel' | 'Cancelled' | 'Inactive'

/**
 * An order as the sandbox keeps it. Two equal requests without a `customerOrderId` make two orders: a doubled one is
 * seen.
 */
export interface Order extends OrderFields {
  /** The sandbox's number for it. */
  readonly orderId: number
  readonly accountId: string
  /** The order that must fill first, where this is a child of a bracket. */
  readonly parentOrderId: number | undefined
  /** Equal for orders of which the first that fills cancels the others. */
  readonly groupId: number | undefined
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

/** Of each fill: IBKR's smallest for a stock in the United States, in US dollars. */
export const commission = 1
