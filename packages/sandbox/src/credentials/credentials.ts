import type { KeyObject } from 'node:crypto'
import { formatDhParams, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { invalidInput } from '../errors.ts'
import type { UserInput } from './input.ts'

/** A key that may still be in the making. */
export interface LaterKey {
  now(): KeyObject
  later(): Promise<KeyObject>
}

/** The three keys; each private, or public where only that half is known. */
export interface CredentialKeys {
  readonly signing: KeyObject
  readonly encryption: KeyObject
  readonly oauth2: LaterKey
  /** Further keys of the OAuth 2.0 client, by `kid`. */
  readonly furtherOauth2: ReadonlyMap<string, KeyObject>
}

/** An access token with its secret as the consumer has it, and the username behind it. */
export interface IssuedAccessToken {
  readonly accessToken: string
  /** Base64 of the RSAES-PKCS1-v1_5 ciphertext. */
  readonly accessTokenSecret: string
  readonly username: string
}

/** Everything about credentials but the keys and the place they are for. */
export interface CredentialFields {
  readonly consumerKey: string
  readonly accessToken: string
  readonly accessTokenSecret: string
  /** Username behind the access token. */
  readonly username: string
  /** Further access tokens of the consumer. */
  readonly accessTokens: readonly IssuedAccessToken[]
  /** Usernames that are said to have accounts, with them. */
  readonly users: readonly UserInput[]
  readonly realm: string
  readonly callbackUrl: string
  readonly dhPrime: string
  /** A number, or hexadecimal where it is too long for one. */
  readonly dhGenerator: number | string
  readonly oauth2: {
    readonly clientId: string
    readonly keyId: string
    readonly credential: string
    readonly furtherCredentials: readonly string[]
    readonly scopes: readonly string[]
  }
}

/** The content of `credentials.json`; keys lie beside it as PEM files. */
export interface CredentialsFile extends CredentialFields {
  /** Base of the Web API, such as `http://127.0.0.1:4000/v1/api`. */
  readonly baseUrl: string
  /** Base of the gateway, such as `http://127.0.0.1:4000/gw/api/v1`. */
  readonly gatewayUrl: string
  /** The OAuth 2.0 token endpoint, such as `http://127.0.0.1:4000/oauth2/api/v1/token`. */
  readonly oauth2Url: string
}

/** OAuth 2.0 credentials; the key does not print. */
export class Oauth2Credentials {
  readonly clientId: string
  /** `kid` of the client assertions. */
  readonly keyId: string
  /** IBKR username that SSO sessions may be asked for. */
  readonly credential: string
  /** Further usernames that SSO sessions may be asked for. */
  readonly furtherCredentials: readonly string[]
  /** Scopes that may be granted. */
  readonly scopes: readonly string[]
  readonly #key: LaterKey

  /** @internal */
  constructor(fields: CredentialFields['oauth2'], key: LaterKey) {
    this.clientId = fields.clientId
    this.keyId = fields.keyId
    this.credential = fields.credential
    this.furtherCredentials = fields.furtherCredentials
    this.scopes = fields.scopes
    this.#key = key
  }

  /** PEM, PKCS #8. A key that nobody gave is made in the background; reading it before it is there waits for it. */
  get privateKey(): string {
    return pemOf(this.#key.now(), 'oauth2.privateKey')
  }

  /** Resolves once `privateKey` can be read without waiting. */
  async ready(): Promise<void> {
    await this.#key.later()
  }
}

/**
 * What a client needs in order to log in to this sandbox. Private keys are read by name only: printing,
 * JSON and spreading show none of them.
 */
export class SandboxCredentials {
  readonly consumerKey: string
  readonly accessToken: string
  /** Base64 of the RSAES-PKCS1-v1_5 ciphertext, as the portal shows it. */
  readonly accessTokenSecret: string
  /** Username behind the access token. */
  readonly username: string
  /** Further access tokens of the consumer. */
  readonly accessTokens: readonly IssuedAccessToken[]
  /** Usernames that were given accounts, with them. */
  readonly users: readonly UserInput[]
  readonly realm: string
  readonly callbackUrl: string
  /** Hexadecimal, lower case. */
  readonly dhPrime: string
  /** A number, or hexadecimal where it is too long for one. */
  readonly dhGenerator: number | string
  readonly oauth2: Oauth2Credentials
  /** Base of the Web API, such as `http://127.0.0.1:4000/v1/api`. */
  readonly baseUrl: string
  /** Base of the gateway, such as `http://127.0.0.1:4000/gw/api/v1`. */
  readonly gatewayUrl: string
  /** The OAuth 2.0 token endpoint, such as `http://127.0.0.1:4000/oauth2/api/v1/token`. */
  readonly oauth2Url: string
  /** The page where a user approves a request token, such as `http://127.0.0.1:4000/authorize`. */
  readonly authorizeUrl: string
  /** PEM: what a client has to trust where the sandbox speaks TLS; undefined where it does not. */
  readonly certificateAuthority: string | undefined
  readonly #keys: CredentialKeys

  /** @internal */
  constructor(fields: CredentialFields, keys: CredentialKeys, origin: string, certificateAuthority?: string) {
    this.certificateAuthority = certificateAuthority
    this.consumerKey = fields.consumerKey
    this.accessToken = fields.accessToken
    this.accessTokenSecret = fields.accessTokenSecret
    this.username = fields.username
    this.accessTokens = fields.accessTokens
    this.users = fields.users
    this.realm = fields.realm
    this.callbackUrl = fields.callbackUrl
    this.dhPrime = fields.dhPrime
    this.dhGenerator = fields.dhGenerator
    this.oauth2 = new Oauth2Credentials(fields.oauth2, keys.oauth2)
    this.baseUrl = `${origin}/v1/api`
    this.gatewayUrl = `${origin}/gw/api/v1`
    this.oauth2Url = `${origin}/oauth2/api/v1/token`
    this.authorizeUrl = `${origin}/authorize`
    this.#keys = keys
  }

  /** PEM, PKCS #8. Signs request_token, access_token and live_session_token. */
  get signingKey(): string {
    return pemOf(this.#keys.signing, 'signingKey')
  }

  /** PEM, PKCS #8. Decrypts access token secrets. */
  get encryptionKey(): string {
    return pemOf(this.#keys.encryption, 'encryptionKey')
  }

  /** PEM `DH PARAMETERS`, as `openssl dhparam` writes it. */
  get dhParams(): string {
    return formatDhParams(parseDhParams({ prime: this.dhPrime, generator: this.dhGenerator }))
  }

  /** The content of `credentials.json`: no private key. */
  toJSON(): CredentialsFile {
    const { clientId, keyId, credential, furtherCredentials, scopes } = this.oauth2
    return {
      consumerKey: this.consumerKey,
      accessToken: this.accessToken,
      accessTokenSecret: this.accessTokenSecret,
      username: this.username,
      accessTokens: this.accessTokens,
      users: this.users,
      dhPrime: this.dhPrime,
      dhGenerator: this.dhGenerator,
      realm: this.realm,
      callbackUrl: this.callbackUrl,
      oauth2: { clientId, keyId, credential, furtherCredentials, scopes },
      baseUrl: this.baseUrl,
      gatewayUrl: this.gatewayUrl,
      oauth2Url: this.oauth2Url,
    }
  }
}

function pemOf(key: KeyObject, field: string): string {
  if (key.type !== 'private') {
    throw invalidInput(`${field} is not known to the sandbox: only its public half was given`)
  }
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
