import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { issueSsoSessionToken } from '@ibkr-auth/sso-jwt/server'
import { explained } from '../../explain/known-refusals.ts'
import type { RequestRecord } from '../../request/record.ts'
import { type InvalidArgument, invalidArguments, json, type Reply } from '../../request/reply.ts'
import { openApiSession } from '../../state/api-session.ts'
import type { GatewayBearer } from '../../state/bearers.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { note, refused, refuseProblem } from '../../verify/refused.ts'
import { signedBody } from '../gateway-call.ts'

/** Signs SSO bearers. They are looked up, never verified, so the key lives as long as the process. */
const bearerSecret = randomBytes(32)

/** `POST /gw/api/v1/sso-sessions`: an SSO bearer for a username and the addresses it may come from. */
export async function openSsoSession(
  record: RequestRecord,
  state: SandboxState,
  bearer: GatewayBearer,
): Promise<Reply> {
  const claims = await verifiedClaims(record, state, bearer)
  if (!claims.ok) return claims.reply
  const nowMs = state.clock.nowMs()
  const { credential, ip, alternativeIps, expiresAtMs } = claims
  const issued = await issueSsoSessionToken(bearerSecret, { now: () => nowMs })
  const session = openApiSession({ kind: 'sso', username: credential, expiresAtMs, ip }, nowMs)
  const opened = { kind: 'sso', session, addresses: [ip, ...alternativeIps], expiresAtMs } as const
  return state.bearers.set(issued.access_token, opened, nowMs) ? json(issued) : refuseFull(record)
}

/** `POST /gw/api/v1/sso-browser-sessions`: a URL that logs a browser in, good once, for 60 s. */
export async function openBrowserSession(
  record: RequestRecord,
  state: SandboxState,
  bearer: GatewayBearer,
): Promise<Reply> {
  const claims = await verifiedClaims(record, state, bearer)
  if (!claims.ok) return claims.reply
  const id = state.browserSessions.open(claims.credential, state.clock.nowMs())
  if (id === undefined) return refuseFull(record)
  // Https as from IBKR, since clients insist on it; the sandbox itself listens without TLS.
  const origin = state.origin.replace(/^http:/, 'https:')
  return json({ active: true, url: `${origin}/sso/resolver?SID=${id}` })
}

/** The claims of a signed body that asks for a session, or the answer that refuses it. */
async function verifiedClaims(
  record: RequestRecord,
  state: SandboxState,
  bearer: GatewayBearer,
): Promise<
  (SessionClaims & { readonly expiresAtMs: number }) | { readonly ok: false; readonly reply: Reply }
> {
  const type = record.headers.get('content-type') ?? ''
  if (!state.settings.lenient && !/^\s*application\/jwt\s*(?:;|$)/i.test(type)) {
    return { ok: false, reply: refuseContentType(record) }
  }
  const body = await signedBody(record, state, bearer)
  if (!body.ok) return { ok: false, reply: body.reply }
  const claims = sessionClaims(body.payload, state.clients.find(bearer.clientId)?.credentials ?? [])
  if (!claims.ok) return { ok: false, reply: refuseClaims(record, claims.wrong) }
  return { ...claims, expiresAtMs: body.expiresAtMs }
}

function refuseContentType(record: RequestRecord): Reply {
  note(record, explained('wrong-content-type', 'application/jwt is expected.'))
  return invalidArguments('Invalid payload for security policy SIGNED_JWT', [
    { field: 'payload', description: 'must be a JWS of media type application/jwt' },
  ])
}

function refuseFull(record: RequestRecord): Reply {
  return refuseProblem(record, refused(503, 'Service Unavailable', 'store-full'))
}

interface SessionClaims {
  readonly ok: true
  readonly credential: string
  readonly ip: string
  readonly alternativeIps: readonly string[]
}

interface WrongClaims {
  readonly ok: false
  readonly wrong: readonly InvalidArgument[]
}

function sessionClaims(
  payload: Readonly<Record<string, unknown>>,
  usernames: readonly string[],
): SessionClaims | WrongClaims {
  const { credential, ip, alternativeIps = [] } = payload
  const wrong: InvalidArgument[] = []
  if (typeof credential !== 'string' || !usernames.includes(credential)) {
    wrong.push({ field: 'credential', description: 'must be a username of the client' })
  }
  if (!isAddress(ip)) wrong.push({ field: 'ip', description: 'must be an IPv4 or IPv6 address' })
  if (!Array.isArray(alternativeIps) || !alternativeIps.every(isAddress)) {
    wrong.push({ field: 'alternativeIps', description: 'must be a list of IPv4 or IPv6 addresses' })
  }
  if (wrong.length > 0) return { ok: false, wrong }
  return {
    ok: true,
    credential: credential as string,
    ip: ip as string,
    alternativeIps: alternativeIps as string[],
  }
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && isIP(value) !== 0
}

function refuseClaims(record: RequestRecord, wrong: readonly InvalidArgument[]): Reply {
  note(
    record,
    explained('jwt-claim', wrong.map(({ field, description }) => `${field} ${description}.`).join(' ')),
  )
  return invalidArguments('The request is invalid', wrong)
}
