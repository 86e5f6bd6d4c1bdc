import type { GatewayBearer } from '../../state/bearers.ts'
import { accountId, type World } from '../../state/world.ts'
import { verifyGatewayBearer } from '../../verify/bearer.ts'
import { refused } from '../../verify/refused.ts'
import type { Exchange } from '../exchange.ts'
import { refuseProblem } from '../refuse.ts'
import { json, type Reply } from '../replies.ts'
import { addRoute, type Router } from '../routing.ts'
import { signedBody } from '../signed-body.ts'
import { openBrowserSession, openSsoSession } from '../sso-sessions.ts'

type Handler = (exchange: Exchange, world: World, bearer: GatewayBearer) => Reply | Promise<Reply>

const base = '/gw/api/v1'

const routes: readonly (readonly [method: string, path: string, scope: string, handler: Handler])[] = [
  ['POST', '/sso-sessions', 'sso-sessions.write', openSsoSession],
  ['POST', '/sso-browser-sessions', 'sso-browser-sessions.write', openBrowserSession],
  ['GET', '/echo/https', 'echo.read', echo],
  ['POST', '/echo/signed-jwt', 'echo.write', echoSigned],
  ['GET', '/accounts', 'accounts.read', accounts],
]

/** The gateway: a bearer of the token endpoint, a scope for each endpoint, signed bodies where the policy wants them. */
export function addGatewayRoutes(router: Router, world: World): void {
  for (const [method, path, scope, handler] of routes) {
    addRoute(router, [method], base + path, (exchange) => gatewayCall(exchange, world, scope, handler))
  }
}

/** Answers a gateway request whose bearer is good and has the scope that is wanted, if one is. */
export function gatewayCall(
  exchange: Exchange,
  world: World,
  scope: string | undefined,
  handler: Handler,
): Reply | Promise<Reply> {
  const verified = verifyGatewayBearer(exchange, world)
  if (!verified.ok) return refuseProblem(exchange, verified)
  if (scope !== undefined && !verified.bearer.scopes.has(scope)) {
    const error = 'The access token fails to have sufficient scope'
    return refuseProblem(exchange, refused(403, error, 'scope-missing', `The endpoint wants ${scope}.`))
  }
  exchange.verdict = 'accepted'
  return handler(exchange, world, verified.bearer)
}

function echo(exchange: Exchange): Reply {
  return json(echoed(exchange, 'HTTPS'))
}

async function echoSigned(exchange: Exchange, world: World, bearer: GatewayBearer): Promise<Reply> {
  const body = await signedBody(exchange, world, bearer)
  return body.ok ? json(echoed(exchange, 'SIGNED_JWT')) : body.reply
}

function echoed({ method, target, path }: Exchange, securityPolicy: string): object {
  const query = new URLSearchParams(target.slice(path.length + 1))
  return { requestMethod: method, securityPolicy, queryParameters: Object.fromEntries(query) }
}

function accounts(): Reply {
  return json({ accounts: [{ accountId, status: 'O' }] })
}
