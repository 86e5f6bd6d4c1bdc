import {
  importSigningKey,
  issueAccessToken,
  readTokenRequest,
  type SigningKey,
  verifyClientAssertion,
} from '@ibkr-auth/sso-jwt'
import { generateRsaKey } from '../../credentials/keys.ts'
import { findClientKey } from '../../state/oauth2-client.ts'
import type { World } from '../../state/world.ts'
import { explainJwt } from '../../verify/jwt-refusals.ts'
import { refused } from '../../verify/refused.ts'
import type { Exchange } from '../exchange.ts'
import { readBody } from '../read-body.ts'
import { refuseProblem } from '../refuse.ts'
import { json, type Reply } from '../replies.ts'
import { addRoute, type Router } from '../routing.ts'

/** `POST /oauth2/api/v1/token` with the grant `client_credentials` and a client assertion (RFC 7523 2.2). */
export function addTokenRoute(router: Router, world: World): void {
  const serverKey = lazily(async () => importSigningKey(await generateRsaKey(2048)))
  addRoute(router, ['POST'], '/oauth2/api/v1/token', (exchange) => handle(exchange, world, serverKey))
}

async function handle(
  exchange: Exchange,
  world: World,
  serverKey: () => Promise<SigningKey>,
): Promise<Reply> {
  const body = await readBody(exchange, world.settings.maximumBodyBytes)
  if (body === undefined) return refuseProblem(exchange, refused(413, 'Payload Too Large', 'body-too-large'))
  if (!/^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(exchange.headers.get('content-type') ?? '')) {
    const wanted = 'application/x-www-form-urlencoded is expected.'
    return refuseProblem(
      exchange,
      refused(400, 'The token request is not a form', 'wrong-content-type', wanted),
    )
  }
  const request = readTokenRequest(Buffer.from(body).toString('utf8'))
  if (!request.ok) {
    return refuseProblem(
      exchange,
      refused(400, request.message, 'malformed-token-request', `${request.message}.`),
    )
  }
  const { clock, client, settings } = world
  const now = (): number => clock.nowMs()
  const verified = await verifyClientAssertion(request.clientAssertion, {
    findKey: (keyId) => findClientKey(client, keyId),
    audience: ['/token', 'https://api.ibkr.com/oauth2/api/v1/token', `${world.origin}/oauth2/api/v1/token`],
    replayStore: world.assertionIds,
    now,
  })
  if (!verified.ok) {
    const explanation = explainJwt(verified, request.clientAssertion)
    return refuseProblem(exchange, {
      ok: false,
      status: 400,
      error: 'The access token request is invalid',
      explanation,
    })
  }
  exchange.client = verified.clientId
  const granted = request.scope.filter((scope) => client.scopes.includes(scope))
  if (granted.length === 0) {
    return refuseProblem(exchange, refused(400, 'None of the scopes can be granted', 'scope-missing'))
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
  if (!world.bearers.set(issued.access_token, bearer, now())) {
    return refuseProblem(exchange, refused(503, 'Service Unavailable', 'store-full'))
  }
  exchange.verdict = 'accepted'
  return json(issued, 200, { 'cache-control': 'no-store' })
}

/** The key that signs access tokens is made when the first one is asked for: most sandboxes never need it. */
function lazily<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}
