import { importSigningKey, type SigningKey } from '@ibkr-auth/sso-jwt'
import { issueAccessToken, readTokenRequest, verifyClientAssertion } from '@ibkr-auth/sso-jwt/server'
import { generateRsaKey } from '../../credentials/keys.ts'
import { isForm, isObject, parseJson, readBody, textOf } from '../../request/body.ts'
import type { RequestRecord } from '../../request/record.ts'
import { json, type Reply } from '../../request/reply.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { explainJwt } from '../../verify/jwt.ts'
import { refused, refuseProblem } from '../../verify/refused.ts'
import type { Router } from '../router.ts'

/** `POST /oauth2/api/v1/token` with the grant `client_credentials` and a client assertion (RFC 7523 2.2). */
export function addTokenRoute(router: Router, state: SandboxState): void {
  const serverKey = lazily(async () => importSigningKey(await generateRsaKey(2048)))
  router.add(['POST'], '/oauth2/api/v1/token', (record) => handle(record, state, serverKey))
}

async function handle(
  record: RequestRecord,
  state: SandboxState,
  serverKey: () => Promise<SigningKey>,
): Promise<Reply> {
  const body = await readBody(record, state.settings.maximumBodyBytes)
  if (body === undefined) return refuseProblem(record, refused(413, 'Payload Too Large', 'body-too-large'))
  if (!isForm(record)) {
    const wanted = 'application/x-www-form-urlencoded is expected.'
    return refuseProblem(
      record,
      refused(400, 'The token request is not a form', 'wrong-content-type', wanted),
    )
  }
  const request = readTokenRequest(Buffer.from(body).toString('utf8'))
  if (!request.ok) {
    return refuseProblem(
      record,
      refused(400, request.message, 'malformed-token-request', `${request.message}.`),
    )
  }
  const { clock, clients, settings } = state
  const now = (): number => clock.nowMs()
  const verified = await verifyClientAssertion(request.clientAssertion, {
    // Two clients may have chosen the same kid.
    findKey: (keyId) => clients.findKey(keyId, issuerOf(request.clientAssertion)),
    audience: ['/token', 'https://api.ibkr.com/oauth2/api/v1/token', `${state.origin}/oauth2/api/v1/token`],
    replayStore: state.tokenIds,
    now,
  })
  if (!verified.ok) {
    const explanation = explainJwt(verified, request.clientAssertion)
    return refuseProblem(record, {
      ok: false,
      status: 400,
      error: 'The access token request is invalid',
      explanation,
    })
  }
  record.client = verified.clientId
  const granted = request.scope.filter((scope) => clients.find(verified.clientId)?.scopes.includes(scope))
  if (granted.length === 0) {
    return refuseProblem(record, refused(400, 'None of the scopes can be granted', 'scope-missing'))
  }
  const issued = await issueAccessToken({ clientId: verified.clientId, scope: granted }, await serverKey(), {
    now,
    lifetimeSeconds: settings.accessTokenLifetimeSeconds,
  })
  const bearer = {
    kind: 'gateway',
    clientId: verified.clientId,
    scopes: new Set(granted),
    expiresAtMs: now() + issued.expires_in * 1000,
  } as const
  if (!state.bearers.set(issued.access_token, bearer, now())) {
    return refuseProblem(record, refused(503, 'Service Unavailable', 'store-full'))
  }
  record.verdict = 'accepted'
  return json(issued, 200, { 'cache-control': 'no-store' })
}

/** The client that a JWT says it is from, if it says so; nothing is believed of it before it is verified. */
function issuerOf(token: string): string | undefined {
  const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
  return isObject(claims) ? textOf(claims.iss) : undefined
}

/** The key that signs access tokens is made when the first one is asked for: most sandboxes never need it. */
function lazily<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}
