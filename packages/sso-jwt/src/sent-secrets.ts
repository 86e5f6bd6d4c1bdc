import { type HeadersLike, header } from '@ibkr-auth/internal/message'
import { callForeign, readMembers } from './checks.ts'

/** A request that was sent, as far as its secrets are concerned: what the functions of this package build. */
export interface SentRequest {
  /** A record in any letter case, or `Headers` of fetch. */
  readonly headers?: HeadersLike | undefined
  readonly body?: string | undefined
}

/** The longest text that is looked for in every encoding. */
const longestSecret = 20_000

/** What must not come back in a message: the bearer, and the assertion or the signed body. */
export function sentSecrets(sent: SentRequest | undefined): readonly string[] {
  if (sent === undefined) return []
  const { headers, body } = readMembers(sent, 'sent', ['headers', 'body'])
  const authorization = callForeign('headers of the request', () => header(headers, 'authorization'))
  const secrets = [textOf(authorization), ...bodySecrets(textOf(body))]
  return secrets.filter((secret) => secret !== '')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The JWS of a token request's form or of a signed body; of a long one its signature, without which it is worth nothing. */
function bodySecrets(body: string): readonly string[] {
  const jws = /(?:^|&)client_assertion=([^&]*)/.exec(body)?.[1] ?? body
  return jws.length <= longestSecret ? [jws] : [jws.slice(jws.lastIndexOf('.') + 1).slice(0, longestSecret)]
}
