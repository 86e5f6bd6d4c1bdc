/**
 * Why a token was refused.
 *
 * - `malformed`: not a compact JWS of canonical base64url over UTF-8 JSON objects.
 * - `too_large`: longer than the limit. `too_deep`: JSON nested beyond 16 levels.
 * - `duplicate_member`: a header parameter or claim twice.
 * - `critical_header`: a `crit` header; none is understood.
 * - `unexpected_header`: `typ` is neither `JWT` nor `application/jwt`, in any letter case, or `b64` is present.
 * - `algorithm`: `alg` is not the one registered with the key, `none` and symmetric ones included.
 * - `missing_key_id`, `unknown_key`: `kid` is missing, or names no key.
 * - `signature`: it does not verify.
 * - `issuer`, `subject`, `audience`: the claim is missing or wrong.
 * - `client_id`: the `client_id` beside the assertion names another client (RFC 7521 4.2).
 * - `wrong_purpose`: a client assertion where a signed body is wanted: it has `sub` or `aud` (RFC 8725 3.12).
 * - `expired`, `not_yet_valid`, `issued_in_future`, `lifetime_too_long`: times, with the clock tolerance.
 * - `invalid_time`: `exp` is missing, or a time is not a NumericDate (RFC 7519 2).
 * - `missing_jti`, `invalid_jti`, `replayed`, `replay_store_full`.
 * - `not_ascii`: the payload of a signed body holds a character beyond U+007F, which IBKR refuses.
 * - `key_record_invalid`, `replay_answer_invalid`, `clock_invalid`: the server's own fault. `findKey` answered with
 *   something that is neither a record nor nothing, the replay store with none of its three words, `now` with no time.
 */
export type RefusalCode = keyof typeof statuses

const statuses = {
  malformed: 400,
  too_large: 413,
  too_deep: 400,
  duplicate_member: 400,
  critical_header: 400,
  unexpected_header: 400,
  algorithm: 400,
  missing_key_id: 400,
  unknown_key: 400,
  signature: 400,
  issuer: 400,
  subject: 400,
  audience: 400,
  client_id: 400,
  wrong_purpose: 400,
  expired: 400,
  not_yet_valid: 400,
  issued_in_future: 400,
  lifetime_too_long: 400,
  invalid_time: 400,
  missing_jti: 400,
  invalid_jti: 400,
  replayed: 400,
  replay_store_full: 503,
  not_ascii: 400,
  key_record_invalid: 500,
  replay_answer_invalid: 500,
  clock_invalid: 500,
} as const

/** A refused token. The message holds no part of the token but names of algorithms and claims. */
export interface Refusal {
  readonly ok: false
  readonly code: RefusalCode
  readonly message: string
  /** HTTP status to answer with: 400 for a token (RFC 6749 5.2), 413, 503, and 500 for a fault of the server's own. */
  readonly status: 400 | 413 | 500 | 503
}

/** A refusal with its code. */
export function refuse(code: RefusalCode, message: string): Refusal {
  return { ok: false, code, message, status: statuses[code] }
}
