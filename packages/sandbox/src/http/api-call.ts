import { explained } from '../explain/known-refusals.ts'
import type { ApiSession } from '../state/api-session.ts'
import type { World } from '../state/world.ts'
import { verifySsoBearer } from '../verify/bearer.ts'
import { verifyOauth1 } from '../verify/oauth1.ts'
import { type Refused, refused } from '../verify/refused.ts'
import { withSessionCookies } from './cookies.ts'
import type { Exchange } from './exchange.ts'
import { readBody } from './read-body.ts'
import { refuseApi } from './refuse.ts'
import { apiError, type Reply } from './replies.ts'

/** A call of the Web API whose caller is known. */
export interface ApiCall {
  readonly exchange: Exchange
  readonly world: World
  readonly session: ApiSession
  readonly nowMs: number
}

/** Answers an authenticated call. */
export type ApiHandler = (call: ApiCall) => Reply

/** What a call needs beside a session. */
export type Needs = 'session' | 'brokerage' | 'accounts'

/** Authenticates a call by signature or SSO bearer, checks that its session has what it needs, and answers it. */
export function apiCall(
  exchange: Exchange,
  world: World,
  needs: Needs,
  handler: ApiHandler,
): Reply | Promise<Reply> {
  const hasBody = exchange.method !== 'GET' && exchange.method !== 'HEAD'
  if (!hasBody) return authenticated(exchange, world, needs, handler)
  return readBody(exchange, world.settings.maximumBodyBytes).then((body) =>
    body === undefined
      ? refuseApi(exchange, refused(413, 'Payload Too Large', 'body-too-large'))
      : authenticated(exchange, world, needs, handler),
  )
}

function authenticated(exchange: Exchange, world: World, needs: Needs, handler: ApiHandler): Reply {
  const session = authenticate(exchange, world)
  if ('ok' in session) return refuseApi(exchange, session)
  if (session.loggedOut) return refuseApi(exchange, refused(410, 'Gone', 'logged-out'))
  exchange.verdict = 'accepted'
  const nowMs = world.clock.nowMs()
  const call = { exchange, world, session, nowMs }
  const response = lacking(call, needs) ?? handler(call)
  // After the work: a call must not keep alive the session whose silence it ends.
  session.lastActivityMs = nowMs
  return withSessionCookies(response, exchange, session)
}

function authenticate(exchange: Exchange, world: World): ApiSession | Refused {
  if (/^\s*Bearer\b/i.test(exchange.headers.get('authorization') ?? '')) {
    const verified = verifySsoBearer(exchange, world)
    return verified.ok ? verified.bearer.session : verified
  }
  const verified = verifyOauth1(exchange, world, 'api')
  if (!verified.ok) return verified
  const liveSession = verified.found.liveSession?.()
  return liveSession?.session ?? refused(401, 'Unauthorized', 'lst-missing')
}

function lacking({ exchange, world, session, nowMs }: ApiCall, needs: Needs): Reply | undefined {
  if (needs === 'session') return undefined
  const { authenticated: hasBridge, established } = world.brokerage.status(session, nowMs)
  if (!hasBridge) {
    exchange.explanation = explained('no-brokerage-session')
    return apiError(400, 'Bad Request: no bridge')
  }
  if (needs === 'accounts' && !established) {
    exchange.explanation = explained('accounts-not-loaded')
    return apiError(500, 'Please query /accounts first')
  }
  return undefined
}
