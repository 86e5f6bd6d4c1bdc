import { isSharedSessionError, nameOf, SharedSessionError } from '../errors.ts'

/** @param thrown - Told by its code or name alone: its message may repeat the credential, as that of JSON.parse does. */
export function badCredential(what: string, must: string, thrown?: unknown): SharedSessionError {
  const why = thrown === undefined ? '' : `; it threw ${nameOf(thrown)}`
  return new SharedSessionError('ERR_SHARED_SESSION_BAD_CREDENTIAL', `${what} must ${must}${why}`)
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

export function refusesWrites(count: number): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_STORE_BROKEN',
    `The store refused ${count} writes, and nobody else had written; test it with @ibkr-auth/shared-session/conformance`,
  )
}

/** Whether a login is made without the store. */
export function mayGoOnAlone(error: unknown, whenAway: 'wait' | 'alone'): boolean {
  return isAway(error) && whenAway === 'alone'
}

/** The store cannot be reached, or cannot be written: something that passes. */
export function isAway(error: unknown): error is SharedSessionError {
  return (
    isSharedSessionError(error) &&
    (error.code === 'ERR_SHARED_SESSION_STORE_UNAVAILABLE' || error.code === 'ERR_SHARED_SESSION_STORE_FULL')
  )
}
