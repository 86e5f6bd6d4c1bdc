import { OAuth1Error } from './oauth1-error.ts'

/** `oauth_timestamp`: whole seconds since 1970, always positive (RFC 5849 3.3). */
export function createTimestamp(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000)
  // Ten digits are as many as IBKR takes; a clock in microseconds would show here.
  if (!(seconds > 0 && seconds < 1e10)) {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', 'now must return milliseconds since 1970')
  }
  return String(seconds)
}
