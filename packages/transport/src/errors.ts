import type { TransportResponse } from './http/response.ts'

const errorCodes = [
  'ERR_TRANSPORT_INVALID_INPUT',
  'ERR_TRANSPORT_OUT_OF_SCOPE',
  'ERR_TRANSPORT_CLOSED',
  'ERR_TRANSPORT_AUTHORIZE_FAILED',
  'ERR_TRANSPORT_ABORTED',
  'ERR_TRANSPORT_UNREACHABLE',
  'ERR_TRANSPORT_TIMEOUT',
  'ERR_TRANSPORT_AMBIGUOUS',
  'ERR_TRANSPORT_BAD_RESPONSE',
  'ERR_TRANSPORT_TOO_LARGE',
  'ERR_TRANSPORT_REDIRECT',
  'ERR_TRANSPORT_REQUEST_REFUSED',
  'ERR_TRANSPORT_UNAUTHENTICATED',
  'ERR_TRANSPORT_CLOCK_SKEW',
  'ERR_TRANSPORT_FORBIDDEN',
  'ERR_TRANSPORT_PACED',
  'ERR_TRANSPORT_SERVER_ERROR',
  'ERR_TRANSPORT_PENALTY_BOX',
  'ERR_TRANSPORT_PACING_WAIT',
  'ERR_TRANSPORT_SESSION_CLOSED',
  'ERR_TRANSPORT_SESSION_FAILED',
  'ERR_TRANSPORT_SESSION_UNAVAILABLE',
  'ERR_TRANSPORT_MAINTENANCE',
  'ERR_TRANSPORT_COMPETING_SESSION',
  'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
] as const

/** A code of {@link TransportError}: one for each failure that is reacted to differently. */
export type TransportErrorCode = (typeof errorCodes)[number]

/** Every {@link TransportErrorCode}: those of requests, of pacing and of sessions. */
export const transportErrorCodes: readonly TransportErrorCode[] = errorCodes

/**
 * Whether the request reached the server: `no` is certain (nothing was written), `yes` is certain
 * (the server answered), `maybe` is all that can be said between the two.
 */
export type Sent = 'no' | 'maybe' | 'yes'

/** What is known about a failure. Everything is optional but {@link sent} and {@link retryable}. */
export interface TransportErrorDetails {
  readonly method?: string | undefined
  /** Path and query, secrets masked. */
  readonly path?: string | undefined
  /** HTTP status of the reply, if one came. */
  readonly status?: number | undefined
  /** What the server said, from whichever of IBKR's shapes it came in; one line, at most 500 characters. */
  readonly serverMessage?: string | undefined
  /** How often the request was tried. */
  readonly attempts?: number | undefined
  /** From the call to the failure, waits included, in milliseconds. */
  readonly elapsedMs?: number | undefined
  readonly retryAfterMs?: number | undefined
  readonly retryable?: boolean | undefined
  readonly sent?: Sent | undefined
  readonly response?: TransportResponse | undefined
  readonly cause?: unknown | undefined
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
  if (value instanceof TransportError) return true
  if (!(value instanceof Error)) return false
  try {
    return transportErrorCodes.some((code) => 'code' in value && code === value.code)
  } catch {
    // Somebody else's error, with a getter that throws.
    return false
  }
}
