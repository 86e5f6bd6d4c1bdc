import type { EstablishReason } from './decide.ts'
import type { StoredCredential } from './record.ts'

/** What an `establish` of a session resolves to; the shape of `@ibkr-auth/transport`'s session credential. */
export interface CredentialLike {
  /** Authorises one attempt. */
  readonly authorize: (request: never) => unknown
  /** When the server stops to accept it, in milliseconds since 1970 (the server's clock). */
  readonly expiresAtMs: number
  readonly username?: string | undefined
  /** `Set-Cookie` texts that travel with it. */
  readonly cookies?: readonly string[] | undefined
}

/** The part of what a session tells its `establish` that is used. */
export interface ContextLike {
  readonly signal: AbortSignal
  /** The server's time as far as it is known, in milliseconds since 1970. */
  readonly now: () => number
  readonly reason?: EstablishReason | undefined
  /** The credential that is to be replaced. */
  readonly replaces?: unknown
  /** What the requests of a login are sent with. */
  readonly transport?: object | undefined
}

/** What a login is given besides. */
export interface Announcing {
  /**
   * To be awaited right before a login is sent, which tells the other processes that IBKR may replace what they have; once is enough.
   * `context.transport` does so by itself.
   *
   * @throws {SharedSessionError} `ERR_SHARED_SESSION_STORE_UNAVAILABLE` while the store is away (not with `whenAway: 'alone'`), or the
   * reason of `context.signal` if another process has taken over: nothing must be sent then.
   */
  readonly announce: () => Promise<void>
}

/** The part of a session that can be followed. */
export interface SessionLike {
  /** Has the session ask its `establish` again. */
  renew(): Promise<unknown>
  /** Cookies to carry along with the credential. */
  readonly cookies?: (() => readonly string[]) | undefined
}

/** What a session is given. */
export interface LentCredential<C extends CredentialLike> {
  /** Waits while nobody knows whether a login has replaced it. */
  readonly authorize: C['authorize']
  /** By the clock of the session that asked; goes with it when that is corrected. */
  readonly expiresAtMs: number
  /** True if another process logged in, and this one took over what it got. */
  readonly adopted: boolean
  /** Whether a session that is closed logs out with it. */
  readonly logout: () => Promise<boolean>
  /** The session has done with it. Closes nothing: others still use it. */
  readonly close: () => void
  readonly username?: string | undefined
  readonly cookies?: readonly string[] | undefined
}

/** What a lent credential does by its lender. */
interface Lender {
  readonly now: () => number
  readonly remainingMs: () => number
  readonly logout: () => Promise<boolean>
  readonly close: () => void
  /** Undefined if it may be used now. */
  readonly opened: () => Promise<void> | undefined
}

/** Lends a credential of which the store's time of expiry is known. */
export function lend<C extends CredentialLike>(
  credential: C,
  { username, cookies }: Pick<StoredCredential, 'username' | 'cookies'>,
  adopted: boolean,
  { now, remainingMs, logout, close, opened }: Lender,
): LentCredential<C> {
  return {
    authorize: (request) => {
      const waiting = opened()
      return waiting === undefined
        ? credential.authorize(request)
        : waiting.then(() => credential.authorize(request))
    },
    adopted,
    logout,
    close,
    get expiresAtMs() {
      return now() + remainingMs()
    },
    username,
    cookies,
  }
}

/** Whether a caller's function gave something that can be used. */
export function isCredential(value: unknown): value is CredentialLike {
  if (typeof value !== 'object' || value === null) return false
  const { authorize, expiresAtMs, username, cookies } = value as Readonly<Record<string, unknown>>
  return (
    typeof authorize === 'function' &&
    Number.isFinite(expiresAtMs) &&
    (username === undefined || typeof username === 'string') &&
    (cookies === undefined || areCookies(cookies))
  )
}

export function areCookies(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((cookie) => typeof cookie === 'string')
}
