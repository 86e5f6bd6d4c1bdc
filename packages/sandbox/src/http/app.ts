import type { Faults } from '../faults/faults.ts'
import type { RequestLog } from '../log/request-log.ts'
import { isApiPath } from '../request/paths.ts'
import type { RequestRecord } from '../request/record.ts'
import { apiError, problem, type Reply, text } from '../request/reply.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { apiCall } from './api-call.ts'
import { gatewayCall } from './gateway-call.ts'
import { Router } from './router.ts'
import { addAdminRoutes } from './routes/admin.ts'
import { addAuthorizeRoutes } from './routes/authorize.ts'
import { addGatewayRoutes } from './routes/gateway.ts'
import { addLegacyRoutes } from './routes/legacy.ts'
import { addOauth1Routes } from './routes/oauth1.ts'
import { addPageRoutes } from './routes/pages.ts'
import { addResourceRoutes } from './routes/resources.ts'
import { addSessionRoutes } from './routes/sessions.ts'
import { addTokenRoute } from './routes/token.ts'

/** Everything that routes need. */
export interface AppParts {
  readonly state: SandboxState
  readonly log: RequestLog
  readonly faults: Faults
}

/** Finds the reply for a request that the door has let in. */
export type App = (record: RequestRecord) => Reply | Promise<Reply>

/** All routes of the sandbox. Where none fits, IBKR's paths answer as IBKR does. */
export function createApp({ state, log, faults }: AppParts): App {
  const router = new Router()
  addOauth1Routes(router, state)
  addSessionRoutes(router, state)
  addResourceRoutes(router, state)
  addLegacyRoutes(router, state)
  addTokenRoute(router, state)
  addGatewayRoutes(router, state)
  addAuthorizeRoutes(router, state)
  addPageRoutes(router, state, log)
  addAdminRoutes(router, log, faults)
  return (record) => router.answer(record, () => unknownPath(record, state))
}

/** Answers a path that has no route: as IBKR does, which is after authentication, or as a web server does. */
function unknownPath(record: RequestRecord, state: SandboxState): Reply | Promise<Reply> {
  const { routePath } = record
  if (routePath.startsWith('/gw')) return gatewayCall(record, state, undefined, noEndpoint)
  if (routePath.startsWith('/oauth2')) return noEndpoint()
  if (isApiPath(routePath)) return apiCall(record, state, 'session', () => apiError(404, 'Not Found'))
  return text(404, 'There is no such page.\n')
}

function noEndpoint(): Reply {
  return problem(404, 'Not Found', 'There is no such endpoint')
}
