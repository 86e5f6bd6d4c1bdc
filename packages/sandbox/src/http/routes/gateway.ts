import type { RequestRecord } from '../../request/record.ts'
import { json, type Reply } from '../../request/reply.ts'
import type { GatewayBearer } from '../../state/bearers.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { type GatewayHandler, gatewayCall, signedBody } from '../gateway-call.ts'
import type { Router } from '../router.ts'
import { openBrowserSession, openSsoSession } from './sso-sessions.ts'

const base = '/gw/api/v1'

const routes: readonly (readonly [method: string, path: string, scope: string, handler: GatewayHandler])[] = [
  ['POST', '/sso-sessions', 'sso-sessions.write', openSsoSession],
  ['POST', '/sso-browser-sessions', 'sso-browser-sessions.write', openBrowserSession],
  ['GET', '/echo/https', 'echo.read', echo],
  ['POST', '/echo/signed-jwt', 'echo.write', echoSigned],
  ['GET', '/accounts', 'accounts.read', accounts],
  ['POST', '/accounts', 'accounts.write', instructed],
  ['PATCH', '/accounts', 'accounts.write', instructed],
]

/** The gateway: a bearer of the token endpoint, a scope for each endpoint, signed bodies where the policy wants them. */
export function addGatewayRoutes(router: Router, state: SandboxState): void {
  for (const [method, path, scope, handler] of routes) {
    router.add([method], base + path, (record) => gatewayCall(record, state, scope, handler))
  }
}

function echo(record: RequestRecord): Reply {
  return json(echoed(record, 'HTTPS'))
}

async function echoSigned(record: RequestRecord, state: SandboxState, bearer: GatewayBearer): Promise<Reply> {
  const body = await signedBody(record, state, bearer)
  return body.ok ? json(echoed(record, 'SIGNED_JWT')) : body.reply
}

/** Takes an instruction about accounts, and does nothing about it. */
async function instructed(record: RequestRecord, state: SandboxState, bearer: GatewayBearer): Promise<Reply> {
  const body = await signedBody(record, state, bearer)
  return body.ok ? json({ instructionSetId: record.id, status: 'PENDING' }, 202) : body.reply
}

function echoed({ method, target, path }: RequestRecord, securityPolicy: string): object {
  const query = new URLSearchParams(target.slice(path.length + 1))
  return { requestMethod: method, securityPolicy, queryParameters: Object.fromEntries(query) }
}

function accounts(_record: RequestRecord, state: SandboxState, bearer: GatewayBearer): Reply {
  const usernames = state.clients.find(bearer.clientId)?.credentials ?? []
  const ids = new Set(usernames.flatMap((username) => state.users.accountIds(username)))
  return json({ accounts: [...ids].map((accountId) => ({ accountId, status: 'O' })) })
}
