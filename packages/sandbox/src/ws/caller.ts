import { percentDecoded } from '../request/percent-decoded.ts'
import type { RequestRecord } from '../request/record.ts'
import { type ApiSession, hasEnded } from '../state/api-session.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { type Refused, refused } from '../verify/refused.ts'

/** Who opens a WebSocket. */
export interface StreamCaller {
  /** Sessions of the token that are good now; the cookie, or a message, names one of them. */
  readonly sessions: readonly ApiSession[]
  /** The one that the cookie names; undefined if it names none of them. */
  readonly session: ApiSession | undefined
}

/** Checks the token in the query of an upgrade, and the session in its cookie. IBKR wants no signature here. */
export function streamCaller(record: RequestRecord, state: SandboxState): StreamCaller | Refused {
  const query = new URLSearchParams(record.target.slice(record.path.length))
  const accessToken = query.getAll('oauth_token')
  const bearer = query.getAll('bearer_token')
  if (accessToken.length + bearer.length > 1) {
    return refused(400, 'Bad Request', 'duplicate-parameter', 'Send oauth_token or bearer_token, once.')
  }
  const sessions =
    accessToken[0] !== undefined
      ? sessionsOfAccessToken(accessToken[0], record, state)
      : bearer[0] !== undefined
        ? sessionsOfBearer(bearer[0], record, state)
        : refused(401, 'Unauthorized', 'stream-token-missing')
  if ('ok' in sessions) return sessions
  if (sessions.every(({ loggedOut }) => loggedOut)) return refused(401, 'Unauthorized', 'logged-out')
  const good = sessions.filter(({ loggedOut }) => !loggedOut)
  const named = sessionTexts(record.headers.get('cookie') ?? '')
  return { sessions: good, session: good.find(({ cookie, uuid }) => named.has(cookie) || named.has(uuid)) }
}

function sessionsOfAccessToken(
  value: string,
  record: RequestRecord,
  state: SandboxState,
): readonly ApiSession[] | Refused {
  const token = state.accessTokens.find(value)
  if (token === undefined) return refused(401, 'Unauthorized', 'unknown-token', mistakenToken(value, state))
  record.client = token.consumerKey
  if (token.liveSessions.length === 0) return refused(401, 'Unauthorized', 'lst-missing')
  const live = token.liveSessions.filter((one) => one.isLive(state.clock.nowMs()))
  return live.length === 0 ? refused(401, 'Unauthorized', 'lst-expired') : live.map(({ session }) => session)
}

/** What else was sent as `oauth_token`, if it is something that this sandbox has issued. */
function mistakenToken(value: string, state: SandboxState): string | undefined {
  const decoded = Buffer.from(value.replaceAll(' ', '+'), 'base64')
  const tokens = state.accessTokens.all()
  const isLiveSessionToken = tokens.some(({ liveSessions }) =>
    liveSessions.some((live) => decoded.equals(live.reveal())),
  )
  if (isLiveSessionToken) return 'It is the live session token: send the access token.'
  return state.bearers.get(value) === undefined ? undefined : 'It is a bearer: send it as bearer_token.'
}

function sessionsOfBearer(
  value: string,
  record: RequestRecord,
  state: SandboxState,
): readonly ApiSession[] | Refused {
  const bearer = state.bearers.get(value)
  const nowMs = state.clock.nowMs()
  if (bearer === undefined) return refused(401, 'Unauthorized', 'unknown-bearer', unencodedHint(value))
  if (bearer.kind !== 'sso') {
    const detail = 'An OAuth 2.0 access token was sent to /v1/api/ws.'
    return refused(401, 'Unauthorized', 'wrong-bearer', detail)
  }
  if (hasEnded(bearer.session, nowMs)) return refused(401, 'Unauthorized', 'bearer-expired')
  const address = state.settings.publicAddress
  if (address !== undefined && !bearer.addresses.includes(address)) {
    return refused(401, 'Unauthorized', 'address-mismatch')
  }
  record.client = bearer.session.username
  return [bearer.session]
}

function unencodedHint(value: string): string | undefined {
  return value.includes(' ') ? 'It has a space: percent-encode the value, + becomes %2B.' : undefined
}

/** Values of the cookies `api` and `x-sess-uuid`; some clients write `api={"session":"…"}`, as the gateway is fed. */
function sessionTexts(cookies: string): ReadonlySet<string> {
  const values = cookies.split(';').flatMap((pair) => {
    const [name = '', ...rest] = pair.trim().split('=')
    const value = percentDecoded(rest.join('=')).replace(/^"(.*)"$/, '$1')
    if (name !== 'api' && name !== 'x-sess-uuid') return []
    return [value, ...(/"session"\s*:\s*"([^"]*)"/.exec(value)?.slice(1) ?? [])]
  })
  return new Set(values)
}
