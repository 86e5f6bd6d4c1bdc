import { explained } from '../explain/known-refusals.ts'
import { type Fields, readBody, readFields } from '../request/body.ts'
import { operationPath } from '../request/paths.ts'
import type { RequestRecord } from '../request/record.ts'
import { apiError, type Reply } from '../request/reply.ts'
import type { ApiSession } from '../state/api-session.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { verifySsoBearer } from '../verify/bearer.ts'
import { verifyOauth1 } from '../verify/oauth1.ts'
import { type Refused, refuseApi, refused } from '../verify/refused.ts'
import type { PathParameters, Router } from './router.ts'

/** A call of the Web API whose caller is known. */
export interface ApiCall {
  readonly record: RequestRecord
  readonly state: SandboxState
  readonly session: ApiSession
  readonly nowMs: number
  /** Query, form fields or members of the JSON body. */
  readonly fields: Fields
  /** The parts of the path that the route leaves open. */
  readonly parameters: PathParameters
}

/** Answers an authenticated call. */
export type ApiHandler = (call: ApiCall) => Reply

/** What a call needs beside a session. */
export type Needs = 'session' | 'brokerage' | 'accounts'

/** A row of a table of routes. */
export type ApiRoute = readonly [methods: readonly string[], path: string, needs: Needs, handler: ApiHandler]

/** Adds routes under each of the bases. */
export function addApiRoutes(
  router: Router,
  state: SandboxState,
  bases: readonly string[],
  routes: readonly ApiRoute[],
): void {
  for (const base of bases) {
    for (const [methods, path, needs, handler] of routes) {
      router.add(methods, base + path, (record, parameters) =>
        apiCall(record, state, needs, handler, parameters),
      )
    }
  }
}

/** Authenticates a call by signature or SSO bearer, checks that its session has what it needs, and answers it. */
export function apiCall(
  record: RequestRecord,
  state: SandboxState,
  needs: Needs,
  handler: ApiHandler,
  parameters: PathParameters = {},
): Reply | Promise<Reply> {
  const hasBody = record.method !== 'GET' && record.method !== 'HEAD'
  const answer = (): Reply => authenticated({ record, state, parameters }, needs, handler)
  if (!hasBody) return answer()
  return readBody(record, state.settings.maximumBodyBytes).then((body) =>
    body === undefined ? refuseApi(record, refused(413, 'Payload Too Large', 'body-too-large')) : answer(),
  )
}

/** A call whose caller is not known yet. */
type Asked = Pick<ApiCall, 'record' | 'state' | 'parameters'>

function authenticated(asked: Asked, needs: Needs, handler: ApiHandler): Reply {
  const { record, state } = asked
  const session = authenticate(record, state)
  if ('ok' in session) return refuseApi(record, session)
  if (session.loggedOut) return refuseApi(record, refused(410, 'Gone', 'logged-out'))
  const paced = pacingRefusal(asked, session)
  if (paced !== undefined) return paced
  const fields = readFields(record)
  if (fields === undefined) return refuseApi(record, refused(400, 'Bad Request', 'malformed-body'))
  record.verdict = 'accepted'
  const nowMs = state.clock.nowMs()
  const { parameters } = asked
  const call = { record, state, parameters, session, nowMs, fields }
  if (!record.routePath.includes('/iserver/reply/')) state.market.desk.voidQuestion(session.username)
  state.market.settle(nowMs)
  const response = lacking(call, needs) ?? handler(call)
  // After the work: a call must not keep alive the session whose silence it ends.
  session.lastActivityMs = nowMs
  return withSessionCookies(response, record, session)
}

/** 429 for a username that asks more often than IBKR allows, and for as long as it then stays in the penalty box. */
function pacingRefusal({ record, state }: Asked, { username }: ApiSession): Reply | undefined {
  const { pacing, clock } = state
  if (pacing === undefined) return undefined
  const refusal = pacing.refusal(username, record.method, operationPath(record.routePath), clock.nowMs())
  if (refusal === undefined) return undefined
  const untilMs = pacing.penaltyUntilMs(username, clock.nowMs()) ?? 0
  const until = `In the penalty box until ${new Date(untilMs).toISOString()}.`
  return refuseApi(
    record,
    refused(429, 'Too many requests', refusal === 'limit' ? 'paced' : 'penalty-box', until),
  )
}

function authenticate(record: RequestRecord, state: SandboxState): ApiSession | Refused {
  if (/^\s*Bearer\b/i.test(record.headers.get('authorization') ?? '')) {
    const verified = verifySsoBearer(record, state)
    return verified.ok ? verified.bearer.session : verified
  }
  const verified = verifyOauth1(record, state, 'api')
  if (!verified.ok) return verified
  const liveSession = verified.found.liveSession?.()
  return liveSession?.session ?? refused(401, 'Unauthorized', 'lst-missing')
}

function lacking({ record, state, session, nowMs }: ApiCall, needs: Needs): Reply | undefined {
  if (needs === 'session') return undefined
  const { authenticated: hasBridge, established } = state.brokerage.status(session, nowMs)
  if (!hasBridge) {
    record.explanation = explained('no-brokerage-session')
    return apiError(400, 'Bad Request: no bridge')
  }
  if (needs === 'accounts' && !established) {
    record.explanation = explained('accounts-not-loaded')
    return apiError(500, 'Please query /accounts first')
  }
  return undefined
}

/**
 * Sets the cookies `api` and `x-sess-uuid` with the first answer of a session. IBKR marks them Secure; over plain http
 * a cookie jar would then keep them back, so the mark follows the scheme.
 */
function withSessionCookies(reply: Reply, record: RequestRecord, session: ApiSession): Reply {
  if (session.cookiesSent) return reply
  session.cookiesSent = true
  const isSecure = record.scheme === 'https'
  const attributes = `Path=/${isSecure ? '; Secure' : ''}; HttpOnly${isSecure ? '; SameSite=None' : ''}`
  const cookies = [`api=${session.cookie}; ${attributes}`, `x-sess-uuid=${session.uuid}; ${attributes}`]
  return { ...reply, headers: { ...reply.headers, 'set-cookie': cookies } }
}
