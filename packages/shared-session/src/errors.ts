/** Every code that an error of this package can carry. */
export const sharedSessionErrorCodes = [
  'ERR_SHARED_SESSION_INVALID_INPUT',
  'ERR_SHARED_SESSION_CLOSED',
  'ERR_SHARED_SESSION_STORE_UNAVAILABLE',
  'ERR_SHARED_SESSION_STORE_FULL',
  'ERR_SHARED_SESSION_STORE_BROKEN',
  'ERR_SHARED_SESSION_UNREADABLE',
  'ERR_SHARED_SESSION_BAD_CREDENTIAL',
  'ERR_SHARED_SESSION_CLOCK',
  'ERR_SHARED_SESSION_REFUSED_HERE',
  'ERR_SHARED_SESSION_LOGIN_FAILED',
  'ERR_SHARED_SESSION_PENALTY_BOX',
  'ERR_SHARED_SESSION_PACING_WAIT',
] as const

/**
 * - `INVALID_INPUT`: an argument is not what it must be.
 * - `CLOSED`: asked for something after `close()`.
 * - `STORE_UNAVAILABLE`: the store failed, or did not answer in time.
 * - `STORE_FULL`: the store has no room.
 * - `STORE_BROKEN`: the store answered something that no store may answer.
 * - `UNREADABLE`: what is stored cannot be opened or understood; it is neither used nor overwritten.
 * - `BAD_CREDENTIAL`: `establish`, `encode` or `decode` gave something that is no credential.
 * - `CLOCK`: this machine's clock is too far from the store's.
 * - `REFUSED_HERE`: a credential is refused in this process and good in another.
 * - `LOGIN_FAILED`: another process has just failed to log in; `retryAfterMs` says when it is tried again.
 * - `PENALTY_BOX`, `PACING_WAIT`: no place for a request, for `retryAfterMs`.
 */
export type SharedSessionErrorCode = (typeof sharedSessionErrorCodes)[number]

const lasting: readonly SharedSessionErrorCode[] = [
  'ERR_SHARED_SESSION_INVALID_INPUT',
  'ERR_SHARED_SESSION_CLOSED',
  'ERR_SHARED_SESSION_BAD_CREDENTIAL',
]

/** What an error may carry besides its message. */
export interface SharedSessionErrorDetails {
  readonly cause?: unknown
  /** In milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** A failure of this package. Messages and members never hold a secret. */
export class SharedSessionError extends Error {
  override readonly name = 'SharedSessionError'
  readonly code: SharedSessionErrorCode
  /** When it makes sense to try again, in milliseconds from now; undefined if that is not known. */
  readonly retryAfterMs: number | undefined
  /** True if it may go away by itself: no reason for a session to give up. */
  readonly retryable: boolean

  constructor(code: SharedSessionErrorCode, message: string, details: SharedSessionErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.retryAfterMs = details.retryAfterMs
    this.retryable = !lasting.includes(code)
  }
}

/** True for errors of this package, also when another installed copy of it threw them. */
export function isSharedSessionError(value: unknown): value is SharedSessionError {
  return (
    value instanceof Error && 'code' in value && sharedSessionErrorCodes.some((code) => code === value.code)
  )
}

export function invalidInput(message: string): SharedSessionError {
  return new SharedSessionError('ERR_SHARED_SESSION_INVALID_INPUT', message)
}

/** What may be told of an error that is somebody else's: its code or its class, since its message could hold anything. */
export function nameOf(error: unknown): string {
  if (isSharedSessionError(error)) return error.code
  if (typeof error !== 'object' || error === null) return 'no reason given'
  if ('code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{0,59}$/.test(error.code))
    return error.code
  return error instanceof Error ? error.name : 'no reason given'
}

/** @param what - What was closed, as part of a sentence. */
export function closed(what: string): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_CLOSED',
    `This share of ${what} is closed; make another one`,
  )
}
