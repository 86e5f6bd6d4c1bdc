import type { World } from '../state/world.ts'
import { apiCall } from './api-call.ts'
import type { Exchange } from './exchange.ts'
import { isApiPath } from './paths.ts'
import { apiError, problem, type Reply, text } from './replies.ts'
import { gatewayCall } from './routes/gateway.ts'

/** Answers a path that has no route: as IBKR does, which is after authentication, or as a web server does. */
export function unknownPath(exchange: Exchange, world: World): Reply | Promise<Reply> {
  const { path } = exchange
  if (path.startsWith('/gw')) return gatewayCall(exchange, world, undefined, noEndpoint)
  if (path.startsWith('/oauth2')) return noEndpoint()
  if (isApiPath(path)) return apiCall(exchange, world, 'session', () => apiError(404, 'Not Found'))
  return text(404, 'There is no such page.\n')
}

function noEndpoint(): Reply {
  return problem(404, 'Not Found', 'There is no such endpoint')
}
