import type { KeyInput } from './keys.ts'

/**
 * Credentials to start with; whatever is left out is made anew. What `sandbox.credentials` holds fits, so that
 * a second sandbox can take the same ones.
 */
export interface CredentialsInput {
  /** Registered name of the client program. Default: 9 random letters. */
  readonly consumerKey?: string | undefined
  /** Default: 20 random hex digits. */
  readonly accessToken?: string | undefined
  /** Base64 of the ciphertext, as the portal shows it; needs the private half of `encryptionKey`. */
  readonly accessTokenSecret?: string | undefined
  /** Default `limited_poa`, and `test_realm` for the consumer key `TESTCONS`. */
  readonly realm?: string | undefined
  /** Absolute http or https URL. Default `http://127.0.0.1:8914/callback`. */
  readonly callbackUrl?: string | undefined
  /** Hexadecimal. Default: a prime of 2048 bits made for this package. */
  readonly dhPrime?: string | undefined
  /** A number, or hexadecimal where it is too long for one. Default 2. */
  readonly dhGenerator?: number | string | undefined
  /** RSA key that the client signs with; the public half is enough. */
  readonly signingKey?: KeyInput | undefined
  /** RSA key that access token secrets are encrypted to; the public half is enough without `accessTokenSecret`. */
  readonly encryptionKey?: KeyInput | undefined
  readonly oauth2?: Oauth2CredentialsInput | undefined
}

/** Credentials for OAuth 2.0; whatever is left out is made anew. */
export interface Oauth2CredentialsInput {
  readonly clientId?: string | undefined
  /** `kid` of the client assertions. */
  readonly keyId?: string | undefined
  /** IBKR username that SSO sessions may be asked for. */
  readonly credential?: string | undefined
  /** Scopes that may be granted. */
  readonly scopes?: readonly string[] | undefined
  /** RSA key of the client assertions; the public half is enough. */
  readonly privateKey?: KeyInput | undefined
}
