import type { TransportResponse } from '../http/response.ts'
import type { Authorize, TransportRequest } from '../request/types.ts'

/** What `establish()` hands over: a way to authorise requests, and until when it is good. */
export interface SessionCredential {
  /**
   * Authorises one attempt. The session calls it only while this credential is the current one; an answer
   * that arrives after the credential was replaced is thrown away.
   */
  readonly authorize: Authorize
  /** When the server stops to accept it, in milliseconds since 1970 (the server's clock). */
  readonly expiresAtMs: number
  /** The IBKR username it belongs to, to which the pacing limits apply; overrides the session's option. */
  readonly username?: string
  /** Called once, when the credential was replaced or the session is closed: forget keys, revoke a bearer. */
  close?(): void | Promise<void>
}

/** What `establish()` is given. */
export interface EstablishContext {
  /** Sends requests of the exchange itself within the session's origin, path prefix and cookies, without its credential. */
  readonly transport: EstablishTransport
  /** Aborted when the session is closed or the attempt takes too long; pass it to every request. */
  readonly signal: AbortSignal
  /** The server's time as far as it is known, in milliseconds since 1970. */
  readonly now: () => number
}

/** The part of a transport that an exchange needs. */
export interface EstablishTransport {
  request(request: TransportRequest): Promise<TransportResponse>
}

/**
 * Obtains a new credential: a live session token exchange, or an OAuth 2.0 token and an SSO bearer. Called by one
 * flight at a time. What it throws decides what follows: see {@link SessionOptions.isPermanent}.
 */
export type Establish = (context: EstablishContext) => Promise<SessionCredential>
