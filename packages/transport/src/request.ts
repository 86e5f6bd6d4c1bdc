import type { Authorize } from './authorize.ts'
import type { RequestContext } from './interceptor.ts'

/** A value of a query or a form; undefined is left out, a list repeats the name. */
export type ParameterValue = string | number | boolean | undefined | readonly (string | number | boolean)[]

/** Parameters of a query or a form, by name. */
export type Parameters = Readonly<Record<string, ParameterValue>>

/** Limits in time, all in milliseconds; 0 is no limit. */
export interface Timeouts {
  /** Until a connection takes the request. Default 10,000. */
  readonly connectMs?: number
  /** From there until the reply's headers. Default 30,000. */
  readonly headersMs?: number
  /** Between two pieces of the reply's body. Default 30,000. */
  readonly bodyMs?: number
  /** The whole call with authorisation, waits and repeats; for a stream, until its headers. Default 60,000. */
  readonly totalMs?: number
}

/** Everything about a request but method and URL. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Added to the URL's own query, percent-encoded (RFC 3986; a space is `%20`). */
  readonly query?: Parameters
  /** Sent as it is. At most one of `body`, `json` and `form`. */
  readonly body?: string | Uint8Array
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as `application/x-www-form-urlencoded`, and part of an OAuth 1.0a signature. */
  readonly form?: Parameters
  readonly signal?: AbortSignal
  readonly timeouts?: Timeouts
  /** The caller's word that sending this request twice does no harm. Default: true for GET, HEAD and OPTIONS. */
  readonly idempotent?: boolean
  /** How often the request is repeated at the most. Default: the transport's `retry.limit`. */
  readonly retryLimit?: number
  /** Another way to authorise this request; `false` sends it as it is. A request with its own `Authorization` header is never authorised again. */
  readonly authorize?: Authorize | false
  /** Whether a status other than 2xx throws. Default: the transport's, which is true. */
  readonly throwHttpErrors?: boolean
  /** Largest body taken, in bytes after decompression. Default: the transport's; for a stream, none. */
  readonly maxResponseBytes?: number
  /** For interceptors. */
  readonly context?: RequestContext
}

/** A request: what `create…Request` functions build fits, and so does anything that `fetch(request.url, request)` takes. */
export interface TransportRequest extends RequestOptions {
  readonly method: string
  /** A path below the transport's path prefix (`/iserver/accounts`), or an absolute URL within it. */
  readonly url: string | URL
}
