import type { FaultRules } from '../faults/rules.ts'
import { strikeWithFault } from '../faults/strike.ts'
import { entryOf } from '../log/entry.ts'
import type { RequestLog } from '../log/request-log.ts'
import { isApiPath } from '../request/paths.ts'
import { openRecord, type Received, type RequestRecord } from '../request/record.ts'
import { type Answer, apiError, type Reply } from '../request/reply.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import type { App } from './app.ts'
import { entryObjection } from './door.ts'

/** Answers one request, with a socket beneath it or without. */
export type Handler = (received: Received) => Answer | Promise<Answer>

/** Puts the parts together: checks at the door, faults, the routes, the log. */
export function createHandler(app: App, state: SandboxState, rules: FaultRules, log: RequestLog): Handler {
  let lastId = 0
  const dateText = dateHeader()
  const finish = (record: RequestRecord, reply: Reply): Reply => {
    if (!isOwnPage(record)) log.add(entryOf(record, reply.status))
    const date = dateText(state.clock.nowMs())
    return { ...reply, headers: { ...reply.headers, 'x-sandbox-request': String(record.id), date } }
  }
  const route = (record: RequestRecord): Reply | Promise<Reply> => {
    try {
      const reply = entryObjection(record, state) ?? app(record)
      return reply instanceof Promise ? reply.catch(unexpected) : reply
    } catch {
      return unexpected()
    }
  }
  return (received) => {
    const record = openRecord(received, ++lastId, state.clock.nowMs())
    const rule = isApiPath(record.routePath) ? rules.strike(record.method, record.path) : undefined
    if (rule !== undefined) return strikeWithFault(rule, record, state, { route, finish, log })
    const reply = route(record)
    return reply instanceof Promise ? reply.then((late) => finish(record, late)) : finish(record, reply)
  }
}

/** Writes moments as the `date` header has them; each second once, as node:http does with its own. */
function dateHeader(): (nowMs: number) => string {
  let lastSecond = Number.NaN
  let text = ''
  return (nowMs) => {
    const second = Math.floor(nowMs / 1000)
    if (second !== lastSecond) text = new Date(nowMs).toUTCString()
    lastSecond = second
    return text
  }
}

/** The message of an unexpected error may quote the request; it goes to nobody. */
function unexpected(): Reply {
  return apiError(500, 'Internal Server Error')
}

/** Whoever looks at the log or sets a fault is not what the log is about, unless they were refused. */
function isOwnPage({ path, verdict }: RequestRecord): boolean {
  return verdict === 'open' && (path === '/' || path.startsWith('/_sandbox/'))
}
