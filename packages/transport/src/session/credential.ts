import { containRejection } from '@ibkr-auth/internal/channel'
import { TransportError } from '../errors.ts'
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
  readonly username?: string | undefined
  /** `Set-Cookie` texts that travel with it, for a credential that another process has obtained: see {@link Session.cookies}. */
  readonly cookies?: readonly string[] | undefined
  /** What another process last saw of the brokerage session under the credential before: see {@link Session.brokerageProof}. */
  readonly brokerageProof?: BrokerageProof | undefined
  /**
   * True if nobody was logged in for it: another process had it already. It then takes no place of the login budget
   * ({@link RenewalOptions}).
   */
  readonly adopted?: boolean | undefined
  /**
   * Whether a session that is closed logs out with it, in place of its own `logout`. Asked once, within `closeTimeoutMs`; a throw is
   * a no.
   */
  readonly logout?: boolean | (() => boolean | Promise<boolean>) | undefined
  /** Called once, when the credential was replaced or the session is closed: forget keys, revoke a bearer. */
  readonly close?: (() => void | Promise<void>) | undefined
}

/** A brokerage status was seen that said: authenticated, connected, not competing. It counts for two minutes. */
export interface BrokerageProof {
  /** When, in milliseconds since 1970. */
  readonly atMs: number
}

/**
 * Why a credential is wanted: there was none (`first`), it is time (`scheduled`), the last one ended unreplaced (`expired`), IBKR
 * refused it on every path that was asked (`refused`), or the caller said so (`renew`).
 */
export type EstablishReason = 'first' | 'scheduled' | 'expired' | 'refused' | 'renew'

/** What `establish()` is given. */
export interface EstablishContext {
  /** Sends requests of the exchange itself within the session's base URL and cookies, without its credential, until `signal` ends. */
  readonly transport: EstablishTransport
  /** Aborted when the session is closed or the attempt takes too long; pass it to every request. */
  readonly signal: AbortSignal
  /** The server's time as far as it is known, in milliseconds since 1970. */
  readonly now: () => number
  /** The credential that this one is to replace, as `establish()` handed it over; closed already unless it is still in use. */
  readonly replaces: SessionCredential | undefined
  readonly reason: EstablishReason
}

/** The part of a transport that an exchange needs. */
export interface EstablishTransport {
  request(request: TransportRequest): Promise<TransportResponse>
}

/**
 * Obtains a new credential: a live session token exchange, or an OAuth 2.0 token and an SSO bearer. One call at a
 * time. What it throws decides what follows: see {@link SessionOptions.isPermanent}.
 */
export type Establish = (context: EstablishContext) => Promise<SessionCredential>

/** A credential whose members have been read once: a getter of the caller's is foreign code. */
export interface TakenCredential extends SessionCredential {
  /** What `establish()` handed over. */
  readonly original: SessionCredential
}

/**
 * Reads what `establish()` resolved to.
 *
 * @param threw - Told of a member that may be missing and cannot be read: it is missing then.
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` if it is no credential.
 */
export function takeCredential(
  value: unknown,
  threw: (name: string, cause: unknown) => void,
): TakenCredential {
  if (typeof value !== 'object' || value === null) throw noCredential()
  const original = value as SessionCredential
  const { authorize, expiresAtMs } = original
  if (typeof authorize !== 'function' || !Number.isFinite(expiresAtMs)) {
    for (const member of [authorize, expiresAtMs]) containRejection(member, () => undefined)
    throw noCredential()
  }
  const read = <Member>(name: string, member: (from: SessionCredential) => Member): Member | undefined => {
    try {
      const value = member(original)
      containRejection(value, (error) => threw(`credential.${name}`, error))
      return value
    } catch (error) {
      threw(`credential.${name}`, error)
      return undefined
    }
  }
  const username = read('username', (from) => from.username)
  const cookies = read('cookies', (from) => from.cookies)
  const proof = read('brokerageProof', (from) => from.brokerageProof)
  const atMs = read('brokerageProof', () => proof?.atMs)
  const adopted = read('adopted', (from) => from.adopted)
  const logout = read('logout', (from) => from.logout)
  return {
    original,
    authorize: (request) => authorize.call(original, request),
    expiresAtMs,
    username: typeof username === 'string' ? username : undefined,
    cookies: Array.isArray(cookies) ? cookies.filter((cookie) => typeof cookie === 'string') : undefined,
    brokerageProof: typeof atMs === 'number' && Number.isFinite(atMs) ? { atMs } : undefined,
    adopted: adopted === true,
    logout: typeof logout === 'boolean' || typeof logout === 'function' ? logout : undefined,
    close: () => {
      const { close } = original
      containRejection(close, () => undefined)
      return close?.call(original)
    },
  }
}

function noCredential(): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_INVALID_INPUT',
    'establish() must resolve to { authorize, expiresAtMs }: a function, and milliseconds since 1970',
  )
}

/** Releases a credential; what its own function does is its caller's matter. */
export async function closeCredential(credential: TakenCredential): Promise<void> {
  await credential.close?.()
}
