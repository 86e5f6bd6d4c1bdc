import type { Exchange } from '../http/exchange.ts'
import { isLegacyPath } from '../http/paths.ts'
import type { Purpose } from './oauth1-keys.ts'
import { type Refused, refused } from './refused.ts'

/**
 * IBKR takes protocol parameters in the Authorization header ("OAuth at Interactive Brokers" 3); the legacy API also as
 * the members of a JSON body, at the three OAuth endpoints. In both places at once they are refused (RFC 5849 3.1).
 */
export function placementObjection(exchange: Exchange, purpose: Purpose): Refused | undefined {
  const authorization = exchange.headers.get('authorization')
  const inBody = purpose !== 'api' && isLegacyPath(exchange.path) && holdsProtocolParameters(exchange)
  if (authorization === null) {
    return inBody ? undefined : refused(401, 'Unauthorized', 'missing-authorization')
  }
  if (!/^\s*OAuth(?:\s|$)/i.test(authorization)) {
    return refused(401, 'Unauthorized', 'missing-authorization', 'The scheme of the header is not OAuth.')
  }
  return inBody
    ? refused(400, 'Bad Request: protocol parameters in the header and in the body', 'duplicate-parameter')
    : undefined
}

function holdsProtocolParameters({ headers, body }: Exchange): boolean {
  const isJson = /^\s*application\/json\s*(?:;|$)/i.test(headers.get('content-type') ?? '')
  return isJson && body !== undefined && Buffer.from(body).includes('"oauth_')
}
