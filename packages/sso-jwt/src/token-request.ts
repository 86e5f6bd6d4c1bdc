import { absoluteUrl, acceptJson, type BuiltRequest, type OriginOptions } from './built-request.ts'
import { checkObject } from './checks.ts'
import { invalidInput } from './error.ts'
import { URLSearchParams } from './host.ts'
import type { Scope } from './scope.ts'

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

/** A token request as a server reads it. */
export interface ParsedTokenRequest {
  readonly ok: true
  readonly clientAssertion: string
  /** Scopes asked for; empty if none. */
  readonly scope: readonly string[]
}

/** A token request that cannot be served, under the error codes of RFC 6749 5.2. */
export interface TokenRequestRefusal {
  readonly ok: false
  readonly error: 'invalid_request' | 'unsupported_grant_type' | 'invalid_scope'
  readonly message: string
}

/**
 * Reads the form body of a token request, for a server. A parameter that appears twice is refused (RFC 6749 3.2).
 * Nothing in the body makes this throw; the assertion is still to be verified.
 *
 * @see RFC 6749 4.4.2 and 5.2, RFC 7523 2.2
 */
export function readTokenRequest(body: string): ParsedTokenRequest | TokenRequestRefusal {
  if (typeof body !== 'string' || body.length > 32_768)
    return refuse('invalid_request', 'the body is not a form, or too long')
  const form = new URLSearchParams(body)
  const names = [...form.keys()]
  if (new Set(names).size !== names.length) return refuse('invalid_request', 'a parameter appears twice')
  if (form.get('grant_type') !== 'client_credentials') {
    return refuse(
      form.get('grant_type') === null ? 'invalid_request' : 'unsupported_grant_type',
      'grant_type must be client_credentials',
    )
  }
  if (form.get('client_assertion_type') !== clientAssertionType) {
    return refuse('invalid_request', `client_assertion_type must be ${clientAssertionType}`)
  }
  const clientAssertion = form.get('client_assertion') ?? ''
  if (clientAssertion === '') return refuse('invalid_request', 'client_assertion is missing')
  const scope = parseScope(form.get('scope') ?? '')
  if (scope === undefined) return refuse('invalid_scope', 'scope is not a space-separated list')
  return { ok: true, clientAssertion, scope }
}

function refuse(error: TokenRequestRefusal['error'], message: string): TokenRequestRefusal {
  return { ok: false, error, message }
}
