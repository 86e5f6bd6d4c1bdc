import { isBytes } from '@ibkr-auth/internal/bytes'
import { subtle } from '@ibkr-auth/internal/globals'
import type { SecretBytesLike } from '@ibkr-auth/internal/secret'
import {
  type ClockOptions,
  callForeign,
  checkSeconds,
  checkText,
  nowMs,
  nowSeconds,
  type RandomOptions,
  randomId,
  readMembers,
} from '../checks.ts'
import { invalidInput } from '../errors.ts'
import { asciiJson, lossless } from '../keys/ascii-json.ts'
import { checkSigningKey, type SigningKey, signCompact } from '../keys/signing-key.ts'
import { checkScopes } from '../oauth2.ts'
import { isPlainObject } from '../plain-object.ts'

/** Members of a token reply, in wire spelling (RFC 6749 5.1). */
export interface TokenResponseBody {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly scope: string
  /** Life of the token, in seconds. */
  readonly expires_in: number
}

/** What an access token says. */
export interface IssueAccessTokenInput {
  /** The client of the verified assertion: `sub`. */
  readonly clientId: string
  /** Scopes granted. */
  readonly scope: string | readonly string[]
  /** Further claims, such as `csid` and `accountId` in IBKR's example. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}

/** Choices of `issueAccessToken`. */
export interface IssueAccessTokenOptions extends ClockOptions, RandomOptions {
  /** @defaultValue 86399, as in IBKR's example */
  readonly lifetimeSeconds?: number | undefined
  /** `iss`. @defaultValue `/token`, as in IBKR's example */
  readonly issuer?: string | undefined
  /** `kid` of the server's own key. @defaultValue `main` */
  readonly keyId?: string | undefined
}

/**
 * Issues an access token as the token endpoint does: a JWT with `iss`, `sub`, `iat`, `exp`, `scope` and a random `jti`,
 * signed with the server's own key.
 *
 * @returns The body of the reply, to be sent as JSON.
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`, `ERR_SSO_JWT_SIGNING_FAILED`
 */
export async function issueAccessToken(
  input: IssueAccessTokenInput,
  serverKey: SigningKey,
  options: IssueAccessTokenOptions = {},
): Promise<TokenResponseBody> {
  const asked = readMembers(input, 'input', ['clientId', 'scope', 'claims'])
  const key = checkSigningKey(serverKey, 'serverKey')
  const {
    lifetimeSeconds = 86_399,
    issuer = '/token',
    keyId = 'main',
    ...sources
  } = readMembers(options, 'options', ['lifetimeSeconds', 'issuer', 'keyId', 'now', 'randomBytes'])
  const iat = nowSeconds(sources)
  const lifetime = checkSeconds(lifetimeSeconds, 'lifetimeSeconds', 1)
  const scope = checkScopes(asked.scope).join(' ')
  const claims = {
    ...checkClaims(asked.claims),
    iss: checkText(issuer, 'issuer'),
    sub: checkText(asked.clientId, 'clientId'),
    iat,
    exp: iat + lifetime,
    scope,
    jti: randomId(sources),
  }
  const token = await key.signJwt(claims, checkText(keyId, 'keyId'))
  return { access_token: token, token_type: 'Bearer', scope, expires_in: lifetime }
}

function checkClaims(claims: unknown): object {
  if (claims === undefined) return {}
  const copy = lossless(claims, 'claims')
  if (isPlainObject(copy)) return copy
  throw invalidInput('claims must be a plain object')
}

/** Members of an SSO session reply, in wire spelling. */
export interface SsoSessionResponseBody {
  readonly active: true
  readonly access_token: string
  readonly token_type: 'Bearer'
}

/** Choices of `issueSsoSessionToken`. */
export interface IssueSsoSessionTokenOptions extends ClockOptions, RandomOptions {
  /** Further claims, such as `aud` and `ctp` in IBKR's example. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Issues an SSO bearer as `sso-sessions` does: an HS256 JWT with `iss` `com.ib.sso`, `sub` `WEB_API`, `iat` in ms, a
 * random `jti` and no `exp`. It is opaque to clients: keep what it stands for (username, addresses, end) beside it.
 *
 * @param secret - The server's MAC key, at least 32 bytes (RFC 7518 3.2).
 * @returns The body of the reply, to be sent as JSON.
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see OpenAPI 2.40.0, WebSocket example
 */
export async function issueSsoSessionToken(
  secret: SecretBytesLike,
  options: IssueSsoSessionTokenOptions = {},
): Promise<SsoSessionResponseBody> {
  const macKey = checkSecret(secret)
  const { claims, ...sources } = readMembers(options, 'options', ['claims', 'now', 'randomBytes'])
  const payload = {
    ...checkClaims(claims),
    iss: 'com.ib.sso',
    sub: 'WEB_API',
    iat: nowMs(sources),
    jti: randomId(sources),
  }
  const key = await subtle().importKey('raw', macKey, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = async (input: Uint8Array): Promise<Uint8Array> =>
    new Uint8Array(await subtle().sign({ name: 'HMAC' }, key, input))
  const token = await signCompact(asciiJson({ alg: 'HS256' }, 'header'), asciiJson(payload, 'claims'), mac)
  return { active: true, access_token: token, token_type: 'Bearer' }
}

function checkSecret(secret: SecretBytesLike): Uint8Array {
  const bytes: unknown = callForeign('secret', () =>
    typeof secret === 'object' && secret !== null && 'reveal' in secret ? secret.reveal() : secret,
  )
  if (isBytes(bytes) && bytes.length >= 32) return bytes
  throw invalidInput('secret must be at least 32 bytes')
}
