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
  /** Username behind the access token. Default `sandboxuser`. */
  readonly username?: string | undefined
  /** Further access tokens of the consumer. */
  readonly accessTokens?: readonly AccessTokenInput[] | undefined
  /**
   * Usernames with their accounts: paper accounts begin with D, live ones with U. Default: each username that is named
   * anywhere, and `sandboxcustomer`, has the paper account DU1234567.
   */
  readonly users?: readonly UserInput[] | undefined
  /** True for a first-party consumer. Default: the option `firstParty`. */
  readonly firstParty?: boolean | undefined
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

/** A further access token of a consumer. */
export interface AccessTokenInput {
  /** Default: 20 random hex digits. */
  readonly accessToken?: string | undefined
  /** Base64 of the ciphertext, as for the first one. */
  readonly accessTokenSecret?: string | undefined
  /** Username behind the access token. */
  readonly username: string
}

/** A username with its accounts. */
export interface UserInput {
  readonly username: string
  /** Account ids, at least one; the first is the one that is selected. */
  readonly accounts: readonly string[]
}

/** Credentials for OAuth 2.0; whatever is left out is made anew. */
export interface Oauth2CredentialsInput {
  readonly clientId?: string | undefined
  /** `kid` of the client assertions. */
  readonly keyId?: string | undefined
  /** IBKR username that SSO sessions may be asked for. */
  readonly credential?: string | undefined
  /** Further usernames that SSO sessions may be asked for. */
  readonly furtherCredentials?: readonly string[] | undefined
  /** Further keys of the client. */
  readonly furtherKeys?: readonly { readonly keyId: string; readonly privateKey: KeyInput }[] | undefined
  /** Scopes that may be granted. */
  readonly scopes?: readonly string[] | undefined
  /** RSA key of the client assertions; the public half is enough. */
  readonly privateKey?: KeyInput | undefined
}
