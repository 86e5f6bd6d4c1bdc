import { isSandboxError } from '../../errors.ts'
import { checkFaultRule } from '../../faults/fault-rule.ts'
import type { Faults } from '../../faults/faults.ts'
import { applyStateChange } from '../../faults/state-change.ts'
import type { RequestLog } from '../../log/request-log.ts'
import { bodyFields } from '../body-fields.ts'
import type { Exchange } from '../exchange.ts'
import { crossOriginObjection } from '../own-origin.ts'
import { readBody } from '../read-body.ts'
import { json, type Reply, text } from '../replies.ts'
import { addRoute, type RouteHandler, type Router } from '../routing.ts'

const longestBody = 65_536

/** Log, faults and state over HTTP, for tests in other languages. */
export function addAdminRoutes(router: Router, log: RequestLog, faults: Faults): void {
  const add = (method: string, path: string, handler: RouteHandler): void => {
    addRoute(router, [method], `/_sandbox/${path}`, (exchange) => guarded(exchange, handler))
  }
  add('GET', 'log', (exchange) => json(bodyFields(exchange).show === 'refused' ? log.refused : log.entries))
  add('DELETE', 'log', () => done(() => log.clear()))
  add('GET', 'faults', () => json(faults.list()))
  add('POST', 'faults', (exchange) => json({ id: faults.add(checkFaultRule(jsonBody(exchange))).id }, 201))
  add('DELETE', 'faults', () => done(() => faults.clear()))
  add('DELETE', 'faults/:id', ({ path }) =>
    done(() => faults.remove(Number(path.slice(path.lastIndexOf('/') + 1)))),
  )
  add('POST', 'state', (exchange) => done(() => applyStateChange(faults, jsonBody(exchange))))
}

/**
 * A form on another site could post here, but not with this media type; and the browser says where the call comes from.
 */
async function guarded(exchange: Exchange, handler: RouteHandler): Promise<Reply> {
  const objection = crossOriginObjection(exchange)
  if (objection !== undefined) return objection
  if (exchange.method === 'POST') {
    const type = exchange.headers.get('content-type') ?? ''
    if (!/^\s*application\/json\s*(?:;|$)/i.test(type)) return text(415, 'Send application/json.\n')
    if ((await readBody(exchange, longestBody)) === undefined) return text(413, 'The body is too long.\n')
  }
  try {
    return await handler(exchange)
  } catch (error) {
    if (isSandboxError(error)) return json({ error: error.message }, 400)
    throw error
  }
}

function jsonBody({ body }: Exchange): unknown {
  try {
    return JSON.parse(Buffer.from(body ?? []).toString('utf8'))
  } catch {
    return undefined
  }
}

function done(work: () => void): Reply {
  work()
  return { status: 204, headers: {}, body: '' }
}
