import { memberOf } from '@ibkr-auth/internal/thrown'

/** The HTTP status that an error carries, if it does. */
export function statusOf(thrown: unknown): number | undefined {
  const status = memberOf(thrown, 'status')
  return typeof status === 'number' ? status : undefined
}

/** A server's wish is believed up to here, in milliseconds: IBKR's own penalties are no longer. */
const longestWishMs = 900_000

/** The server's own wish, if an error carries one that can be meant, in milliseconds. */
export function retryAfterMsOf(thrown: unknown): number {
  const wish = memberOf(thrown, 'retryAfterMs')
  return typeof wish === 'number' && wish > 0 ? Math.min(wish, longestWishMs) : 0
}
