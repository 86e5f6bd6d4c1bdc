import { isBytes, utf8TextStrict } from '@ibkr-auth/internal/bytes'
import { globals } from '@ibkr-auth/internal/globals'
import { clientAssertionType, clientCredentials, parseScope } from '../oauth2.ts'

/** A token request as a server reads it. */
export interface ParsedTokenRequest {
  readonly ok: true
  readonly clientAssertion: string
  /** `client_id`, if it stands beside the assertion: an option of `verifyClientAssertion`, which compares them. */
  readonly clientId?: string | undefined
  /** Scopes asked for; empty if none. */
  readonly scope: readonly string[]
}

/** A token request that cannot be served, under the error codes of RFC 6749 5.2. */
export interface TokenRequestRefusal {
  readonly ok: false
  readonly code: 'invalid_request' | 'unsupported_grant_type' | 'invalid_scope'
  readonly message: string
  readonly status: 400
}

const longestForm = 32_768
const mostParts = 256

/**
 * Reads the form body of a token request, for a server. A parameter that appears twice is refused (RFC 6749 3.2).
 * Nothing in the body makes this throw; the assertion is still to be verified.
 *
 * @param body - Text, or UTF-8 bytes; at most 32768 of either.
 * @see RFC 6749 4.4.2 and 5.2, RFC 7521 4.2, RFC 7523 2.2
 */
export function readTokenRequest(body: string | Uint8Array): ParsedTokenRequest | TokenRequestRefusal {
  const text = formText(body)
  if (text === undefined) return refuse('invalid_request', 'the body is not a form, or too long')
  // Counted before they are read: what URLSearchParams makes of each takes many times the memory of its text.
  if (text.split(/[&+]/, mostParts + 1).length > mostParts)
    return refuse('invalid_request', `the form has more than ${mostParts} parameters and scopes`)
  // Behind an ampersand a question mark is part of a name; in front of all URLSearchParams drops it.
  const form = new globals.URLSearchParams(`&${text}`)
  const names = [...form.keys()]
  if (new Set(names).size !== names.length) return refuse('invalid_request', 'a parameter appears twice')
  // RFC 6749 2.3: "The client MUST NOT use more than one authentication method in each request."
  if (form.get('client_secret')) return refuse('invalid_request', 'client_secret stands beside an assertion')
  const grantType = form.get('grant_type')
  if (grantType !== clientCredentials) {
    const code = grantType === null ? 'invalid_request' : 'unsupported_grant_type'
    return refuse(code, `grant_type must be ${clientCredentials}`)
  }
  if (form.get('client_assertion_type') !== clientAssertionType)
    return refuse('invalid_request', `client_assertion_type must be ${clientAssertionType}`)
  const clientAssertion = form.get('client_assertion') ?? ''
  if (clientAssertion === '') return refuse('invalid_request', 'client_assertion is missing')
  const scope = parseScope(form.get('scope') ?? '')
  if (scope === undefined) return refuse('invalid_scope', 'scope is not a space-separated list')
  const clientId = form.get('client_id')
  return { ok: true, clientAssertion, scope, ...(clientId === null ? {} : { clientId }) }
}

function formText(body: unknown): string | undefined {
  if (typeof body === 'string') return body.length > longestForm ? undefined : body
  return isBytes(body) && body.length <= longestForm ? utf8TextStrict(body) : undefined
}

function refuse(code: TokenRequestRefusal['code'], message: string): TokenRequestRefusal {
  return { ok: false, code, message, status: 400 }
}
