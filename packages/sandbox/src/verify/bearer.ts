import type { RequestRecord } from '../request/record.ts'
import type { Bearer, GatewayBearer, SsoBearer } from '../state/bearers.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { type Refused, refused } from './refused.ts'

/** A bearer that opens this half of the API. */
export interface VerifiedBearer<Kind extends Bearer> {
  readonly ok: true
  readonly bearer: Kind
}

/** Verifies the bearer of a `/gw` request: the access token of the token endpoint. */
export function verifyGatewayBearer(
  record: RequestRecord,
  state: SandboxState,
): VerifiedBearer<GatewayBearer> | Refused {
  const bearer = findBearer(record, state)
  if ('ok' in bearer) return bearer
  if (bearer.kind !== 'gateway') {
    return refused(
      401,
      'The access token request is invalid',
      'wrong-bearer',
      'An SSO bearer was sent to /gw.',
    )
  }
  record.client = bearer.clientId
  return { ok: true, bearer }
}

/** Verifies the bearer of a `/v1/api` request: the SSO bearer, from an address that it is bound to. */
export function verifySsoBearer(
  record: RequestRecord,
  state: SandboxState,
): VerifiedBearer<SsoBearer> | Refused {
  const bearer = findBearer(record, state)
  if ('ok' in bearer) return bearer
  if (bearer.kind !== 'sso') {
    return refused(401, 'Unauthorized', 'wrong-bearer', 'An OAuth 2.0 access token was sent to /v1/api.')
  }
  const address = state.settings.publicAddress
  if (address !== undefined && !bearer.addresses.includes(address)) {
    return refused(401, 'Unauthorized', 'address-mismatch')
  }
  record.client = bearer.session.username
  return { ok: true, bearer }
}

function findBearer(record: RequestRecord, state: SandboxState): Bearer | Refused {
  const authorization = record.headers.get('authorization')
  if (authorization === null) return refused(401, 'Unauthorized', 'missing-authorization')
  const token = /^ *Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization)?.[1]
  if (token === undefined)
    return refused(401, 'Unauthorized', 'missing-authorization', 'The scheme is not Bearer.')
  const bearer = state.bearers.get(token)
  if (bearer === undefined) return refused(401, 'The access token request is invalid', 'unknown-bearer')
  if (bearer.expiresAtMs <= state.clock.nowMs()) return refused(401, 'Access token expired', 'bearer-expired')
  return bearer
}
