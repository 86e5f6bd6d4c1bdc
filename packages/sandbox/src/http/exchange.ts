import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Explanation } from '../explain/explanation.ts'
import type { Verdict } from '../log/entry.ts'
import type { Reply } from './replies.ts'

/** What the network layer knows of a request; absent for a request in memory. */
export interface Wire {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** A request on its way through the sandbox, with what is found out about it. */
export interface Exchange {
  readonly id: number
  readonly receivedAtMs: number
  readonly method: string
  /** Scheme of the connection. */
  readonly scheme: string
  /** The Host header, or the host of the URL in memory. */
  readonly host: string
  /** Path and query as they stand on the request line. */
  readonly target: string
  /** The target without its query. */
  readonly path: string
  readonly headers: Headers
  readonly request: Request
  readonly wire: Wire | undefined
  /** True if the headers are those of the wire: nothing that an HTTP client adds is missing. */
  readonly asSent: boolean
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
export function openExchange(
  request: Request,
  wire: Wire | undefined,
  asSent: boolean,
  id: number,
  receivedAtMs: number,
): Exchange {
  const { scheme, host, target } = wire === undefined ? fromUrl(request.url) : fromWire(wire.incoming)
  const query = target.indexOf('?')
  return {
    id,
    receivedAtMs,
    method: wire?.incoming.method ?? request.method,
    scheme,
    host,
    target,
    path: query === -1 ? target : target.slice(0, query),
    headers: request.headers,
    request,
    wire,
    asSent,
    body: undefined,
    verdict: 'open',
    client: undefined,
    signedAs: undefined,
    explanation: undefined,
    fault: undefined,
    reply: undefined,
  }
}

interface Target {
  readonly scheme: string
  readonly host: string
  readonly target: string
}

function fromWire(incoming: IncomingMessage): Target {
  const target = incoming.url ?? '/'
  if (!target.startsWith('/')) return fromUrl(target)
  return { scheme: 'http', host: onlyHost(incoming), target }
}

/** The Host header; empty if there is none, or more than one (RFC 9112 3.2 wants such a request refused). */
function onlyHost({ rawHeaders, headers }: IncomingMessage): string {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') count++
  }
  return count === 1 ? (headers.host ?? '') : ''
}

/** Splits without a WHATWG parser, which would repair what has to be seen as it was sent. */
function fromUrl(url: string): Target {
  const match = /^([a-z]+):\/\/([^/?#]*)([^#]*)/i.exec(url)
  const rest = match?.[3] ?? ''
  return {
    scheme: (match?.[1] ?? '').toLowerCase(),
    host: match?.[2] ?? '',
    target: rest.startsWith('/') ? rest : `/${rest}`,
  }
}
