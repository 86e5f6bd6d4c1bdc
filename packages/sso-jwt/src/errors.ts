const codes = [
  'ERR_SSO_JWT_INVALID_INPUT',
  'ERR_SSO_JWT_INVALID_KEY',
  'ERR_SSO_JWT_INVALID_PASSPHRASE',
  'ERR_SSO_JWT_UNSUPPORTED',
  'ERR_SSO_JWT_SIGNING_FAILED',
  'ERR_SSO_JWT_LIFETIME',
  'ERR_SSO_JWT_REFUSED',
  'ERR_SSO_JWT_INVALID_RESPONSE',
] as const

/**
 * Every code of {@link SsoJwtError}.
 *
 * - `ERR_SSO_JWT_INVALID_INPUT`: an argument has the wrong type or shape; the message names it.
 * - `ERR_SSO_JWT_INVALID_KEY`: key material cannot be read, or does not fit the algorithm.
 * - `ERR_SSO_JWT_INVALID_PASSPHRASE`: an encrypted key came without its passphrase, or with a wrong one.
 * - `ERR_SSO_JWT_UNSUPPORTED`: a key of a form or kind that cannot be read (OpenSSH, `kty` `oct`), or not in this
 *   runtime (encrypted keys without `node:crypto`).
 * - `ERR_SSO_JWT_SIGNING_FAILED`: the signing operation failed, or gave no signature of the right size.
 * - `ERR_SSO_JWT_LIFETIME`: the lifetime asked for is not allowed.
 * - `ERR_SSO_JWT_REFUSED`: the server answered with an error status, or with an `error` under a good one.
 * - `ERR_SSO_JWT_INVALID_RESPONSE`: the server answered with success, and a body that cannot be used.
 */
export type SsoJwtErrorCode = (typeof codes)[number]

/** One entry of `invalidArguments` in IBKR's problem documents (OpenAPI 2.40.0, `/invalid-argument`). */
export interface InvalidArgument {
  readonly field: string
  readonly description: string
}

/** What a server said about a refusal: RFC 9457 members, or the members of an OAuth 2.0 error put in their place. */
export interface ProblemDetails {
  /** HTTP status of the reply. */
  readonly status: number
  /** Problem type, such as `/invalid-argument`, or the `error` of RFC 6749 5.2. */
  readonly type?: string | undefined
  readonly title?: string | undefined
  readonly detail?: string | undefined
  readonly instance?: string | undefined
  readonly invalidArguments?: readonly InvalidArgument[] | undefined
  /** What to do about it, where the cause is known. */
  readonly remedy?: string | undefined
}

/** What an error may carry besides its code and message. */
export interface SsoJwtErrorOptions {
  readonly cause?: unknown
  readonly problem?: ProblemDetails | undefined
}

/**
 * The one error class of this package. Its message is one line that names what is wrong and holds no secret.
 *
 * The fields from `status` on are set for `ERR_SSO_JWT_REFUSED`, and come from the server: each at most 300 characters,
 * without control characters, and without what was sent and what looks like a token.
 */
export class SsoJwtError extends Error {
  override readonly name = 'SsoJwtError'
  readonly code: SsoJwtErrorCode
  /** HTTP status of the reply. */
  readonly status: number | undefined
  /** Problem type (RFC 9457 3.1.1), such as `/simple`, or the `error` of RFC 6749 5.2, such as `invalid_client`. */
  readonly type: string | undefined
  readonly title: string | undefined
  readonly detail: string | undefined
  readonly instance: string | undefined
  /** Empty unless the server named arguments. */
  readonly invalidArguments: readonly InvalidArgument[]
  /** What to do about it, where the cause is known. */
  readonly remedy: string | undefined

  constructor(code: SsoJwtErrorCode, message: string, options?: SsoJwtErrorOptions) {
    super(
      typeof message === 'string' ? message : undefined,
      options?.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
    const problem = options?.problem
    this.status = problem?.status
    this.type = problem?.type
    this.title = problem?.title
    this.detail = problem?.detail
    this.instance = problem?.instance
    this.invalidArguments = problem?.invalidArguments ?? []
    this.remedy = problem?.remedy
  }
}

/** True for errors of this package, also when another installed copy of it threw them. Never throws. */
export function isSsoJwtError(value: unknown): value is SsoJwtError {
  try {
    return value instanceof Error && 'code' in value && codes.some((code) => code === value.code)
  } catch {
    return false // A proxy that throws at every question is no error of ours.
  }
}

/** The error for an argument that the caller must change. */
export function invalidInput(message: string, cause?: unknown): SsoJwtError {
  return new SsoJwtError('ERR_SSO_JWT_INVALID_INPUT', message, { cause })
}

/**
 * Every code of {@link SsoJwtWarning}.
 *
 * - `WARN_SSO_JWT_SMALL_KEY`: an RSA key below the 3072 bits that IBKR asks for.
 * - `WARN_SSO_JWT_ADDRESS_NOT_PUBLIC`: an address that IBKR can never see a user come from.
 * - `WARN_SSO_JWT_EXPIRY_NOT_BELIEVED`: a server named a lifetime of more than a week; a week is taken.
 */
export type SsoJwtWarningCode =
  | 'WARN_SSO_JWT_SMALL_KEY'
  | 'WARN_SSO_JWT_ADDRESS_NOT_PUBLIC'
  | 'WARN_SSO_JWT_EXPIRY_NOT_BELIEVED'

/**
 * Something that is allowed and probably a mistake. Found in the `warnings` of the value it is about; this package
 * prints nothing.
 */
export interface SsoJwtWarning {
  readonly code: SsoJwtWarningCode
  /** The argument or member it is about, such as `ip`, `alternativeIps[1]` or `expires_in`. */
  readonly field: string
  /** What is odd, and what to do about it. */
  readonly message: string
}
