import { ibkrMethodsOf } from '../explain/ibkr-operations.ts'
import { explained } from '../explain/known-refusals.ts'
import type { Explanation } from '../explain/types.ts'
import { isApiPath, operationPath } from '../request/paths.ts'
import type { RequestRecord } from '../request/record.ts'
import { apiError, problem, type Reply, text } from '../request/reply.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { addStreamRoute } from '../ws/route.ts'
import { apiCall } from './api-call.ts'
import { gatewayCall } from './gateway-call.ts'
import { Router } from './router.ts'
import { addAccountRoutes } from './routes/accounts.ts'
import { type AdminParts, addAdminRoutes } from './routes/admin.ts'
import { addAuthorizeRoutes } from './routes/authorize.ts'
import { addContractRoutes } from './routes/contracts.ts'
import { addGatewayRoutes } from './routes/gateway.ts'
import { addLegacyRoutes } from './routes/legacy.ts'
import { addMarketDataRoutes } from './routes/market-data.ts'
import { addOauth1Routes } from './routes/oauth1.ts'
import { addOrderListRoutes } from './routes/order-lists.ts'
import { addOrderRoutes } from './routes/orders.ts'
import { addPageRoutes } from './routes/pages.ts'
import { addPortfolioRoutes } from './routes/portfolio.ts'
import { addSessionRoutes } from './routes/sessions.ts'
import { addTokenRoute } from './routes/token.ts'

/** Finds the reply for a request that the door has let in. */
export type App = (record: RequestRecord) => Reply | Promise<Reply>

/** All routes of the sandbox. Where none fits, IBKR's paths answer as IBKR does. */
export function createApp(parts: AdminParts): App {
  const { state } = parts
  const router = new Router()
  addOauth1Routes(router, state)
  addSessionRoutes(router, state)
  addAccountRoutes(router, state)
  addContractRoutes(router, state)
  addMarketDataRoutes(router, state)
  addOrderRoutes(router, state)
  addOrderListRoutes(router, state)
  addPortfolioRoutes(router, state)
  addLegacyRoutes(router, state)
  addStreamRoute(router, state, parts.streams)
  addTokenRoute(router, state)
  addGatewayRoutes(router, state)
  addAuthorizeRoutes(router, state)
  addPageRoutes(router, parts)
  addAdminRoutes(router, parts)
  return (record) => router.answer(record, () => unknownPath(record, state))
}

/** Answers a path that has no route: as IBKR does, which is after authentication, or as a web server does. */
function unknownPath(record: RequestRecord, state: SandboxState): Reply | Promise<Reply> {
  const { routePath } = record
  if (routePath.startsWith('/gw')) return gatewayCall(record, state, undefined, noEndpoint)
  if (routePath.startsWith('/oauth2')) return noEndpoint(record)
  if (isApiPath(routePath))
    return apiCall(record, state, 'session', ({ record: asked }) => noOperation(asked))
  return text(404, 'There is no such page.\n')
}

/** Says whether it is the sandbox that lacks the operation, or IBKR. */
function noOperation(record: RequestRecord): Reply {
  record.explanation = lackExplained(record)
  return apiError(404, 'Not Found')
}

function lackExplained({ method, routePath }: RequestRecord): Explanation {
  const methods = ibkrMethodsOf(operationPath(routePath))
  if (methods.includes(method)) return explained('not-in-sandbox')
  const detail = methods.length === 0 ? undefined : `IBKR has ${methods.join(' and ')} of this path.`
  return explained('no-such-operation', detail)
}

function noEndpoint(record: RequestRecord): Reply {
  record.explanation = lackExplained(record)
  return problem(404, 'Not Found', 'There is no such endpoint')
}
