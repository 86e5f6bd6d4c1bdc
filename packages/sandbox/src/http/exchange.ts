import type { Explanation } from '../explain/explanation.ts'
import type { Verdict } from '../log/entry.ts'
import type { Received } from './received.ts'
import type { Reply } from './replies.ts'

/** A request on its way through the sandbox, with what is found out about it. */
export interface Exchange extends Received {
  readonly id: number
  readonly receivedAtMs: number
  /** The target without its query. */
  readonly path: string
  /** Read once, when a handler needs it. */
  body: Uint8Array | undefined
  verdict: Verdict
  client: string | undefined
  signedAs: string | undefined
  explanation: Explanation | undefined
  fault: string | undefined
  /** Set by the route. */
  reply: Reply | undefined
}

/** What travels with a request to its Hono handler. */
export interface Bindings {
  readonly exchange: Exchange
}

/** Opens the record of a request. */
export function openExchange(received: Received, id: number, receivedAtMs: number): Exchange {
  const { method, scheme, host, target, headers, chunks, asSent } = received
  const query = target.indexOf('?')
  return {
    method,
    scheme,
    host,
    target,
    headers,
    chunks,
    asSent,
    id,
    receivedAtMs,
    path: query === -1 ? target : target.slice(0, query),
    body: undefined,
    verdict: 'open',
    client: undefined,
    signedAs: undefined,
    explanation: undefined,
    fault: undefined,
    reply: undefined,
  }
}
