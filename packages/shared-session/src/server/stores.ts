import { type Remembered, rememberIn, type SharedMemoryOptions } from './remember.ts'

/** A nonce store for `@ibkr-auth/oauth1-signing/server`. */
export interface SharedNonceStore {
  record(use: SharedNonceUse, nowMs: number): Promise<Remembered>
}

/** What makes an OAuth 1.0a request unique (RFC 5849 3.3). */
export interface SharedNonceUse {
  readonly consumerKey: string
  readonly token: string
  /** Seconds since 1970, as sent. */
  readonly timestampSeconds: number
  readonly nonce: string
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number
}

/** A replay store for `@ibkr-auth/sso-jwt/server`. */
export interface SharedReplayStore {
  record(use: SharedReplayUse, nowMs: number): Promise<Remembered>
}

/** What makes a JWT unique (RFC 7523 3, item 7). */
export interface SharedReplayUse {
  readonly clientId: string
  readonly jti: string
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number
}

/**
 * Remembers nonces for any number of verifiers: of two equal requests that reach two processes at the same time one is refused.
 * Rejects while the store is away, so that nothing is accepted unseen.
 *
 * @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT`
 */
export function sharedNonceStore(options: SharedMemoryOptions): SharedNonceStore {
  const remember = rememberIn(options, 'nonces')
  return {
    record: ({ consumerKey, token, timestampSeconds, nonce, expiresAtMs }, nowMs) =>
      remember(JSON.stringify([consumerKey, token, timestampSeconds, nonce]), expiresAtMs, nowMs),
  }
}

/**
 * Remembers the ids of JWTs for any number of verifiers. Rejects while the store is away.
 *
 * @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT`
 */
export function sharedReplayStore(options: SharedMemoryOptions): SharedReplayStore {
  const remember = rememberIn(options, 'jti')
  return {
    record: ({ clientId, jti, expiresAtMs }, nowMs) =>
      remember(JSON.stringify([clientId, jti]), expiresAtMs, nowMs),
  }
}
