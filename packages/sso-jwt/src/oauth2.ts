import { callForeign, readList } from './checks.ts'
import { invalidInput } from './errors.ts'

/** `grant_type` of a client that acts for itself (RFC 6749 4.4.2). */
export const clientCredentials = 'client_credentials'

/** `client_assertion_type` of a JWT (RFC 7523 2.2). */
export const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Scopes in IBKR's API description (OpenAPI 2.40.0, `x-ib-gateway-allowed-scopes`), its other versions, and the
 * metadata of its authorization server (`mcp.*` and what goes with OpenID, for persons).
 */
export type KnownScope =
  | 'account-ids'
  | 'accounts.read'
  | 'accounts.write'
  | 'balances.read'
  | 'bank-instructions.read'
  | 'bank-instructions.write'
  | 'clients.read'
  | 'clients.write'
  | 'echo.read'
  | 'echo.write'
  | 'email'
  | 'enumerations.read'
  | 'fee-templates.read'
  | 'fee-templates.write'
  | 'forms.read'
  | 'instructions.read'
  | 'instructions.write'
  | 'mcp.orders.submit'
  | 'mcp.read'
  | 'mcp.write'
  | 'openid'
  | 'profile'
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
const longestScope = 8192

/** Scope tokens of a space-separated text (RFC 6749 3.3), without repeats; `undefined` if it is not one. */
export function parseScope(text: string): readonly string[] | undefined {
  if (text.length > longestScope) return undefined
  const tokens = text.split(' ').filter((token) => token !== '')
  return tokens.every((token) => scopeToken.test(token)) ? [...new Set(tokens)] : undefined
}

/** Scopes asked for: at least one, each a scope token of RFC 6749 3.3. */
export function checkScopes(scope: unknown): readonly string[] {
  const list = callForeign('scope', () => (Array.isArray(scope) ? readList(scope, 'scope') : [scope]))
  const text = list.every((entry) => typeof entry === 'string') ? list.join(' ') : ''
  const tokens = parseScope(text)
  if (tokens !== undefined && tokens.length > 0) return tokens
  throw invalidInput('scope must be one or more scopes such as ["sso-sessions.write"]')
}
