import type { HttpDispatcher } from './dispatcher.ts'
import type { RequestOptions, TransportRequest } from './request.ts'
import type { StreamedResponse, TransportResponse } from './transport-response.ts'

/** Sends authorised requests to one origin. */
export interface Transport {
  /**
   * Sends a request and reads its reply whole.
   *
   * @throws {TransportError} with a code for each failure; see the README's table.
   */
  request(request: TransportRequest): Promise<TransportResponse>
  /** Sends a request and hands out the body of a 2xx reply as it arrives. */
  stream(request: TransportRequest): Promise<StreamedResponse>
  get(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  post(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  put(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  patch(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  delete(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  /** How far the server's clock is ahead of this one, in milliseconds, by the `Date` of its replies; 0 until the first. */
  readonly clockSkewMs: number
  /** The server's time as far as it is known, in milliseconds since 1970. */
  now(): number
  /** What carries this transport's requests. */
  readonly dispatcher: HttpDispatcher
  /** Forgets the cookies, as after a logout. */
  clearCookies(): void
  /** Ends what is under way with `ERR_TRANSPORT_CLOSED`, then closes the connections that are this transport's own. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
