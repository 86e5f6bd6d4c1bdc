import type { Authorize } from './authorize.ts'
import type { HttpDispatcher } from './dispatcher.ts'
import type { TransportResponse } from './transport-response.ts'

/** Whatever a caller wants its interceptors to know about one request; the transport does not read it. */
export type RequestContext = Readonly<Record<string, unknown>>

/** One attempt at a request, as interceptors see it. Change it by copying: `next({ ...attempt, authorize })`. */
export interface Attempt {
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
  /** Authorises this attempt; undefined if the request goes out as it is. */
  readonly authorize: Authorize | undefined
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
