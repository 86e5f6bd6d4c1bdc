import { isTrue } from '../../request/body.ts'
import { currentBases } from '../../request/paths.ts'
import { apiError, json, type Reply } from '../../request/reply.ts'
import { serverInfo } from '../../state/account-list.ts'
import type { ApiSession } from '../../state/api-session.ts'
import type { BrokerageStatus } from '../../state/brokerage-sessions.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { type ApiCall, type ApiRoute, addApiRoutes } from '../api-call.ts'
import type { Router } from '../router.ts'

const mac = '98:F2:B3:23:BF:A0'

const routes: readonly ApiRoute[] = [
  [['POST', 'GET'], '/iserver/auth/ssodh/init', 'session', init],
  [['POST', 'GET'], '/iserver/auth/status', 'session', status],
  [['POST', 'GET'], '/tickle', 'session', tickle],
  [['GET'], '/sso/validate', 'session', validate],
  [['POST'], '/logout', 'session', logout],
]

/** The endpoints that open, keep alive and end sessions (OpenAPI 2.40.0, IBKR Web API documentation). */
export function addSessionRoutes(router: Router, state: SandboxState): void {
  addApiRoutes(router, state, currentBases, routes)
}

function init({ fields, state, session, nowMs }: ApiCall): Reply {
  if (fields.publish !== undefined && !isTrue(fields.publish)) {
    return json({ error: 'failed to generate sso dh token' }, 500)
  }
  // Asking for the session is a sign of life: without it a stale holder would look idle to itself.
  session.lastActivityMs = nowMs
  return json(statusBody(state.brokerage.init(session, isTrue(fields.compete), nowMs)))
}

function status({ state, session, nowMs }: ApiCall): Reply {
  return json(statusBody(state.brokerage.status(session, nowMs)))
}

function tickle({ state, session, nowMs }: ApiCall): Reply {
  const current = state.brokerage.status(session, nowMs)
  const ofSso =
    session.kind === 'sso' ? { ssoExpires: session.expiresAtMs - nowMs, userId: userId(session) } : {}
  return json({
    session: session.cookie,
    ...ofSso,
    collission: false,
    hmds: { error: 'no bridge' },
    iserver: { authStatus: statusBody(current) },
  })
}

function validate({ state, session, nowMs }: ApiCall): Reply {
  const loginType = state.users.isPaper(session.username) ? 2 : 1
  if (session.kind !== 'sso') return apiError(400, 'Bad Request: sso/validate takes an SSO bearer')
  return json({
    USER_ID: userId(session),
    USER_NAME: session.username,
    RESULT: true,
    AUTH_TIME: session.createdAtMs,
    SF_ENABLED: false,
    IS_FREE_TRIAL: false,
    CREDENTIAL: session.username,
    IP: session.ip,
    EXPIRES: session.expiresAtMs - nowMs,
    QUALIFIED_FOR_MOBILE_AUTH: null,
    LANDING_APP: 'UNIVERSAL',
    IS_MASTER: false,
    lastAccessed: session.lastActivityMs,
    LOGIN_TYPE: loginType,
    loginType,
    IS_PENDING_APPLICANT: false,
    SF_CONFIG: '',
    CREDENTIAL_TYPE: 1,
    HARDWARE_INFO: `${session.cookie.slice(0, 8)}|00:00:00:00:00:00`,
    UNIQUE_LOGIN_ID: userId(session),
    COUNTERPARTY: '',
    took: 1,
    PAPER_USER_NAME: session.username,
    features: {
      env: 'PROD',
      wlms: true,
      realtime: true,
      bond: true,
      optionChains: true,
      calendar: true,
      newMf: true,
    },
    region: 'NJ',
  })
}

function logout({ state, session }: ApiCall): Reply {
  state.brokerage.end(session)
  session.loggedOut = true
  return json({ status: true })
}

/** Without any brokerage session IBKR leaves `established` and the server out. */
function statusBody({ established, ...state }: BrokerageStatus): object {
  const { authenticated, competing, connected } = state
  if (!connected) return { authenticated, competing, connected, MAC: mac }
  return { authenticated, established, competing, connected, message: '', MAC: mac, serverInfo, fail: '' }
}

/** A number of nine digits that stays the same for a username. */
function userId({ username }: ApiSession): number {
  let sum = 0
  for (const character of username) sum = (sum * 31 + character.charCodeAt(0)) % 900_000_000
  return 100_000_000 + sum
}
