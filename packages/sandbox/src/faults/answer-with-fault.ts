import type { Answer } from '../http/answer.ts'
import type { Exchange } from '../http/exchange.ts'
import { entryOf } from '../http/handler.ts'
import { cdnPage, json, type Reply } from '../http/replies.ts'
import type { RequestLog } from '../log/request-log.ts'
import type { World } from '../state/world.ts'
import type { FaultRule } from './fault-rule.ts'

/** The way of a request without faults. */
export interface Way {
  readonly route: (exchange: Exchange) => Reply | Promise<Reply>
  readonly finish: (exchange: Exchange, reply: Reply) => Reply
  readonly log: RequestLog
}

/** Lets a fault happen to a request: in place of the work, after it, or to its answer. */
export async function answerWithFault(
  rule: FaultRule,
  exchange: Exchange,
  world: World,
  { route, finish, log }: Way,
): Promise<Answer> {
  exchange.fault = describe(rule)
  if (rule.kind === 'delay') {
    await world.settings.wait(rule.ms)
    return finish(exchange, await route(exchange))
  }
  if (rule.kind === 'truncate') {
    const reply = finish(exchange, await route(exchange))
    return { reply, breaksAfterBytes: rule.bytes ?? Math.floor(Buffer.byteLength(reply.body) / 2) }
  }
  if ('when' in rule && rule.when === 'after') await route(exchange)
  else exchange.verdict = 'fault'
  if (rule.kind !== 'drop') return finish(exchange, instead(rule))
  log.add(entryOf(exchange, 0))
  return { reply: undefined }
}

function instead(rule: Exclude<FaultRule, { kind: 'delay' | 'truncate' | 'drop' }>): Reply {
  if (rule.kind === 'html') return cdnPage(rule.status ?? 403, 'Access Denied')
  if (rule.kind === 'garbage') return { ...json(''), body: '{"orders":[{"acct":"DU12' }
  if (rule.kind === 'pacing') {
    const { retryAfterSeconds: seconds } = rule
    const headers = seconds === undefined ? {} : { 'retry-after': String(seconds) }
    return json({ error: 'Too many requests', statusCode: 429 }, 429, headers)
  }
  const { status, body, contentType } = rule
  const usual = json({ error: 'Fault of the sandbox', statusCode: status }, status)
  return {
    status,
    headers: contentType === undefined ? usual.headers : { 'content-type': contentType },
    body: body ?? usual.body,
  }
}

function describe(rule: FaultRule): string {
  if (rule.kind === 'status') return `status ${rule.status}`
  if (rule.kind === 'delay') return `delay ${rule.ms} ms`
  if (rule.kind === 'drop') return `drop ${rule.when ?? 'before'} the work`
  return rule.kind
}
