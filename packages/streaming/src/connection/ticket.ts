import { invalidInput } from '../errors.ts'
import type { StreamTicket } from '../options.ts'
import type { SocketAddress } from './socket.ts'

/**
 * What `connect()` answered, checked and read once: it goes into a URL and a header. The token stays in what holds it.
 *
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 */
export function checkTicket(ticket: StreamTicket): StreamTicket {
  const { query, session } = ticket ?? {}
  const { name, value } = query ?? {}
  if (name !== 'oauth_token' && name !== 'bearer_token') {
    throw invalidInput('connect() must answer query.name "oauth_token" or "bearer_token".')
  }
  if (typeof session !== 'string' || !/^[\w.~+/=-]{1,512}$/.test(session)) {
    throw invalidInput('connect() must answer the session of a fresh tickle, letters and digits.')
  }
  const checked: StreamTicket = { query: { name, value: value ?? '' }, session }
  tokenOf(checked)
  return checked
}

function tokenOf({ query: { value } }: StreamTicket): string {
  const token: unknown = typeof value === 'object' ? value.reveal() : value
  if (typeof token === 'string' && /^[\x21-\x7e]{1,16384}$/.test(token)) return token
  throw invalidInput('connect() must answer a token in query.value.')
}

/**
 * Where the socket leads: the token in the query, percent-encoded, since a base64 `+` would not survive; the session as
 * cookie.
 *
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT` if the token is no longer one.
 */
export function addressOf(url: string, userAgent: string, ticket: StreamTicket): SocketAddress {
  return {
    url: `${url}?${ticket.query.name}=${encodeURIComponent(tokenOf(ticket))}`,
    headers: { cookie: `api=${ticket.session}`, 'user-agent': userAgent },
  }
}

/** The second way, for a server that found no usable cookie. */
export function sessionMessage({ session }: StreamTicket): string {
  return JSON.stringify({ session })
}
