import type { Authorize } from './authorize.ts'
import type { Clock } from './clock.ts'
import type { ConnectionOptions } from './connection-options.ts'
import type { HttpDispatcher } from './dispatcher.ts'
import type { Interceptor } from './interceptor.ts'
import type { Timeouts } from './request.ts'

/** When and how requests are repeated. */
export interface RetryOptions {
  /** Repeats at the most, 0 for none. Default 2. */
  readonly limit?: number
  /** Upper bound of the first wait, in milliseconds; doubled for each further one. Default 250. */
  readonly baseDelayMs?: number
  /** Upper bound of any wait, in milliseconds; a server that asks for longer is not asked again. Default 8,000. */
  readonly maxDelayMs?: number
}

/** Which cookies are kept. */
export interface CookieOptions {
  /** Names of the cookies that are kept. Default `api` and `x-sess-uuid`. */
  readonly names?: readonly string[]
}

/** How a transport behaves. */
export interface TransportOptions {
  /** Scheme, host and port to which the credential belongs: `https://api.ibkr.com`. Nothing is sent anywhere else. */
  readonly origin: string
  /** Path below which the credential is good: `/v1/api`, `/gw/api/v1`. Default: the whole origin. */
  readonly pathPrefix?: string
  /** Authorises each attempt. Default: requests go out as they are. */
  readonly authorize?: Authorize
  /** Around each attempt, the first one outermost. */
  readonly interceptors?: readonly Interceptor[]
  /** Carries the requests and stays the caller's, also to close. Default: one that all such transports of the process share. */
  readonly dispatcher?: HttpDispatcher
  /** Connections of this transport's own: proxy, certificates, limits. Not together with `dispatcher`. */
  readonly connection?: ConnectionOptions
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Default `ibkr-auth-transport`; IBKR's CDN answers 403 to requests without one. */
  readonly userAgent?: string
  readonly timeouts?: Timeouts
  readonly retry?: RetryOptions
  /** Largest body of a reply that is read whole, in bytes after decompression. Default 33,554,432. */
  readonly maxResponseBytes?: number
  /** Cookies are kept per transport. `false` keeps none. */
  readonly cookies?: CookieOptions | false
  /** Whether a status other than 2xx throws. Default true. */
  readonly throwHttpErrors?: boolean
  /** Host names to which plain http is fine; loopback always is. */
  readonly allowPlainHttp?: readonly string[]
  /** A 401 while the clocks differ by more than this many milliseconds is reported as `ERR_TRANSPORT_CLOCK_SKEW`. Default 30,000. */
  readonly clockSkewLimitMs?: number
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Numbers from 0 (included) to 1 (excluded) for jitter. Default: from the system's source of randomness. */
  readonly random?: () => number
}
