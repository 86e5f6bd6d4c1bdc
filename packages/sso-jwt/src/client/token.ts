import { globals } from '@ibkr-auth/internal/globals'
import type { JsonObject } from '@ibkr-auth/internal/json'
import type { Reply } from '@ibkr-auth/internal/message'
import { SecretText } from '@ibkr-auth/internal/secret'
import { type ClockOptions, readList, readMembers, replyMs } from '../checks.ts'
import { invalidInput, type SsoJwtWarning } from '../errors.ts'
import { checkScopes, clientAssertionType, clientCredentials, parseScope, type Scope } from '../oauth2.ts'
import { readSuccess } from '../problem.ts'
import { invalidResponse, readBearerToken, readTokenType } from '../reply.ts'
import { absoluteUrl, acceptJson, type BaseUrlOptions, type BuiltRequest } from '../request.ts'
import type { SentRequest } from '../sent-secrets.ts'

/** What a token request is made of. */
export interface TokenRequestInput {
  /** Compact JWS of `createClientAssertion`. */
  readonly clientAssertion: string
  /** Scopes to ask for, in one list or one space-separated text. */
  readonly scope: Scope | readonly Scope[]
}

/** A token request; it is also what `readTokenResponse` compares the reply with. */
export interface TokenRequest extends BuiltRequest {
  readonly method: 'POST'
  readonly body: string
  /** Scopes asked for. */
  readonly scope: readonly string[]
}

const longestAssertion = 16_384

/**
 * Builds `POST /oauth2/api/v1/token` with the grant `client_credentials`, form-encoded, under the names of RFC 7523.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see RFC 6749 4.4.2, RFC 7523 2.2, OpenAPI 2.40.0 `/oauth2/api/v1/token`
 */
export function createTokenRequest(input: TokenRequestInput, options: BaseUrlOptions = {}): TokenRequest {
  const { clientAssertion, scope: asked } = readMembers(input, 'input', ['clientAssertion', 'scope'])
  const { baseUrl } = readMembers(options, 'options', ['baseUrl'])
  const scope = checkScopes(asked)
  const form = new globals.URLSearchParams({
    grant_type: clientCredentials,
    client_assertion_type: clientAssertionType,
    client_assertion: checkAssertion(clientAssertion),
    scope: scope.join(' '),
  })
  return {
    method: 'POST',
    url: absoluteUrl('/oauth2/api/v1/token', baseUrl),
    headers: { accept: acceptJson, 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    scope,
  }
}

function checkAssertion(value: unknown): string {
  const isCompact =
    typeof value === 'string' && value.length <= longestAssertion && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)
  if (isCompact) return value
  throw invalidInput(
    'clientAssertion must be the compact JWS that createClientAssertion() resolves to (await it)',
  )
}

/** The reply of the token endpoint. */
export interface AccessToken {
  /** Opens `/gw/api/v1`, not `/v1/api`. */
  readonly accessToken: SecretText
  /** `Bearer`. */
  readonly tokenType: string
  /** Scopes granted; those asked for if the server named none (RFC 6749 5.1). */
  readonly scope: readonly string[]
  /** Asked for and not granted. */
  readonly scopesRefused: readonly string[]
  /** Granted without having been asked for. */
  readonly scopesAdded: readonly string[]
  /** Lifetime in seconds, sent as a number or as plain digits; 86399 in IBKR's example. At most a week (604800). */
  readonly expiresInSeconds: number
  /** The server named no lifetime, as it may (RFC 6749 5.1): 300 s are assumed, enough to open a session with. */
  readonly expiresInAssumed: boolean
  /** When it ends, in ms since 1970, by `now`; by the runtime's clock where that tells no time. */
  readonly expiresAtMs: number
  /** `WARN_SSO_JWT_EXPIRY_NOT_BELIEVED` where the server named more than a week. */
  readonly warnings: readonly SsoJwtWarning[]
  readonly refreshToken?: SecretText | undefined
  readonly idToken?: SecretText | undefined
}

/** What was asked for: the request of `createTokenRequest`, or at least its scopes. */
export interface AskedScopes extends SentRequest {
  readonly scope: readonly string[]
}

/**
 * Reads the reply to a token request.
 *
 * @param asked - The request of `createTokenRequest`, or the scopes that were asked for.
 * @throws {SsoJwtError} `ERR_SSO_JWT_REFUSED` for an error status, `ERR_SSO_JWT_INVALID_RESPONSE` if a member is missing
 *   or of the wrong type, `ERR_SSO_JWT_INVALID_INPUT`.
 * @see RFC 6749 5.1 and 5.2, OpenAPI 2.40.0 `TokenResponse`
 */
export function readTokenResponse(reply: Reply, asked: AskedScopes, options: ClockOptions = {}): AccessToken {
  const askedScope = readScopes(asked)
  const now = replyMs(readMembers(options, 'options', ['now']))
  const body = readSuccess(reply, asked)
  const scope = grantedScope(body, askedScope)
  return {
    accessToken: new SecretText(readBearerToken(body)),
    tokenType: readTokenType(body),
    scope,
    scopesRefused: askedScope.filter((entry) => !scope.includes(entry)),
    scopesAdded: scope.filter((entry) => !askedScope.includes(entry)),
    ...readLifetime(body.expires_in, now),
    ...optionalSecret('refreshToken', body.refresh_token),
    ...optionalSecret('idToken', body.id_token),
  }
}

function readScopes(asked: AskedScopes): readonly string[] {
  const list = readList(readMembers(asked, 'asked', ['scope']).scope, 'asked.scope')
  if (list.every((entry) => typeof entry === 'string')) return list
  throw invalidInput(
    'asked.scope must be the list of scopes asked for: give the request of createTokenRequest()',
  )
}

function grantedScope(body: JsonObject, asked: readonly string[]): readonly string[] {
  const text = body.scope
  const scope =
    text === undefined || text === null ? asked : typeof text === 'string' ? parseScope(text) : undefined
  if (scope === undefined) throw invalidResponse('scope of the reply is not a space-separated list of scopes')
  return scope
}

const assumedSeconds = 300
const weekSeconds = 604_800

function readLifetime(
  value: unknown,
  now: number,
): Pick<AccessToken, 'expiresInSeconds' | 'expiresInAssumed' | 'expiresAtMs' | 'warnings'> {
  const expiresInAssumed = value === undefined || value === null
  const named = expiresInAssumed ? assumedSeconds : secondsOf(value)
  if (typeof named !== 'number' || !(named >= 1))
    throw invalidResponse('expires_in of the reply is not a positive number of seconds')
  const expiresInSeconds = Math.floor(Math.min(named, weekSeconds))
  return {
    expiresInSeconds,
    expiresInAssumed,
    expiresAtMs: now + expiresInSeconds * 1000,
    warnings: named > weekSeconds ? [notBelieved] : [],
  }
}

/** Some token endpoints write the number as a text: plain digits are read, a login must not fail for two quotes. */
function secondsOf(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
}

const notBelieved: SsoJwtWarning = {
  code: 'WARN_SSO_JWT_EXPIRY_NOT_BELIEVED',
  field: 'expires_in',
  message: 'expires_in of the reply is more than a week, which no token of IBKR lives; a week is taken',
}

function optionalSecret<Name extends string>(
  name: Name,
  value: unknown,
): { readonly [K in Name]?: SecretText | undefined } {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'string') throw invalidResponse(`${name} of the reply is not a text`)
  return { [name]: new SecretText(value) } as { readonly [K in Name]: SecretText }
}
