import type { Balance } from './portfolio.ts'

/** What IBKR asks for a stock in an account with margin: of its value, to begin with and to keep it. */
const initialRate = 0.5
const maintenanceRate = 0.25

/** The margin that positions worth so much ask for. */
export function marginsOf(value: number): { readonly initial: number; readonly maintenance: number } {
  const exposed = Math.abs(value)
  return { initial: exposed * initialRate, maintenance: exposed * maintenanceRate }
}

/** The worth of an account under the names of its summary, in US dollars and whole cents. */
export interface AccountValues {
  readonly netLiquidation: number
  readonly totalCash: number
  readonly grossPositionValue: number
  readonly initialMargin: number
  readonly maintenanceMargin: number
  readonly availableFunds: number
  readonly excessLiquidity: number
  readonly buyingPower: number
}

/** What follows from a balance. */
export function accountValues({ netLiquidation, cash, positionsValue }: Balance): AccountValues {
  const { initial, maintenance } = marginsOf(positionsValue)
  return {
    netLiquidation: cents(netLiquidation),
    totalCash: cents(cash),
    grossPositionValue: cents(Math.abs(positionsValue)),
    initialMargin: cents(initial),
    maintenanceMargin: cents(maintenance),
    availableFunds: cents(netLiquidation - initial),
    excessLiquidity: cents(netLiquidation - maintenance),
    buyingPower: cents((netLiquidation - initial) * 4),
  }
}

/** An amount of money in whole cents. */
export function cents(amount: number): number {
  return Math.round(amount * 100) / 100
}
