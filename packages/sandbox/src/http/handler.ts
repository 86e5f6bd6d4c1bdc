import { maskTarget } from '../explain/mask.ts'
import { answerWithFault } from '../faults/answer-with-fault.ts'
import type { FaultRules } from '../faults/fault-rules.ts'
import type { LogEntry } from '../log/entry.ts'
import type { RequestLog } from '../log/request-log.ts'
import type { World } from '../state/world.ts'
import type { Answer } from './answer.ts'
import { entryObjection } from './entry-checks.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { httpDate } from './http-date.ts'
import { isApiPath } from './paths.ts'
import type { Received } from './received.ts'
import type { Reply } from './replies.ts'
import { type Router, routed } from './routing.ts'

/** Answers one request, with a socket beneath it or without. */
export type Handler = (received: Received) => Answer | Promise<Answer>

/** Puts the parts together: checks at the door, faults, the routes, the log. */
export function createHandler(router: Router, world: World, rules: FaultRules, log: RequestLog): Handler {
  let lastId = 0
  const finish = (exchange: Exchange, reply: Reply): Reply => {
    if (!isOwnPage(exchange)) log.add(entryOf(exchange, reply.status))
    const { status, headers, body } = reply
    const date = httpDate(world.clock.nowMs())
    return { status, headers: { ...headers, 'x-sandbox-request': String(exchange.id), date }, body }
  }
  const route = (exchange: Exchange): Reply | Promise<Reply> =>
    entryObjection(exchange, world) ?? routed(router, exchange)
  return (received) => {
    const exchange = openExchange(received, ++lastId, world.clock.nowMs())
    const rule = isApiPath(exchange.path) ? rules.strike(exchange.method, exchange.path) : undefined
    if (rule !== undefined) return answerWithFault(rule, exchange, world, { route, finish, log })
    const reply = route(exchange)
    return reply instanceof Promise ? reply.then((late) => finish(exchange, late)) : finish(exchange, reply)
  }
}

/** Whoever looks at the log or sets a fault is not what the log is about, unless they were refused. */
function isOwnPage({ path, verdict }: Exchange): boolean {
  return verdict === 'open' && (path === '/' || path.startsWith('/_sandbox/'))
}

/** The entry of the log for a finished request. */
export function entryOf(exchange: Exchange, status: number): LogEntry {
  const { id, receivedAtMs, method, target, verdict, client, signedAs, explanation, fault } = exchange
  const entry: Writable<LogEntry> = {
    id,
    atMs: receivedAtMs,
    method,
    target: maskTarget(target),
    status,
    verdict,
  }
  // A spread for each would cost more than the rest of the log.
  if (client !== undefined) entry.client = client
  if (signedAs !== undefined) entry.signedAs = signedAs
  if (explanation !== undefined) entry.explanation = explanation
  if (fault !== undefined) entry.fault = fault
  return entry
}

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] }
