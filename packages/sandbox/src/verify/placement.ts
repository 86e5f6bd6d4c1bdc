import { readJsonObject } from '@ibkr-auth/internal/json'
import { isJsonType } from '../request/body.ts'
import { isLegacyPath } from '../request/paths.ts'
import type { RequestRecord } from '../request/record.ts'
import type { Purpose } from './oauth1-keys.ts'
import { type Refused, refused } from './refused.ts'

/**
 * IBKR takes protocol parameters in the Authorization header ("OAuth at Interactive Brokers" 3); the legacy API also as
 * the members of a JSON body, at the three OAuth endpoints. In both places at once they are refused (RFC 5849 3.1).
 */
export function placementObjection(record: RequestRecord, purpose: Purpose): Refused | undefined {
  const authorization = record.headers.get('authorization')
  const body = purpose !== 'api' && isLegacyPath(record.path) ? jsonText(record) : ''
  const inBody = body.includes('"oauth_')
  if (authorization === null) {
    if (!inBody) return refused(401, 'Unauthorized', 'missing-authorization')
    const reading = readJsonObject(body)
    const isDuplicate = !reading.ok && reading.defect === 'duplicate-member'
    return isDuplicate ? duplicate('a member of the body appears twice') : undefined
  }
  if (!/^\s*OAuth(?:\s|$)/i.test(authorization)) {
    return refused(401, 'Unauthorized', 'missing-authorization', 'The scheme of the header is not OAuth.')
  }
  return inBody ? duplicate('protocol parameters in the header and in the body') : undefined
}

function jsonText({ headers, body }: RequestRecord): string {
  return isJsonType(headers.get('content-type')) && body !== undefined
    ? Buffer.from(body).toString('utf8')
    : ''
}

function duplicate(what: string): Refused {
  return refused(400, `Bad Request: ${what}`, 'duplicate-parameter', `The reason: ${what}.`)
}
