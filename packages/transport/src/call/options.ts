import type { Clock } from '../clock.ts'
import type { ConnectionOptions } from '../http/connection-options.ts'
import type { HttpDispatcher } from '../http/dispatcher.ts'
import type { Authorize, Interceptor, Timeouts } from '../request/types.ts'

/** When and how requests are repeated. */
export interface RetryOptions {
  /** Repeats at the most, 0 for none. Default 2. */
  readonly limit?: number | undefined
  /** Upper bound of the first wait, in milliseconds; doubled for each further one. Default 250. */
  readonly baseDelayMs?: number | undefined
  /** Upper bound of any wait, in milliseconds; a server that asks for longer is not asked again. Default 8,000. */
  readonly maxDelayMs?: number | undefined
}

/** Which cookies are kept. */
export interface CookieOptions {
  /** Names of the cookies that are kept. Default `api` and `x-sess-uuid`. */
  readonly names?: readonly string[] | undefined
}

/** How a transport behaves. */
export interface TransportOptions {
  /**
   * Where the credential is good: `https://api.ibkr.com/v1/api`. Nothing is sent to another origin or outside of this path;
   * without a path it is good for the whole origin.
   */
  readonly baseUrl: string
  /** Authorises each attempt. Default: requests go out as they are. */
  readonly authorize?: Authorize | undefined
  /** Around each attempt, the first one outermost. */
  readonly interceptors?: readonly Interceptor[] | undefined
  /** Carries the requests and stays the caller's, also to close. Default: one that all such transports of the process share. */
  readonly dispatcher?: HttpDispatcher | undefined
  /** Connections of this transport's own: proxy, certificates, limits. Not together with `dispatcher`. */
  readonly connection?: ConnectionOptions | undefined
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Default `ibkr-auth-transport`; IBKR's CDN answers 403 to requests without one. */
  readonly userAgent?: string | undefined
  readonly timeouts?: Timeouts | undefined
  readonly retry?: RetryOptions | undefined
  /** Largest body of a reply that is read whole, in bytes after decompression. Default 33,554,432. */
  readonly maxResponseBytes?: number | undefined
  /** Cookies are kept per transport. `false` keeps none. */
  readonly cookies?: CookieOptions | false | undefined
  /** Whether a status other than 2xx throws. Default true. */
  readonly throwHttpErrors?: boolean | undefined
  /** Host names to which plain http is fine; loopback always is. */
  readonly allowPlainHttp?: readonly string[] | undefined
  /** A 401 while the clocks differ by more than this many milliseconds is reported as `ERR_TRANSPORT_CLOCK_SKEW`. Default 30,000. */
  readonly clockSkewLimitMs?: number | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
  /** Numbers from 0 (included) to 1 (excluded) for jitter. Default: from the system's source of randomness. */
  readonly random?: (() => number) | undefined
}
