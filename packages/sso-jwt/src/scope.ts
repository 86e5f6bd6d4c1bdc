import { invalidInput } from './error.ts'

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
