import type { VerificationKey } from '@ibkr-auth/sso-jwt'

/** A registered OAuth 2.0 client with its one key. */
export interface Oauth2Client {
  readonly clientId: string
  readonly keyId: string
  readonly key: VerificationKey
  /** Scopes that may be granted. */
  readonly scopes: readonly string[]
  /** Usernames that SSO sessions may be asked for. */
  readonly credentials: readonly string[]
}
