import { importSigningKey, type SigningKey } from '@ibkr-auth/sso-jwt'
import {
  issueAccessToken,
  type ParsedTokenRequest,
  readTokenRequest,
  type TokenResponseBody,
  type VerifiedClientAssertion,
  verifyClientAssertion,
} from '@ibkr-auth/sso-jwt/server'
import { generateRsaKey } from '../../credentials/keys.ts'
import { once } from '../../once.ts'
import { isForm, readBody, textOf } from '../../request/body.ts'
import type { RequestRecord } from '../../request/record.ts'
import { json, type Reply } from '../../request/reply.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { explainJwt, jwtClaims } from '../../verify/jwt.ts'
import { type Refused, refused, refuseProblem } from '../../verify/refused.ts'
import type { Router } from '../router.ts'

/** `POST /oauth2/api/v1/token` with the grant `client_credentials` and a client assertion (RFC 7523 2.2). */
export function addTokenRoute(router: Router, state: SandboxState): void {
  // Made when the first token is asked for: most sandboxes never need it.
  const serverKey = once(async () => importSigningKey(await generateRsaKey(2048)))
  router.add(['POST'], '/oauth2/api/v1/token', (record) => handle(record, state, serverKey))
}

async function handle(
  record: RequestRecord,
  state: SandboxState,
  serverKey: () => Promise<SigningKey>,
): Promise<Reply> {
  const request = await readRequest(record, state)
  if (!request.ok) return refuseProblem(record, request)
  const verified = await verify(request.clientAssertion, state)
  if (!verified.ok) return refuseProblem(record, verified)
  const { clientId } = verified
  record.client = clientId
  const allowed = state.clients.find(clientId)?.scopes ?? []
  const scope = request.scope.filter((asked) => allowed.includes(asked))
  if (scope.length === 0)
    return refuseProblem(record, refused(400, 'None of the scopes can be granted', 'scope-missing'))
  const issued = await issue({ clientId, scope }, state, await serverKey())
  if (issued === undefined) return refuseProblem(record, refused(503, 'Service Unavailable', 'store-full'))
  record.verdict = 'accepted'
  return json(issued, 200, { 'cache-control': 'no-store' })
}

async function readRequest(
  record: RequestRecord,
  state: SandboxState,
): Promise<ParsedTokenRequest | Refused> {
  const body = await readBody(record, state.settings.maximumBodyBytes)
  if (body === undefined) return refused(413, 'Payload Too Large', 'body-too-large')
  if (!isForm(record)) {
    const wanted = 'application/x-www-form-urlencoded is expected.'
    return refused(400, 'The token request is not a form', 'wrong-content-type', wanted)
  }
  const request = readTokenRequest(Buffer.from(body).toString('utf8'))
  if (request.ok) return request
  return refused(400, request.message, 'malformed-token-request', `${request.message}.`)
}

async function verify(assertion: string, state: SandboxState): Promise<VerifiedClientAssertion | Refused> {
  const { clock, clients, origin, tokenIds } = state
  const verified = await verifyClientAssertion(assertion, {
    // Two clients may have chosen the same kid.
    findKey: (keyId) => clients.findKey(keyId, issuerOf(assertion)),
    audience: ['/token', 'https://api.ibkr.com/oauth2/api/v1/token', `${origin}/oauth2/api/v1/token`],
    replayStore: tokenIds,
    now: () => clock.nowMs(),
  })
  if (verified.ok) return verified
  const explanation = explainJwt(verified, assertion)
  return { ok: false, status: 400, error: 'The access token request is invalid', explanation }
}

/** A token that is kept as in force; undefined if there is no room for it. */
async function issue(
  granted: { readonly clientId: string; readonly scope: readonly string[] },
  { clock, settings, bearers }: SandboxState,
  serverKey: SigningKey,
): Promise<TokenResponseBody | undefined> {
  const now = (): number => clock.nowMs()
  const lifetimeSeconds = settings.accessTokenLifetimeSeconds
  const issued = await issueAccessToken(granted, serverKey, { now, lifetimeSeconds })
  const { clientId, scope } = granted
  const expiresAtMs = now() + issued.expires_in * 1000
  const bearer = { kind: 'gateway', clientId, scopes: new Set(scope), expiresAtMs } as const
  return bearers.set(issued.access_token, bearer, now()) ? issued : undefined
}

/** The client that a JWT says it is from, if it says so; nothing is believed of it before it is verified. */
function issuerOf(token: string): string | undefined {
  return textOf(jwtClaims(token).iss)
}
