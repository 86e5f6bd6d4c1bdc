import { isSharedSessionError, SharedSessionError } from '../errors.ts'

export function closed(): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_CLOSED',
    'This share of the login is closed; make another one',
  )
}

export function badCredential(what: string, must: string, cause?: unknown): SharedSessionError {
  return new SharedSessionError('ERR_SHARED_SESSION_BAD_CREDENTIAL', `${what} must ${must}`, { cause })
}

export function clockIsOff(differenceMs: number): SharedSessionError {
  const seconds = Math.round(Math.abs(differenceMs) / 1_000)
  const direction = differenceMs > 0 ? 'ahead of' : 'behind'
  return new SharedSessionError(
    'ERR_SHARED_SESSION_CLOCK',
    `The credential was refused here, and this session's time is ${seconds} s ${direction} the store's: it is left to the other processes, who go on with it; set this machine's clock`,
    { retryAfterMs: 30_000 },
  )
}

export function refusedHere(): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_REFUSED_HERE',
    'The credential is refused here and good in other processes, so it is not replaced; compare address, clock and proxies of this machine with theirs (a key of its own for each egress address, where bearers are bound to one)',
    { retryAfterMs: 15_000 },
  )
}

export function loginFailed(reason: string, retryAfterMs: number): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_LOGIN_FAILED',
    `Another process failed to log in (${reason}); the next attempt is in ${Math.ceil(retryAfterMs / 1_000)} s`,
    { retryAfterMs },
  )
}

/** The store cannot be reached, or cannot be written: something that passes. */
export function isAway(error: unknown): error is SharedSessionError {
  return (
    isSharedSessionError(error) &&
    (error.code === 'ERR_SHARED_SESSION_STORE_UNAVAILABLE' || error.code === 'ERR_SHARED_SESSION_STORE_FULL')
  )
}
