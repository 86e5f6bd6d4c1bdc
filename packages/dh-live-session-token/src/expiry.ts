/** 24 hours, the documented life of a live session token, in ms. */
export const lifetimeMs = 86_400_000

export const expiryBases = [
  'expiration',
  'time-of-computation',
  'request-time',
  'date-header',
  'implausible-expiration',
] as const

/**
 * How an expiry came about:
 * - `expiration`: the reply's field is the expiry.
 * - `time-of-computation`: the field says when the token was computed, and 24 h were added.
 * - `request-time`, `date-header`: there was no field, and 24 h were added to that.
 * - `implausible-expiration`: the field was past, or over a week ahead, and 24 h from the request were assumed.
 */
export type ExpiryBasis = (typeof expiryBases)[number]

/** When a token ends, and how that is known. */
export interface Expiry {
  /** Epoch ms. */
  readonly expiresAtMs: number
  readonly expiryBasis: ExpiryBasis
}
