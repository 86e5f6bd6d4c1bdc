/**
 * Why a token was refused.
 *
 * - `malformed`: not a compact JWS of canonical base64url over UTF-8 JSON objects.
 * - `too_large`: longer than the limit. `too_deep`: JSON nested beyond 16 levels.
 * - `duplicate_member`: a header parameter or claim twice.
 * - `critical_header`: a `crit` header; none is understood. `unexpected_header`: `typ` is not `JWT`, or `b64` is present.
 * - `algorithm`: `alg` is not the one registered with the key, `none` and symmetric ones included.
 * - `missing_key_id`, `unknown_key`: `kid` is missing, or names no key.
 * - `signature`: it does not verify.
 * - `issuer`, `subject`, `audience`: the claim is missing or wrong.
 * - `expired`, `not_yet_valid`, `issued_in_future`, `lifetime_too_long`: times, with the clock tolerance.
 * - `invalid_time`: `exp` is missing, or a time is not a NumericDate (RFC 7519 2).
 * - `invalid_jti`, `replayed`, `replay_store_full`.
 * - `not_ascii`: the payload of a signed body holds a character beyond U+007F, which IBKR refuses.
 */
export type RefusalReason =
  | 'malformed'
  | 'too_large'
  | 'too_deep'
  | 'duplicate_member'
  | 'critical_header'
  | 'unexpected_header'
  | 'algorithm'
  | 'missing_key_id'
  | 'unknown_key'
  | 'signature'
  | 'issuer'
  | 'subject'
  | 'audience'
  | 'expired'
  | 'not_yet_valid'
  | 'issued_in_future'
  | 'lifetime_too_long'
  | 'invalid_time'
  | 'invalid_jti'
  | 'replayed'
  | 'replay_store_full'
  | 'not_ascii'

/** A refused token. The message holds no part of the token but names of algorithms and claims. */
export interface Refusal {
  readonly ok: false
  readonly reason: RefusalReason
  readonly message: string
}

/** A refusal with its reason. */
export function refuse(reason: RefusalReason, message: string): Refusal {
  return { ok: false, reason, message }
}
