import { Hono } from 'hono'
import type { Faults } from '../faults/faults.ts'
import type { RequestLog } from '../log/request-log.ts'
import type { World } from '../state/world.ts'
import type { Bindings } from './exchange.ts'
import { isApiPath } from './paths.ts'
import { apiError, text } from './replies.ts'
import { addGatewayRoutes } from './routes/gateway.ts'
import { addLegacyRoutes } from './routes/legacy.ts'
import { addOauth1Routes } from './routes/oauth1.ts'
import { addResourceRoutes } from './routes/resources.ts'
import { addSessionRoutes } from './routes/sessions.ts'
import { addTokenRoute } from './routes/token.ts'

/** Everything that routes need. */
export interface AppParts {
  readonly world: World
  readonly log: RequestLog
  readonly faults: Faults
}

/** All routes of the sandbox. Where none fits, IBKR's paths answer as IBKR does. */
export function createApp({ world }: AppParts): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>()
  addOauth1Routes(app, world)
  addSessionRoutes(app, world)
  addResourceRoutes(app, world)
  addLegacyRoutes(app, world)
  addTokenRoute(app, world)
  addGatewayRoutes(app, world)
  app.notFound(({ env }) =>
    isApiPath(env.exchange.path) ? apiError(404, 'Not Found') : text(404, 'There is no such page.\n'),
  )
  // The message of an unexpected error may quote the request; it goes to nobody.
  app.onError(() => apiError(500, 'Internal Server Error'))
  return app
}
