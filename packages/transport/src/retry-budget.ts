import type { HttpDispatcher } from './dispatcher.ts'

const capacity = 10
const costOfRetry = 1
const gainOfSuccess = 0.1

/**
 * Keeps repeats to about a tenth of what succeeds, with ten in reserve: when a server is down for everyone, a fleet
 * that repeats everything three times is what keeps it down.
 */
export class RetryBudget {
  #tokens = capacity

  /** Takes the cost of one repeat; false if there is not enough left. */
  spend(): boolean {
    if (this.#tokens < costOfRetry) return false
    this.#tokens -= costOfRetry
    return true
  }

  earn(): void {
    this.#tokens = Math.min(capacity, this.#tokens + gainOfSuccess)
  }
}

const budgets = new WeakMap<HttpDispatcher, Map<string, RetryBudget>>()

/** The budget of an origin: one for all transports that share a way out. */
export function retryBudgetOf(dispatcher: HttpDispatcher, origin: string): RetryBudget {
  const byOrigin = budgets.get(dispatcher) ?? new Map<string, RetryBudget>()
  const budget = byOrigin.get(origin) ?? new RetryBudget()
  byOrigin.set(origin, budget)
  budgets.set(dispatcher, byOrigin)
  return budget
}
