/** The two ends of {@link BackoffOptions}, in milliseconds. */
export interface Backoff {
  readonly baseMs: number
  readonly maxMs: number
}

/** A wait that nobody should sit through, in milliseconds: what waits is told instead. */
export const tellAfterMs = 15_000

/**
 * The wait after so many failures in a row: doubled each time up to the maximum, half of it at random, so that sessions that failed
 * together do not come back together.
 *
 * @param chance - A random number from 0 to 1.
 */
export function backoffMs(backoff: Backoff, failures: number, chance: number): number {
  const longest = Math.min(backoff.maxMs, backoff.baseMs * 2 ** (failures - 1))
  return longest / 2 + (longest / 2) * chance
}
