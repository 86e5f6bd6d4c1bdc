/** The two ends of {@link BackoffOptions}, in milliseconds. */
export interface Backoff {
  readonly baseMs: number
  readonly maxMs: number
}

/**
 * The wait after so many failures in a row: doubled each time up to the maximum, half of it at random, so that sessions that failed
 * together do not come back together.
 */
export function backoffMs(backoff: Backoff, failures: number, random: () => number): number {
  const longest = Math.min(backoff.maxMs, backoff.baseMs * 2 ** (failures - 1))
  return longest / 2 + (longest / 2) * random()
}

/** The server's own wish, if an error carries one, in milliseconds. */
export function retryAfterMsOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('retryAfterMs' in error)) return 0
  return typeof error.retryAfterMs === 'number' ? error.retryAfterMs : 0
}
