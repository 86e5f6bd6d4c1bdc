import { absoluteUrl, acceptJson, type BuiltRequest, type OriginOptions } from './built-request.ts'
import { invalidInput } from './error.ts'
import { URLSearchParams } from './host.ts'
import { checkScopes, type Scope } from './scope.ts'

/** `client_assertion_type` of a JWT (RFC 7523 2.2). */
export const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

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

/**
 * Builds `POST /oauth2/api/v1/token` with the grant `client_credentials`, form-encoded, under the names of RFC 7523.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see RFC 6749 4.4.2, RFC 7523 2.2, OpenAPI 2.28.0 `/oauth2/api/v1/token`
 */
export function createTokenRequest(input: TokenRequestInput, options: OriginOptions = {}): TokenRequest {
  if (typeof input.clientAssertion !== 'string' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(input.clientAssertion)) {
    throw invalidInput(
      'clientAssertion must be the compact JWS that createClientAssertion() resolves to (await it)',
    )
  }
  const scope = checkScopes(input.scope)
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: clientAssertionType,
    client_assertion: input.clientAssertion,
    scope: scope.join(' '),
  })
  return {
    method: 'POST',
    url: absoluteUrl('/oauth2/api/v1/token', options),
    headers: { accept: acceptJson, 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    scope,
  }
}
