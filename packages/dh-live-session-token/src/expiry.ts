/** 24 hours, the documented life of a live session token. */
export const lifetimeMs = 86_400_000

const toleranceMs = 600_000

/**
 * How an expiry came about: `expiration` = the reply's field is the expiry; `time-of-computation` = the field
 * was about now, so 24 h were added; `request-time` and `date-header` = no field, 24 h from there.
 */
export type ExpiryBasis = 'expiration' | 'time-of-computation' | 'request-time' | 'date-header'

export interface Expiry {
  readonly expiresAtMs: number
  readonly expiryBasis: ExpiryBasis
}

export interface ExpiryInput {
  /** `live_session_token_expiration`, epoch ms. */
  readonly expirationMs: number | undefined
  /** `Date` header, epoch ms. */
  readonly dateMs: number | undefined
  /** When the request went out, epoch ms. */
  readonly requestedAtMs: number
  /** The clock when the reply is read, epoch ms. */
  readonly nowMs: number
}

/**
 * When the token ends. IBKR's samples treat the field as the expiry; OpenAPI 2.28.0 calls it the time of
 * computation, so a value within ten minutes of now, by this clock or the server's, is understood that way.
 */
export function readExpiry({ expirationMs, dateMs, requestedAtMs, nowMs }: ExpiryInput): Expiry {
  if (expirationMs !== undefined) {
    const isAboutNow = [nowMs, dateMs].some(
      (clock) => clock !== undefined && Math.abs(expirationMs - clock) <= toleranceMs,
    )
    return isAboutNow
      ? { expiresAtMs: expirationMs + lifetimeMs, expiryBasis: 'time-of-computation' }
      : { expiresAtMs: expirationMs, expiryBasis: 'expiration' }
  }
  if (dateMs !== undefined && dateMs < requestedAtMs) {
    return { expiresAtMs: dateMs + lifetimeMs, expiryBasis: 'date-header' }
  }
  return { expiresAtMs: requestedAtMs + lifetimeMs, expiryBasis: 'request-time' }
}
