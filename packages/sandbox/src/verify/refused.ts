import type { Explanation } from '../explain/explanation.ts'
import { explained } from '../explain/known-refusals.ts'
import type { CheckedMistakeName } from '../explain/mistake-names.ts'

/** A request that is not let through: what IBKR would answer, and why. */
export interface Refused {
  readonly ok: false
  readonly status: number
  /** Text for the body of the answer. */
  readonly error: string
  readonly explanation: Explanation
}

/** A refusal whose reason needs no search. */
export function refused(
  status: number,
  error: string,
  mistake: CheckedMistakeName,
  detail?: string,
): Refused {
  return { ok: false, status, error, explanation: explained(mistake, detail) }
}
