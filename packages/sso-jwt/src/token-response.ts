import { SecretText } from './built-request.ts'
import { type ClockOptions, checkObject, nowMs } from './checks.ts'
import { invalidInput } from './error.ts'
import { readSuccess } from './problem.ts'
import { invalidResponse, type JsonObject, type Reply, readBearerToken, readTokenType } from './reply.ts'
import { parseScope } from './token-request.ts'

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
  /** Lifetime in seconds; 86399 in IBKR's example. */
  readonly expiresInSeconds: number
  /** When it ends, in ms since 1970, by the local clock. */
  readonly expiresAtMs: number
  readonly refreshToken?: SecretText
  readonly idToken?: SecretText
}

/**
 * Reads the reply to a token request.
 *
 * @param asked - The request of `createTokenRequest`, or the scopes that were asked for.
 * @throws {SsoJwtError} `ERR_SSO_JWT_REFUSED` for an error status, `ERR_SSO_JWT_INVALID_RESPONSE` if a member is missing
 *   or of the wrong type.
 * @see RFC 6749 5.1 and 5.2, OpenAPI 2.28.0 `TokenResponse`
 */
export function readTokenResponse(
  reply: Reply,
  asked: { readonly scope: readonly string[] },
  options: ClockOptions = {},
): AccessToken {
  if (!Array.isArray(checkObject(asked, 'asked').scope)) {
    throw invalidInput(
      'asked.scope must be the list of scopes asked for: give the request of createTokenRequest()',
    )
  }
  const body = readSuccess(reply)
  const scope = readScope(body, asked.scope)
  const expiresInSeconds = readExpiresIn(body)
  return {
    accessToken: new SecretText(readBearerToken(body)),
    tokenType: readTokenType(body),
    scope,
    scopesRefused: asked.scope.filter((entry) => !scope.includes(entry)),
    scopesAdded: scope.filter((entry) => !asked.scope.includes(entry)),
    expiresInSeconds,
    expiresAtMs: nowMs(options) + expiresInSeconds * 1000,
    ...optionalSecret('refreshToken', body.refresh_token),
    ...optionalSecret('idToken', body.id_token),
  }
}

function readScope(body: JsonObject, asked: readonly string[]): readonly string[] {
  const text = body.scope
  const scope =
    text === undefined || text === null ? asked : typeof text === 'string' ? parseScope(text) : undefined
  if (scope === undefined) throw invalidResponse('scope of the reply is not a space-separated list of scopes')
  return scope
}

function readExpiresIn(body: JsonObject): number {
  const value = body.expires_in
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < 1e10) return value
  throw invalidResponse('expires_in of the reply is not a positive whole number of seconds')
}

function optionalSecret<Name extends string>(name: Name, value: unknown): { [K in Name]?: SecretText } {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'string') throw invalidResponse(`${name} of the reply is not a text`)
  return { [name]: new SecretText(value) } as { [K in Name]: SecretText }
}
