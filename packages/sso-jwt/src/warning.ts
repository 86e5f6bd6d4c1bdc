/**
 * Every code of {@link SsoJwtWarning}.
 *
 * - `WARN_SSO_JWT_SMALL_KEY`: an RSA key below the 3072 bits that IBKR asks for.
 * - `WARN_SSO_JWT_ADDRESS_NOT_PUBLIC`: an address that IBKR can never see a user come from.
 */
export type SsoJwtWarningCode = 'WARN_SSO_JWT_SMALL_KEY' | 'WARN_SSO_JWT_ADDRESS_NOT_PUBLIC'

/**
 * Something that is allowed and probably a mistake. Found in the `warnings` of the value it is about; this package
 * prints nothing.
 */
export interface SsoJwtWarning {
  readonly code: SsoJwtWarningCode
  /** The argument it is about, such as `ip` or `alternativeIps[1]`. */
  readonly field: string
  /** What is odd, and what to do about it. */
  readonly message: string
}
