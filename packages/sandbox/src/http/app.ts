import type { Faults } from '../faults/faults.ts'
import type { RequestLog } from '../log/request-log.ts'
import type { World } from '../state/world.ts'
import { apiError } from './replies.ts'
import { addAdminRoutes } from './routes/admin.ts'
import { addAuthorizeRoutes } from './routes/authorize.ts'
import { addGatewayRoutes } from './routes/gateway.ts'
import { addLegacyRoutes } from './routes/legacy.ts'
import { addOauth1Routes } from './routes/oauth1.ts'
import { addPageRoutes } from './routes/pages.ts'
import { addResourceRoutes } from './routes/resources.ts'
import { addSessionRoutes } from './routes/sessions.ts'
import { addTokenRoute } from './routes/token.ts'
import { createRouter, type Router, settling } from './routing.ts'
import { unknownPath } from './unknown-path.ts'

/** Everything that routes need. */
export interface AppParts {
  readonly world: World
  readonly log: RequestLog
  readonly faults: Faults
}

/** All routes of the sandbox. Where none fits, IBKR's paths answer as IBKR does. */
export function createApp({ world, log, faults }: AppParts): Router {
  const router = createRouter()
  addOauth1Routes(router, world)
  addSessionRoutes(router, world)
  addResourceRoutes(router, world)
  addLegacyRoutes(router, world)
  addTokenRoute(router, world)
  addGatewayRoutes(router, world)
  addAuthorizeRoutes(router, world)
  addPageRoutes(router, world, log)
  addAdminRoutes(router, log, faults)
  const notFound = settling((exchange) => unknownPath(exchange, world))
  router.notFound(({ env }) => notFound(env.exchange))
  // The message of an unexpected error may quote the request; it goes to nobody.
  const failed = settling(() => apiError(500, 'Internal Server Error'))
  router.onError((_error, { env }) => failed(env.exchange))
  return router
}
