/** Every `code` a {@link LiveSessionTokenError} can have. Adding one is a minor change, removing one a major. */
export type LiveSessionTokenErrorCode =
  | 'ERR_LST_INVALID_INPUT'
  | 'ERR_LST_INVALID_DH_PARAMS'
  | 'ERR_LST_INVALID_KEY'
  | 'ERR_LST_ENCRYPTED_KEY'
  | 'ERR_LST_SECRET_NOT_BASE64'
  | 'ERR_LST_SECRET_LENGTH'
  | 'ERR_LST_SECRET_OUT_OF_RANGE'
  | 'ERR_LST_SECRET_DECRYPTION'
  | 'ERR_LST_EXCHANGE_USED'
  | 'ERR_LST_DISPOSED'
  | 'ERR_LST_MALFORMED_RESPONSE'
  | 'ERR_LST_RESPONSE_OUT_OF_RANGE'
  | 'ERR_LST_SIGNATURE_MISMATCH'
  | 'ERR_LST_INVALID_CONSUMER'
  | 'ERR_LST_NO_ACCESS_TOKEN_SECRET'
  | 'ERR_LST_UNAUTHORIZED'
  | 'ERR_LST_BAD_REQUEST'
  | 'ERR_LST_FORBIDDEN'
  | 'ERR_LST_GONE'
  | 'ERR_LST_RATE_LIMITED'
  | 'ERR_LST_UNAVAILABLE'
  | 'ERR_LST_REFUSED'

/** What a {@link LiveSessionTokenError} can carry besides its code and message. */
export interface LiveSessionTokenErrorOptions {
  readonly cause?: unknown
  /** HTTP status of IBKR's refusal. */
  readonly status?: number | undefined
  /** What IBKR said, cleaned of secrets. */
  readonly detail?: string | undefined
}

/** The one error class of this package. Its message names the field and the remedy, never a secret. */
export class LiveSessionTokenError extends Error {
  override readonly name = 'LiveSessionTokenError'
  readonly code: LiveSessionTokenErrorCode
  /** HTTP status of the reply, where a reply was the cause. */
  declare readonly status?: number | undefined
  /** What the server said: one line of at most 300 characters, with everything that looks like a token taken out. */
  declare readonly detail?: string | undefined

  constructor(
    code: LiveSessionTokenErrorCode,
    message: string,
    options?: LiveSessionTokenErrorOptions | undefined,
  ) {
    const { cause, status, detail } = options ?? {}
    super(typeof message === 'string' ? message : undefined, cause === undefined ? undefined : { cause })
    this.code = code
    // Own members only where there is something in them: an error without a reply prints without a status.
    if (status !== undefined) this.status = status
    if (detail !== undefined) this.detail = detail
  }
}

/** True for errors of this package, also when another installed copy of it threw them. */
export function isLiveSessionTokenError(value: unknown): value is LiveSessionTokenError {
  try {
    return value instanceof Error && 'code' in value && /^ERR_LST_/.test(value.code as string)
  } catch {
    return false // Anything can be thrown, also what throws when it is looked at.
  }
}
