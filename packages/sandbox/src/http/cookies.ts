import type { ApiSession } from '../state/api-session.ts'
import type { Exchange } from './exchange.ts'

/**
 * Sets the cookies `api` and `x-sess-uuid` with the first answer of a session. IBKR marks them Secure; over plain http
 * a cookie jar would then keep them back, so the mark follows the scheme.
 */
export function withSessionCookies(response: Response, exchange: Exchange, session: ApiSession): Response {
  if (session.cookiesSent) return response
  session.cookiesSent = true
  const isSecure = exchange.scheme === 'https'
  const attributes = `Path=/${isSecure ? '; Secure' : ''}; HttpOnly${isSecure ? '; SameSite=None' : ''}`
  response.headers.append('set-cookie', `api=${session.cookie}; ${attributes}`)
  response.headers.append('set-cookie', `x-sess-uuid=${session.uuid}; ${attributes}`)
  return response
}
