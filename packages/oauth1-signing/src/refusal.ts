/**
 * Why a request was refused.
 *
 * - `ERR_OAUTH1_NOT_SIGNED`: it carries no OAuth parameters at all.
 * - `ERR_OAUTH1_MALFORMED_REQUEST`: URL, method, header or body cannot be read.
 * - `ERR_OAUTH1_TOO_LARGE`: it is longer than `maximumLength`.
 * - `ERR_OAUTH1_DUPLICATE_PARAMETER`: a protocol parameter appears twice, in one place or in two.
 * - `ERR_OAUTH1_PARAMETER_ABSENT`: a required protocol parameter is missing or empty.
 * - `ERR_OAUTH1_PARAMETER_REJECTED`: a protocol parameter has a value that is never right.
 * - `ERR_OAUTH1_UNKNOWN_CREDENTIALS`: there is no key for this consumer and token.
 * - `ERR_OAUTH1_SIGNATURE_METHOD_REJECTED`: the key is for another signature method.
 * - `ERR_OAUTH1_TIMESTAMP_REFUSED`: the timestamp is outside the window.
 * - `ERR_OAUTH1_SIGNATURE_MISMATCH`: the signature is not right.
 * - `ERR_OAUTH1_NONCE_REPLAYED`: the nonce was used before.
 * - `ERR_OAUTH1_NONCE_STORE_FULL`: the nonce cannot be remembered.
 */
export type RefusalCode =
  | 'ERR_OAUTH1_NOT_SIGNED'
  | 'ERR_OAUTH1_MALFORMED_REQUEST'
  | 'ERR_OAUTH1_TOO_LARGE'
  | 'ERR_OAUTH1_DUPLICATE_PARAMETER'
  | 'ERR_OAUTH1_PARAMETER_ABSENT'
  | 'ERR_OAUTH1_PARAMETER_REJECTED'
  | 'ERR_OAUTH1_UNKNOWN_CREDENTIALS'
  | 'ERR_OAUTH1_SIGNATURE_METHOD_REJECTED'
  | 'ERR_OAUTH1_TIMESTAMP_REFUSED'
  | 'ERR_OAUTH1_SIGNATURE_MISMATCH'
  | 'ERR_OAUTH1_NONCE_REPLAYED'
  | 'ERR_OAUTH1_NONCE_STORE_FULL'

/** HTTP statuses: those RFC 5849 3.2 asks for, and HTTP's own for what it does not speak of. */
const statuses = {
  ERR_OAUTH1_NOT_SIGNED: 401,
  ERR_OAUTH1_MALFORMED_REQUEST: 400,
  ERR_OAUTH1_TOO_LARGE: 413,
  ERR_OAUTH1_DUPLICATE_PARAMETER: 400,
  ERR_OAUTH1_PARAMETER_ABSENT: 400,
  ERR_OAUTH1_PARAMETER_REJECTED: 400,
  ERR_OAUTH1_UNKNOWN_CREDENTIALS: 401,
  ERR_OAUTH1_SIGNATURE_METHOD_REJECTED: 400,
  ERR_OAUTH1_TIMESTAMP_REFUSED: 401,
  ERR_OAUTH1_SIGNATURE_MISMATCH: 401,
  ERR_OAUTH1_NONCE_REPLAYED: 401,
  ERR_OAUTH1_NONCE_STORE_FULL: 503,
} as const

/** A refused request, with what can be said about it. */
export interface Refusal {
  readonly ok: false
  readonly code: RefusalCode
  /** HTTP status to answer with. */
  readonly status: number
  /** A sentence for whoever sent the request; names the parameter and the remedy, holds no secret. */
  readonly reason: string
  /** The protocol parameter that is at fault, where it is one. */
  readonly parameter?: string
  /** What the signature should have been made over, without the prefix that may belong before it. */
  readonly expectedSignatureBaseString?: string
}

export function refusal(
  code: RefusalCode,
  reason: string,
  more: { readonly parameter?: string; readonly expectedSignatureBaseString?: string } = {},
): Refusal {
  return { ok: false, code, status: statuses[code], reason, ...more }
}
