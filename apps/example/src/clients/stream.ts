import { createStream, type Stream, type StreamOptions, type StreamTicket } from '@ibkr-auth/streaming'
import type { Session } from '@ibkr-auth/transport/session'

/** Where a session's WebSocket lies, and what lets it in. */
export interface StreamAccess {
  /** `https://api.ibkr.com/v1/api`; the WebSocket is below it. */
  readonly baseUrl: string
  /** Asked before each connection: the access token of OAuth 1.0a, or the SSO bearer of the moment. */
  readonly query: () => StreamTicket['query']
  /** Times of the connection, where the defaults do not fit. */
  readonly rules?: StreamOptions['rules'] | undefined
}

/** Quotes, orders and trades as they come, let in by the same session; it connects with the first subscription. */
export function openStream(session: Session, { baseUrl, query, rules }: StreamAccess): Stream {
  return createStream({
    url: `${baseUrl.replace(/^http/, 'ws')}/ws`,
    async connect({ signal }) {
      await session.ready({ brokerage: true, signal })
      const tickle = await session.post('/tickle', { signal })
      return { query: query(), session: tickle.json<{ session: string }>().session }
    },
    onCredential: (listener) => session.onCredential(listener),
    rules,
  })
}
