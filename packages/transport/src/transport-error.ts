import { type TransportErrorCode, transportErrorCodes } from './error-codes.ts'
import type { TransportResponse } from './transport-response.ts'

/**
 * Whether the request reached the server: `no` is certain (nothing was written), `yes` is certain
 * (the server answered), `maybe` is all that can be said between the two.
 */
export type Sent = 'no' | 'maybe' | 'yes'

/** What is known about a failure. Everything is optional but {@link sent} and {@link retryable}. */
export interface TransportErrorDetails {
  readonly method?: string
  /** Path and query, secrets masked. */
  readonly path?: string
  /** HTTP status of the reply, if one came. */
  readonly status?: number
  /** What the server said, from whichever of IBKR's shapes it came in; one line, at most 500 characters. */
  readonly serverMessage?: string
  /** How often the request was tried. */
  readonly attempts?: number
  /** From the call to the failure, waits included, in milliseconds. */
  readonly elapsedMs?: number
  readonly retryAfterMs?: number
  readonly retryable?: boolean
  readonly sent?: Sent
  readonly response?: TransportResponse
  readonly cause?: unknown
}

/** The one class of error that this package throws; {@link code} says which failure it is. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly code: TransportErrorCode
  readonly method: string | undefined
  /** Path and query of the request, values of secret parameters masked. */
  readonly path: string | undefined
  /** HTTP status of the reply; undefined if none came. */
  readonly status: number | undefined
  /** What the server said, in one line of at most 500 characters. */
  readonly serverMessage: string | undefined
  /** How often the request was tried. */
  readonly attempts: number
  /** From the call to the failure, waits included, in milliseconds. */
  readonly elapsedMs: number
  /** How long the server asked to be left alone (`Retry-After`), in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** True if sending the same request again, by itself, can succeed and cannot do anything twice. Never true for a 429. */
  readonly retryable: boolean
  readonly sent: Sent
  readonly #response: TransportResponse | undefined

  constructor(code: TransportErrorCode, message: string, details: TransportErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.method = details.method
    this.path = details.path
    this.status = details.status
    this.serverMessage = details.serverMessage
    this.attempts = details.attempts ?? 0
    this.elapsedMs = details.elapsedMs ?? 0
    this.retryAfterMs = details.retryAfterMs
    this.retryable = details.retryable ?? false
    this.sent = details.sent ?? 'no'
    this.#response = details.response
  }

  /** The whole reply of the server, if there was one; not printed with the error, since a reply can hold secrets. */
  get response(): TransportResponse | undefined {
    return this.#response
  }
}

/** True for errors of this package, also when another installed copy of it threw them. */
export function isTransportError(value: unknown): value is TransportError {
  return value instanceof Error && 'code' in value && transportErrorCodes.some((code) => code === value.code)
}
