/** How many of something are allowed at once, and how soon one more is. */
export interface BudgetRules {
  readonly size: number
  /** Until one place comes back, in milliseconds. */
  readonly refillMs: number
}

/** Places that are left, and when that was counted (monotonic milliseconds). */
export interface Budget {
  readonly places: number
  readonly countedAtMs: number
}

/** All places, none used. */
export function fullBudget(rules: BudgetRules, atMs: number): Budget {
  return { places: rules.size, countedAtMs: atMs }
}

/**
 * Takes a place; undefined if there is none.
 *
 * @param kept - Places that stay for somebody else.
 */
export function takePlace(budget: Budget, rules: BudgetRules, atMs: number, kept = 0): Budget | undefined {
  const places = placesAt(budget, rules, atMs)
  return places - kept >= 1 ? { places: places - 1, countedAtMs: atMs } : undefined
}

/** A place was taken and not used; there are never more than all. */
export function givePlaceBack(budget: Budget): Budget {
  return { ...budget, places: budget.places + 1 }
}

/** When a place can be taken (monotonic milliseconds); `atMs` if at once. */
export function placeFreeAtMs(budget: Budget, rules: BudgetRules, atMs: number, kept = 0): number {
  const missing = 1 + kept - placesAt(budget, rules, atMs)
  return missing <= 0 ? atMs : atMs + Math.ceil(missing * rules.refillMs)
}

/** Places that are left at a time, fractions of the next one included. */
export function placesAt(budget: Budget, rules: BudgetRules, atMs: number): number {
  const passedMs = Math.max(0, atMs - budget.countedAtMs)
  return Math.min(rules.size, budget.places + passedMs / rules.refillMs)
}
