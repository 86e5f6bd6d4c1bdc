import { SandboxError } from '../errors.ts'
import type { Exchange } from '../http/exchange.ts'
import { entryOf } from '../http/handler.ts'
import { cdnPage } from '../http/replies.ts'
import type { RequestLog } from '../log/request-log.ts'
import type { World } from '../state/world.ts'
import { cutWire, truncated } from './broken-answers.ts'
import type { FaultRule } from './fault-rule.ts'

type Route = (exchange: Exchange) => Response | Promise<Response>
type Finish = (exchange: Exchange, response: Response) => Response

/** Lets a fault happen to a request: in place of the work, after it, or to its answer. */
export async function answerWithFault(
  rule: FaultRule,
  exchange: Exchange,
  world: World,
  route: Route,
  finish: Finish,
  log: RequestLog,
): Promise<Response> {
  exchange.fault = describe(rule)
  if (rule.kind === 'delay') {
    await world.settings.wait(rule.ms)
    return finish(exchange, await route(exchange))
  }
  if (rule.kind === 'truncate') {
    const answer = finish(exchange, await route(exchange))
    return truncated(answer, rule.bytes, exchange.wire)
  }
  if ('when' in rule && rule.when === 'after') await route(exchange)
  else exchange.verdict = 'fault'
  if (rule.kind !== 'drop') return finish(exchange, instead(rule))
  log.add(entryOf(exchange, 0))
  const cut = cutWire(exchange.wire)
  if (cut !== undefined) return cut
  throw new SandboxError('ERR_SANDBOX_CONNECTION_DROPPED', 'A fault dropped the connection', {
    cause: Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
  })
}

function instead(rule: Exclude<FaultRule, { kind: 'delay' | 'truncate' | 'drop' }>): Response {
  if (rule.kind === 'html') return cdnPage(rule.status ?? 403, 'Access Denied')
  if (rule.kind === 'garbage') {
    return new Response('{"orders":[{"acct":"DU12', {
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
  }
  if (rule.kind === 'pacing') {
    const { retryAfterSeconds } = rule
    return new Response(JSON.stringify({ error: 'Too many requests', statusCode: 429 }), {
      status: 429,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      },
    })
  }
  const { status, body, contentType } = rule
  const isEmpty = status === 204 || status === 205 || status === 304
  const text = body ?? JSON.stringify({ error: 'Fault of the sandbox', statusCode: status })
  return new Response(isEmpty ? null : text, {
    status,
    headers: { 'content-type': contentType ?? 'application/json; charset=utf-8' },
  })
}

function describe(rule: FaultRule): string {
  if (rule.kind === 'status') return `status ${rule.status}`
  if (rule.kind === 'delay') return `delay ${rule.ms} ms`
  if (rule.kind === 'drop') return `drop ${rule.when ?? 'before'} the work`
  return rule.kind
}
