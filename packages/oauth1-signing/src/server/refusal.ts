/**
 * Why a request was refused.
 *
 * - `ERR_OAUTH1_NOT_SIGNED`: it carries no OAuth parameters at all.
 * - `ERR_OAUTH1_MALFORMED_REQUEST`: URL, method, header or body cannot be read.
 * - `ERR_OAUTH1_TOO_LARGE`: header, URL or body are longer than the server's limits.
 * - `ERR_OAUTH1_DUPLICATE_PARAMETER`: a protocol parameter appears twice, in one place or in two.
 * - `ERR_OAUTH1_PARAMETER_ABSENT`: a required protocol parameter is missing or empty.
 * - `ERR_OAUTH1_PARAMETER_REJECTED`: a protocol parameter has a value that is never right.
 * - `ERR_OAUTH1_UNKNOWN_CREDENTIALS`: there is no key for this consumer and token.
 * - `ERR_OAUTH1_SIGNATURE_METHOD_REJECTED`: the key is for another signature method.
 * - `ERR_OAUTH1_TIMESTAMP_REFUSED`: the timestamp is too far from the server's clock.
 * - `ERR_OAUTH1_SIGNATURE_MISMATCH`: the signature is not right.
 * - `ERR_OAUTH1_NONCE_REPLAYED`: the nonce was used before.
 * - `ERR_OAUTH1_NONCE_STORE_FULL`: the nonce cannot be remembered.
 * - `ERR_OAUTH1_SERVER_FAULT`: not the client's fault: an option or a callback's answer is none that is documented.
 */
export type RefusalCode = keyof typeof statuses

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
  ERR_OAUTH1_SERVER_FAULT: 500,
} as const

/** A refused request, with what can be said about it. */
export interface Refusal {
  readonly ok: false
  readonly code: RefusalCode
  /** HTTP status to answer with. */
  readonly status: number
  /** A sentence for whoever sent the request; names the parameter and the remedy, holds no secret. */
  readonly message: string
  /** The protocol parameter that is at fault, where it is one. */
  readonly parameter?: string | undefined
  /**
   * What the signature should have been made over, without the prefix that may belong before it. There for
   * `ERR_OAUTH1_SIGNATURE_MISMATCH` alone, up to 8,192 characters: the others are refused before it is put together.
   */
  readonly expectedSignatureBaseString?: string | undefined
}

export function refusal(
  code: RefusalCode,
  message: string,
  more: Pick<Refusal, 'parameter' | 'expectedSignatureBaseString'> = {},
): Refusal {
  return { ok: false, code, status: statuses[code], message, ...more }
}

export function rejected(parameter: string, message: string): Refusal {
  return refusal('ERR_OAUTH1_PARAMETER_REJECTED', `${parameter} ${message}`, { parameter })
}

export function absent(parameter: string): Refusal {
  return refusal('ERR_OAUTH1_PARAMETER_ABSENT', `${parameter} is missing or empty; send it`, { parameter })
}

/** What the server's own part of the work got wrong; the client can do nothing about it. */
export function serverFault(message: string): Refusal {
  return refusal('ERR_OAUTH1_SERVER_FAULT', message)
}
