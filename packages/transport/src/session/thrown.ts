import { memberOf } from '@ibkr-auth/internal/thrown'
import { longestRetryAfterMs } from '../call/retry-rules.ts'

/** The HTTP status that an error carries, if it does. */
export function statusOf(thrown: unknown): number | undefined {
  const status = memberOf(thrown, 'status')
  return typeof status === 'number' ? status : undefined
}

/** The server's own wish, if an error carries one that can be meant, in milliseconds. */
export function retryAfterMsOf(thrown: unknown): number {
  const wish = memberOf(thrown, 'retryAfterMs')
  return typeof wish === 'number' && wish > 0 ? Math.min(wish, longestRetryAfterMs) : 0
}
