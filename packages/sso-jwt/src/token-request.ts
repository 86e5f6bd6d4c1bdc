import { absoluteUrl, acceptJson, type BuiltRequest, type OriginOptions } from './built-request.ts'
import { checkObject } from './checks.ts'
import { invalidInput } from './error.ts'
import { URLSearchParams } from './host.ts'

/** Scopes in IBKR's API description (OpenAPI 2.28.0, `x-ib-gateway-allowed-scopes`) and its other versions. */
export type KnownScope =
  | 'accounts.read'
  | 'accounts.write'
  | 'balances.read'
  | 'bank-instructions.read'
  | 'bank-instructions.write'
  | 'clients.read'
  | 'clients.write'
  | 'echo.read'
  | 'echo.write'
  | 'enumerations.read'
  | 'fee-templates.read'
  | 'fee-templates.write'
  | 'forms.read'
  | 'instructions.read'
  | 'instructions.write'
  | 'reports.read'
  | 'reports.write'
  | 'restrictions.write'
  | 'sessions.create'
  | 'sso-browser-sessions.write'
  | 'sso-sessions.write'
  | 'statements.read'
  | 'statements.write'
  | 'tax-vouchers.read'
  | 'tax-vouchers.write'
  | 'transfers.read'
  | 'transfers.write'
  | 'validations.read'

/** A scope: a known one, which editors complete, or any other. */
export type Scope = KnownScope | (string & Record<never, never>)

const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** Scope tokens of a space-separated text (RFC 6749 3.3), without repeats; `undefined` if it is not one. */
export function parseScope(text: string): readonly string[] | undefined {
  const tokens = text.split(' ').filter((token) => token !== '')
  return tokens.every((token) => scopeToken.test(token)) ? [...new Set(tokens)] : undefined
}

/** Scopes asked for: at least one, each a scope token of RFC 6749 3.3. */
export function checkScopes(scope: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(scope) ? scope : [scope]
  const text = list.every((entry) => typeof entry === 'string') ? list.join(' ') : ''
  const tokens = parseScope(text)
  if (tokens !== undefined && tokens.length > 0) return tokens
  throw invalidInput('scope must be one or more scopes such as ["sso-sessions.write"]')
}

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
  const { clientAssertion } = checkObject(input, 'input')
  if (typeof clientAssertion !== 'string' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(clientAssertion)) {
    throw invalidInput(
      'clientAssertion must be the compact JWS that createClientAssertion() resolves to (await it)',
    )
  }
  const scope = checkScopes(input.scope)
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: clientAssertionType,
    client_assertion: clientAssertion,
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
