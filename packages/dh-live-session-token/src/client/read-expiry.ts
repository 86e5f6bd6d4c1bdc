import { type Expiry, lifetimeMs } from '../expiry.ts'

/** A value this close to now is not an expiry, ms. */
const toleranceMs = 600_000

/** Nothing beyond is believed of a token that lives 24 hours, ms. */
const weekMs = 7 * lifetimeMs

/** A server's clock further behind than this says nothing about the token, ms. */
const hourMs = 3_600_000

export const expirationReadings = ['expiry', 'computation', 'auto'] as const

/**
 * What `live_session_token_expiration` is taken for: the `expiry`, the time of `computation` (as OpenAPI describes
 * it), or whichever it looks like (`auto`: within ten minutes of now it is the time of computation).
 */
export type ExpirationReading = (typeof expirationReadings)[number]

export interface ExpiryInput {
  /** `live_session_token_expiration`, epoch ms. */
  readonly expirationMs: number | undefined
  readonly reading: ExpirationReading
  /** `Date` header, epoch ms. */
  readonly dateMs: number | undefined
  /** When the request went out, epoch ms. */
  readonly requestedAtMs: number
  /** The clock when the reply is read, epoch ms. */
  readonly nowMs: number
}

/** When the token ends. IBKR's samples treat the field as the expiry; OpenAPI calls it the time of computation. */
export function readExpiry(input: ExpiryInput): Expiry {
  const { expirationMs, dateMs, requestedAtMs } = input
  if (expirationMs !== undefined) return fromField(expirationMs, input)
  // The earlier of the two: too early a renewal costs nothing.
  if (dateMs !== undefined && dateMs < requestedAtMs && dateMs > requestedAtMs - hourMs) {
    return { expiresAtMs: dateMs + lifetimeMs, expiryBasis: 'date-header' }
  }
  return { expiresAtMs: requestedAtMs + lifetimeMs, expiryBasis: 'request-time' }
}

function fromField(expirationMs: number, input: ExpiryInput): Expiry {
  const { reading, requestedAtMs, nowMs } = input
  const isComputation = reading === 'computation' || (reading === 'auto' && isAboutNow(expirationMs, input))
  const expiresAtMs = isComputation ? expirationMs + lifetimeMs : expirationMs
  const isPast = expiresAtMs <= nowMs && reading !== 'expiry'
  if (isPast || expiresAtMs > nowMs + weekMs) {
    return { expiresAtMs: requestedAtMs + lifetimeMs, expiryBasis: 'implausible-expiration' }
  }
  return { expiresAtMs, expiryBasis: isComputation ? 'time-of-computation' : 'expiration' }
}

/** By this clock or the server's. */
function isAboutNow(milliseconds: number, { nowMs, dateMs = nowMs }: ExpiryInput): boolean {
  return Math.min(Math.abs(milliseconds - nowMs), Math.abs(milliseconds - dateMs)) <= toleranceMs
}
