import { type Refusal, refuse } from './refusal.ts'

/** How strictly times are checked, in seconds. */
export interface TimeLimits {
  readonly nowSeconds: number
  readonly clockToleranceSeconds: number
  readonly maximumLifetimeSeconds: number
}

/** A verified `exp`. */
export interface VerifiedTimes {
  readonly ok: true
  /** `exp`, in ms since 1970. */
  readonly expiresAtMs: number
}

/** Checks `exp` (required), `iat` and `nbf` (RFC 7519 4.1.4 to 4.1.6, RFC 7523 3 items 4 to 6). */
export function verifyTimes(
  claims: Readonly<Record<string, unknown>>,
  limits: TimeLimits,
): VerifiedTimes | Refusal {
  const { nowSeconds, clockToleranceSeconds, maximumLifetimeSeconds } = limits
  const { exp, iat, nbf } = claims
  if (!isNumericDate(exp))
    return refuse(
      'invalid_time',
      'exp is missing, or not a NumericDate: seconds since 1970, not milliseconds',
    )
  for (const [name, value] of [
    ['iat', iat],
    ['nbf', nbf],
  ] as const) {
    if (value !== undefined && !isNumericDate(value))
      return refuse('invalid_time', `${name} is not a NumericDate: seconds since 1970, not milliseconds`)
  }
  if (exp <= nowSeconds - clockToleranceSeconds) return refuse('expired', 'exp has passed')
  const latest = nowSeconds + clockToleranceSeconds
  if (isNumericDate(nbf) && nbf > latest) return refuse('not_yet_valid', 'nbf has not come')
  if (isNumericDate(iat) && iat > latest) return refuse('issued_in_future', 'iat has not come')
  if (exp > latest + maximumLifetimeSeconds) {
    return refuse('lifetime_too_long', `exp is more than ${maximumLifetimeSeconds} s ahead`)
  }
  return { ok: true, expiresAtMs: exp * 1000 }
}

function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value < 1e12
}
