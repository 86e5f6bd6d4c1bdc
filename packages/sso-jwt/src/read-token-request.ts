import { URLSearchParams } from './host.ts'
import { clientAssertionType, parseScope } from './token-request.ts'

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
