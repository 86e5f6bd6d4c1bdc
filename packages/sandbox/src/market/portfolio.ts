import { instrumentOf, multiplierOf, type OptionTerms } from './instruments.ts'
import type { Execution } from './order.ts'
import type { Quotes } from './quotes.ts'

/** What an account holds of a contract. */
export interface Position {
  readonly accountId: string
  readonly conid: number
  /** Negative if it is short. */
  readonly quantity: number
  readonly averagePrice: number
  readonly realizedPnl: number
}

/** The worth of an account at a time, in US dollars. */
export interface Balance {
  readonly cash: number
  readonly positionsValue: number
  readonly netLiquidation: number
  readonly unrealizedPnl: number
  readonly realizedPnl: number
}

/** What every account of the sandbox starts with. */
const startingCash = 1_000_000

/** Positions and cash of all accounts, as fills leave them. */
export class Portfolio {
  readonly #positions = new Map<string, Position>()
  readonly #cash = new Map<string, number>()

  /** Takes a fill over into position and cash. */
  apply({ order, quantity, price, commission }: Execution): void {
    const { accountId, conid, side } = order
    const signed = side === 'BUY' ? quantity : -quantity
    this.#cash.set(accountId, this.cash(accountId) - signed * price - commission)
    this.set(next(this.position(accountId, conid), signed, price))
  }

  /** So many options become what stands behind them, at the strike. */
  exercise({ accountId, conid, quantity }: Position, option: OptionTerms): void {
    const held = this.position(accountId, conid)
    this.set({ ...held, quantity: held.quantity - quantity })
    const signed = (option.right === 'C' ? quantity : -quantity) * option.multiplier
    this.#cash.set(accountId, this.cash(accountId) - signed * option.strike)
    this.set(next(this.position(accountId, option.underlyingConid), signed, option.strike))
  }

  position(accountId: string, conid: number): Position {
    const none = { accountId, conid, quantity: 0, averagePrice: 0, realizedPnl: 0 }
    return this.#positions.get(`${accountId} ${conid}`) ?? none
  }

  /** Puts a position as it is; cash stays. */
  set(position: Position): void {
    this.#positions.set(`${position.accountId} ${position.conid}`, position)
  }

  /** Positions of an account that are not flat. */
  list(accountId: string): readonly Position[] {
    return [...this.#positions.values()].filter(
      (position) => position.accountId === accountId && position.quantity !== 0,
    )
  }

  cash(accountId: string): number {
    return this.#cash.get(accountId) ?? startingCash
  }

  balance(accountId: string, quotes: Quotes, nowMs: number): Balance {
    const held = [...this.#positions.values()].filter((position) => position.accountId === accountId)
    const valued = held.map((position) => ({
      ...position,
      quantity: position.quantity * multiplierOf(position.conid),
      price: priceOf(position, quotes, nowMs),
    }))
    const sum = (of: (position: (typeof valued)[number]) => number): number =>
      valued.reduce((total, position) => total + of(position), 0)
    const cash = this.cash(accountId)
    const positionsValue = sum(({ quantity, price }) => quantity * price)
    return {
      cash,
      positionsValue,
      netLiquidation: cash + positionsValue,
      unrealizedPnl: sum(({ quantity, price, averagePrice }) => quantity * (price - averagePrice)),
      realizedPnl: sum(({ realizedPnl }) => realizedPnl),
    }
  }
}

function priceOf({ conid, averagePrice }: Position, quotes: Quotes, nowMs: number): number {
  const instrument = instrumentOf(conid)
  return instrument === undefined ? averagePrice : quotes.priceAt(instrument, nowMs)
}

/** A position after `signed` more of its contract at a price. */
function next(position: Position, signed: number, price: number): Position {
  const { quantity, averagePrice, realizedPnl } = position
  const after = quantity + signed
  if (quantity === 0 || Math.sign(quantity) === Math.sign(signed)) {
    return { ...position, quantity: after, averagePrice: (averagePrice * quantity + price * signed) / after }
  }
  const closed = Math.min(Math.abs(signed), Math.abs(quantity)) * Math.sign(quantity)
  const turned = Math.sign(after) === Math.sign(signed)
  return {
    ...position,
    quantity: after,
    averagePrice: turned ? price : averagePrice,
    realizedPnl: realizedPnl + closed * (price - averagePrice),
  }
}
