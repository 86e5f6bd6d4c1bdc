import type { Hono } from 'hono'
import { maskTarget } from '../explain/mask.ts'
import { answerWithFault } from '../faults/answer-with-fault.ts'
import type { FaultRules } from '../faults/fault-rules.ts'
import type { LogEntry } from '../log/entry.ts'
import type { RequestLog } from '../log/request-log.ts'
import type { World } from '../state/world.ts'
import { entryObjection } from './entry-checks.ts'
import { type Bindings, type Exchange, openExchange, type Wire } from './exchange.ts'
import { httpDate } from './http-date.ts'
import { isApiPath } from './paths.ts'
import { apiError } from './replies.ts'

/** Answers one request, with a socket beneath it or without. */
export type Handler = (
  request: Request,
  wire: Wire | undefined,
  asSent: boolean,
) => Response | Promise<Response>

/** Puts the parts together: checks at the door, faults, the routes, the log. */
export function createHandler(
  app: Hono<{ Bindings: Bindings }>,
  world: World,
  rules: FaultRules,
  log: RequestLog,
): Handler {
  let lastId = 0
  const finish = (exchange: Exchange, response: Response): Response => {
    response.headers.set('x-sandbox-request', String(exchange.id))
    response.headers.set('date', httpDate(world.clock.nowMs()))
    log.add(entryOf(exchange, response.status))
    return response
  }
  const route = (exchange: Exchange): Response | Promise<Response> =>
    entryObjection(exchange, world) ?? app.fetch(exchange.request, { exchange })
  return (request, wire, asSent) => {
    const exchange = openExchange(request, wire, asSent, ++lastId, world.clock.nowMs())
    const rule = isApiPath(exchange.path) ? rules.strike(exchange.method, exchange.path) : undefined
    if (rule !== undefined) return answerWithFault(rule, exchange, world, route, finish, log)
    const response = route(exchange)
    if (response instanceof Response) return finish(exchange, response)
    return response.then(
      (answered) => finish(exchange, answered),
      // The client went away while its body was being read: nobody hears the answer, but the log does.
      () => finish(exchange, apiError(400, 'Bad Request')),
    )
  }
}

/** The entry of the log for a finished request. */
export function entryOf(exchange: Exchange, status: number): LogEntry {
  const { id, receivedAtMs, method, target, verdict, client, signedAs, explanation, fault } = exchange
  return {
    id,
    atMs: receivedAtMs,
    method,
    target: maskTarget(target),
    status,
    verdict,
    ...(client === undefined ? undefined : { client }),
    ...(signedAs === undefined ? undefined : { signedAs }),
    ...(explanation === undefined ? undefined : { explanation }),
    ...(fault === undefined ? undefined : { fault }),
  }
}
