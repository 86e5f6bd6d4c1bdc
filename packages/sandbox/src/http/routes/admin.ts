import { invalidInput, isSandboxError } from '../../errors.ts'
import type { Faults } from '../../faults/faults.ts'
import { checkFaultRule } from '../../faults/rule.ts'
import { applyStateChange } from '../../faults/state-change.ts'
import type { RequestLog } from '../../log/request-log.ts'
import type { MarketScript } from '../../market/market-script.ts'
import { isJsonType, isObject, parseJson, readBody, readFields, textOf } from '../../request/body.ts'
import type { RequestRecord } from '../../request/record.ts'
import { json, type Reply, text } from '../../request/reply.ts'
import { type Approval, approve } from '../../state/consent.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import type { Streams } from '../../ws/streams.ts'
import { crossOriginObjection } from '../door.ts'
import type { RouteHandler, Router } from '../router.ts'

const longestBody = 65_536

/** What the admin endpoints work on. */
export interface AdminParts {
  readonly state: SandboxState
  readonly log: RequestLog
  readonly faults: Faults
  readonly market: MarketScript
  readonly streams: Streams
}

/** Log, faults, state and consent over HTTP, for tests in other languages. */
export function addAdminRoutes(router: Router, parts: AdminParts): void {
  const { state, log, faults } = parts
  const add = (method: string, path: string, handler: RouteHandler): void => {
    router.add([method], `/_sandbox/${path}`, (record, parameters) =>
      guarded(record, () => handler(record, parameters)),
    )
  }
  add('GET', 'log', (record) => json(readFields(record)?.show === 'refused' ? log.refused : log.entries))
  add('DELETE', 'log', () => done(() => log.clear()))
  add('GET', 'frames', () => json(parts.streams.frames.entries))
  add('DELETE', 'frames', () => done(() => parts.streams.frames.clear()))
  add('GET', 'faults', () => json(faults.list()))
  add('POST', 'faults', (record) => json({ id: faults.add(checkFaultRule(jsonBody(record))).id }, 201))
  add('DELETE', 'faults', () => done(() => faults.clear()))
  add('DELETE', 'faults/:id', (_record, { id }) => done(() => faults.remove(Number(id))))
  add('POST', 'state', (record) => done(() => applyStateChange(parts, jsonBody(record))))
  add('POST', 'approve', (record) => json(approved(state, jsonBody(record))))
}

function approved(state: SandboxState, input: unknown): Approval {
  const { requestToken, username, redirectUri } = isObject(input) ? input : {}
  const token = textOf(requestToken)
  if (token === undefined)
    throw invalidInput('requestToken must be the oauth_token that request_token answered')
  return approve(state, token, { username: textOf(username), redirectUri: textOf(redirectUri) })
}

/**
 * A form on another site could post here, but not with this media type; and the browser says where the call comes from.
 */
async function guarded(record: RequestRecord, answer: () => Reply | Promise<Reply>): Promise<Reply> {
  const objection = crossOriginObjection(record)
  if (objection !== undefined) return objection
  if (record.method === 'POST') {
    if (!isJsonType(record.headers.get('content-type'))) return text(415, 'Send application/json.\n')
    if ((await readBody(record, longestBody)) === undefined) return text(413, 'The body is too long.\n')
  }
  try {
    return await answer()
  } catch (error) {
    if (isSandboxError(error)) return json({ error: error.message }, 400)
    throw error
  }
}

function jsonBody({ body }: RequestRecord): unknown {
  return parseJson(Buffer.from(body ?? []).toString('utf8'))
}

function done(work: () => void): Reply {
  work()
  return { status: 204, headers: {}, body: '' }
}
