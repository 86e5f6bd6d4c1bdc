import type { ApiSession } from '../state/api-session.ts'
import type { Exchange } from './exchange.ts'
import type { Reply } from './replies.ts'

/**
 * Sets the cookies `api` and `x-sess-uuid` with the first answer of a session. IBKR marks them Secure; over plain http
 * a cookie jar would then keep them back, so the mark follows the scheme.
 */
export function withSessionCookies(reply: Reply, exchange: Exchange, session: ApiSession): Reply {
  if (session.cookiesSent) return reply
  session.cookiesSent = true
  const isSecure = exchange.scheme === 'https'
  const attributes = `Path=/${isSecure ? '; Secure' : ''}; HttpOnly${isSecure ? '; SameSite=None' : ''}`
  const cookies = [`api=${session.cookie}; ${attributes}`, `x-sess-uuid=${session.uuid}; ${attributes}`]
  return { ...reply, headers: { ...reply.headers, 'set-cookie': cookies } }
}
