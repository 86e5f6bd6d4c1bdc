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
 * How an expiry came about: `expiration` = the reply's field is the expiry; `time-of-computation` = the field
 * says when the token was computed, so 24 h were added; `request-time` and `date-header` = no field, 24 h from
 * there; `implausible-expiration` = the field was over a week ahead or past, so 24 h from the request were assumed.
 */
export type ExpiryBasis = (typeof expiryBases)[number]

/** When a token ends, and how that is known. */
export interface Expiry {
  /** Epoch ms. */
  readonly expiresAtMs: number
  readonly expiryBasis: ExpiryBasis
}
