import type { IncomingMessage } from 'node:http'
import type { Explanation } from '../explain/types.ts'
import { routePathOf } from './paths.ts'

/** Reads headers by their names in lower case; a header that came several times is joined by commas. */
export interface HeaderReader {
  get(name: string): string | null
  has(name: string): boolean
}

/** A request as it came, over a socket or in memory. */
export interface Received {
  readonly method: string
  /** Scheme of the connection. */
  readonly scheme: string
  /** The Host header, or the host of the URL in memory. */
  readonly host: string
  /** Path and query as they stand on the request line. */
  readonly target: string
  readonly headers: HeaderReader
  /** The body, to be read once. */
  readonly chunks: () => AsyncIterable<Uint8Array>
  /** True if the headers are those of the wire: nothing that an HTTP client adds is missing. */
  readonly asSent: boolean
}

/**
 * - `accepted`: authenticated by signature or bearer.
 * - `refused`: not let through; the explanation says why.
 * - `open`: needs no authentication (pages, approval).
 * - `fault`: answered by a fault in place of the sandbox.
 */
export type Verdict = 'accepted' | 'refused' | 'open' | 'fault'

/** A request on its way through the sandbox, with what is found out about it. */
export interface RequestRecord extends Received {
  readonly id: number
  readonly receivedAtMs: number
  /** The target without its query, as it was sent. */
  readonly path: string
  /** The path as routes and checks read it. */
  readonly routePath: string
  /** Read once, when a handler needs it. */
  body: Uint8Array | undefined
  verdict: Verdict
  client: string | undefined
  signedAs: string | undefined
  explanation: Explanation | undefined
  fault: string | undefined
}

/** Opens the record of a request. */
export function openRecord(received: Received, id: number, receivedAtMs: number): RequestRecord {
  const { method, scheme, host, target, headers, chunks, asSent } = received
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
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
    path,
    routePath: routePathOf(path),
    body: undefined,
    verdict: 'open',
    client: undefined,
    signedAs: undefined,
    explanation: undefined,
    fault: undefined,
  }
}

/** A request that came over a socket. */
export function receivedOverSocket(incoming: IncomingMessage): Received {
  const { method = 'GET', url = '/' } = incoming
  const headers = new RawHeaders(incoming.rawHeaders)
  const { scheme, host, target } = url.startsWith('/')
    ? {
        scheme: 'encrypted' in incoming.socket ? 'https' : 'http',
        host: headers.get('host') ?? '',
        target: url,
      }
    : splitUrl(url)
  // Without `destroyOnReturn: false` the socket would go before the refusal of an overlong body is sent.
  const chunks = (): AsyncIterable<Uint8Array> => incoming.iterator({ destroyOnReturn: false })
  return { method, scheme, host, target, headers, chunks, asSent: true }
}

/** A request in memory, as `fetch` would take it, or with all headers as they would be sent. */
export function receivedInMemory(request: Request, asSent: boolean): Received {
  const { method, headers, url } = request
  return { method, ...splitUrl(url), headers, chunks: () => streamed(request.body), asSent }
}

/** Looks names up in what the parser gives, which keeps a header that came twice. */
class RawHeaders implements HeaderReader {
  readonly #raw: readonly string[]

  constructor(raw: readonly string[]) {
    this.#raw = raw
  }

  get(name: string): string | null {
    const raw = this.#raw
    let found: string | null = null
    for (let index = 0; index < raw.length; index += 2) {
      const candidate = raw[index] as string
      if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue
      const value = raw[index + 1] as string
      found = found === null ? value : `${found}, ${value}`
    }
    return found
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }
}

/** Splits without a WHATWG parser, which would repair what has to be seen as it was sent. */
function splitUrl(url: string): Pick<Received, 'scheme' | 'host' | 'target'> {
  const match = /^([a-z]+):\/\/([^/?#]*)([^#]*)/i.exec(url)
  const rest = match?.[3] ?? ''
  return {
    scheme: (match?.[1] ?? '').toLowerCase(),
    host: match?.[2] ?? '',
    target: rest.startsWith('/') ? rest : `/${rest}`,
  }
}

async function* streamed(body: ReadableStream<Uint8Array> | null): AsyncIterable<Uint8Array> {
  if (body === null) return
  const reader = body.getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
}
