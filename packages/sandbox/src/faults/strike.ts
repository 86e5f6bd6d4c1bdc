import { entryOf } from '../log/entry.ts'
import type { RequestLog } from '../log/request-log.ts'
import type { RequestRecord } from '../request/record.ts'
import { type Answer, cdnPage, json, type Reply } from '../request/reply.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import type { FaultRule } from './rule.ts'

/** The way of a request without faults. */
export interface Way {
  readonly route: (record: RequestRecord) => Reply | Promise<Reply>
  readonly finish: (record: RequestRecord, reply: Reply) => Reply
  readonly log: RequestLog
}

/** Lets a fault happen to a request: in place of the work, after it, or to its answer. */
export async function strikeWithFault(
  rule: FaultRule,
  record: RequestRecord,
  state: SandboxState,
  { route, finish, log }: Way,
): Promise<Answer> {
  record.fault = describe(rule)
  if (rule.kind === 'delay') {
    await state.settings.wait(rule.ms, state.closing.signal)
    return finish(record, await route(record))
  }
  if (rule.kind === 'truncate') {
    const reply = finish(record, await route(record))
    return { reply, breaksAfterBytes: rule.bytes ?? Math.floor(Buffer.byteLength(reply.body) / 2) }
  }
  if ('when' in rule && rule.when === 'after') await route(record)
  else record.verdict = 'fault'
  if (rule.kind !== 'drop') return finish(record, instead(rule))
  log.add(entryOf(record, 0))
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
