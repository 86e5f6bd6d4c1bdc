/** What one exchange asks of a {@link HttpDispatcher}; the names are undici's. */
export interface DispatchRequest {
  /** Scheme, host and port: `https://api.ibkr.com`. */
  readonly origin: string
  /** Path and query, exactly as they were signed. */
  readonly path: string
  readonly method: string
  /** Names and values in turn: `['accept', '*\/*', 'user-agent', '…']`. */
  readonly headers: string[]
  readonly body: string | Uint8Array | null
  /** False if the request must not be sent twice: not on a connection that may be dead, and never again by itself. */
  readonly idempotent: boolean
  /** Milliseconds; always 0, which is never: the transport times each phase itself. */
  readonly headersTimeout: number
  /** Milliseconds; always 0, which is never. */
  readonly bodyTimeout: number
}

/** Handed to the handler with the start of a request. */
export interface DispatchController {
  /** Ends the exchange; before anything was written, nothing is. */
  abort(reason: Error): void
  /** Stops the flow of the body until {@link resume}. */
  pause(): void
  resume(): void
}

/** Reply headers as a dispatcher gives them: lower-case names. */
export type DispatchHeaders = Record<string, string | string[] | undefined>

/** Hears of one exchange, in this order; after an error or the end, nothing more. */
export interface DispatchHandler {
  /** A connection is there and the request is about to be written: from here on the server may see it. */
  onRequestStart(controller: DispatchController, context: unknown): void
  onResponseStart(controller: DispatchController, status: number, headers: DispatchHeaders): void
  onResponseData(controller: DispatchController, chunk: Uint8Array): void
  onResponseEnd(controller: DispatchController, trailers: DispatchHeaders): void
  onResponseError(controller: DispatchController, error: Error): void
}

/**
 * What carries requests: the part of undici's `Dispatcher` that this package uses, so that an `Agent`,
 * a `ProxyAgent`, a `MockAgent` or a few lines in a test all fit. It must not repeat requests or
 * follow redirects by itself.
 */
export interface HttpDispatcher {
  dispatch(request: DispatchRequest, handler: DispatchHandler): boolean
}
