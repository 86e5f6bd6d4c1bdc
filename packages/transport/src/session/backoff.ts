/** The two ends of {@link BackoffOptions}, in milliseconds. */
export interface Backoff {
  readonly baseMs: number
  readonly maxMs: number
}

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

/** A server's wish is believed up to here, in milliseconds: IBKR's own penalties are no longer. */
const longestWishMs = 900_000

/** The server's own wish, if an error carries one that can be meant, in milliseconds. */
export function retryAfterMsOf(error: unknown): number {
  const wish = readMember(error, 'retryAfterMs')
  return typeof wish === 'number' && wish > 0 ? Math.min(wish, longestWishMs) : 0
}

/** A member of what somebody else has thrown: its getter may throw, too. */
export function readMember(value: unknown, name: string): unknown {
  try {
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
  } catch {
    return undefined
  }
}
