import type { HttpDispatcher } from '../http/dispatcher.ts'
import type { TransportResponse } from '../http/response.ts'

/** Options with every default filled in. */
export type Complete<Options> = {
  readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined>
}

/** A value of a query or a form; undefined is left out, a list repeats the name. */
export type ParameterValue = string | number | boolean | undefined | readonly (string | number | boolean)[]

/** Parameters of a query or a form, by name. */
export type Parameters = Readonly<Record<string, ParameterValue>>

/** Limits in time, all in milliseconds; 0 is no limit. */
export interface Timeouts {
  /** Until a connection takes the request. Default 10,000. */
  readonly connectMs?: number | undefined
  /** From there until the reply's headers. Default 30,000. */
  readonly headersMs?: number | undefined
  /** Between two pieces of the reply's body. Default 30,000. */
  readonly bodyMs?: number | undefined
  /** The whole call with authorisation, waits and repeats; for a stream, until its headers. Default 60,000. */
  readonly totalMs?: number | undefined
}

/** Everything about a request but method and URL. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Added to the URL's own query, percent-encoded (RFC 3986; a space is `%20`). */
  readonly query?: Parameters | undefined
  /** Sent as it is. At most one of `body`, `json` and `form`. */
  readonly body?: string | Uint8Array | undefined
  /** Sent as JSON. */
  readonly json?: unknown | undefined
  /** Sent as `application/x-www-form-urlencoded`, and part of an OAuth 1.0a signature. */
  readonly form?: Parameters | undefined
  readonly signal?: AbortSignal | undefined
  readonly timeouts?: Timeouts | undefined
  /** The caller's word that sending this request twice does no harm. Default: true for GET, HEAD and OPTIONS. */
  readonly idempotent?: boolean | undefined
  /** How often the request is repeated at the most. Default: the transport's `retry.limit`. */
  readonly retryLimit?: number | undefined
  /** Another way to authorise this request; `false` sends it as it is. A request with its own `Authorization` header is never authorised again. */
  readonly authorize?: Authorize | false | undefined
  /** Whether a status other than 2xx throws. Default: the transport's, which is true. */
  readonly throwHttpErrors?: boolean | undefined
  /** Largest body taken, in bytes after decompression. Default: the transport's; for a stream, none. */
  readonly maxResponseBytes?: number | undefined
  /** For interceptors. */
  readonly context?: RequestContext | undefined
}

/** A request: what `create…Request` functions build fits, and so does anything that `fetch(request.url, request)` takes. */
export interface TransportRequest extends RequestOptions {
  readonly method: string
  /** A path below the transport's path prefix (`/iserver/accounts`), or an absolute URL within it. */
  readonly url: string | URL
}

/** What a function that authorises is told about the attempt it authorises. */
export interface AuthorizeRequest {
  readonly method: string
  /** Absolute URL, exactly as it will be sent. */
  readonly url: string
  /** Headers of the request so far, lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The body, if it is a form (`application/x-www-form-urlencoded`): RFC 5849 3.4.1.3.1 signs it. Undefined otherwise. */
  readonly body?: string | undefined
  /** 1 for the first attempt. */
  readonly attempt: number
  /** The server's time as far as it is known, in milliseconds since 1970: sign with this one. */
  readonly now: () => number
  /** How far the server's clock is ahead of this one, in milliseconds; 0 until a reply said so. */
  readonly clockSkewMs: number
}

/** Headers that authorise, for instance `{ authorization: 'Bearer …' }`. */
export type AuthorizationHeaders = Readonly<Record<string, string>>

/**
 * Authorises one attempt of a request. It is called afresh for each, so that no nonce and no timestamp is
 * sent twice, and may answer at once or with a promise.
 */
export type Authorize = (request: AuthorizeRequest) => AuthorizationHeaders | Promise<AuthorizationHeaders>

/** Whatever a caller wants its interceptors to know about one request; the transport does not read it. */
export type RequestContext = Readonly<Record<string, unknown>>

/** One attempt at a request, as interceptors see it. Change it by copying: `next({ ...attempt, authorize })`. */
export interface Attempt {
  /** Number of the call within this process, as events have it. */
  readonly call: number
  readonly method: string
  /** Absolute URL, exactly as it will be sent. */
  readonly url: string
  /** Path below the transport's path prefix, without query: what limits and special cases go by. */
  readonly path: string
  /** Headers before authorisation, lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  /** True if the request may be sent twice: GET, HEAD, OPTIONS, or the caller's word. */
  readonly idempotent: boolean
  /** 1 for the first attempt; repeats after connection failures count on. */
  readonly number: number
  /** Aborted when the caller gives up, the total time is over or the transport is closed; its reason is a {@link TransportError}. */
  readonly signal: AbortSignal
  /** How long the call may still take, in milliseconds; infinite if it has no limit. */
  readonly timeLeftMs: number
  /** Authorises this attempt; undefined if the request goes out as it is. */
  readonly authorize: Authorize | undefined
  /**
   * Called in the moment in which an open connection takes the request; false keeps it from being sent. So a session looks whether its
   * place still counts.
   */
  readonly mayLeave?: (() => boolean) | undefined
  readonly context: RequestContext
  /** Carries the attempt: the identity of the way out, for limits that go by address. */
  readonly dispatcher: HttpDispatcher
}

/** Carries out an attempt: authorises it, sends it, reads the reply. May be called more than once. */
export type Next = (attempt: Attempt) => Promise<TransportResponse>

/**
 * Stands around each attempt, inside the transport's own retries, as undici's interceptors do around a dispatch.
 * A reply of any status is returned; only a failure to get one is thrown, as {@link TransportError}.
 */
export type Interceptor = (attempt: Attempt, next: Next) => Promise<TransportResponse>
