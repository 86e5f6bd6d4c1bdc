import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Wire } from './exchange.ts'
import type { Handler } from './handler.ts'
import { writeAnswer } from './write-answer.ts'

/** A server that listens; requests wait until a handler is set. */
export interface Listening {
  /** Such as `http://127.0.0.1:4000`. */
  readonly origin: string
  handleWith(handler: Handler): void
  close(): Promise<void>
}

/** Slow clients are cut off: headers within 10 s, the whole request within 30 s. */
const limits = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 }

/** Listens on a host and port; port 0 takes a free one. */
export async function listen(host: string, port: number): Promise<Listening> {
  let listener: ((incoming: IncomingMessage, outgoing: ServerResponse) => void) | undefined
  const waiting: (readonly [IncomingMessage, ServerResponse])[] = []
  const server = createServer(limits, (incoming, outgoing) => {
    if (listener === undefined) waiting.push([incoming, outgoing])
    else listener(incoming, outgoing)
  })
  await started(server, host, port)
  return {
    origin: originOf(server, host),
    handleWith: (handler) => {
      listener = listenerFor(handler)
      for (const [incoming, outgoing] of waiting.splice(0)) listener(incoming, outgoing)
    },
    close: () => closed(server),
  }
}

/** Tells the HTTP library that the answer has been written. */
const alreadySent = new Response(null, { headers: { 'x-hono-already-sent': 'true' } })

function listenerFor(handler: Handler): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const listener = getRequestListener(
    (request, env) => {
      const wire = env as Wire
      const answer = handler(request, wire, true)
      const write = (written: Awaited<typeof answer>): Response => {
        writeAnswer(written, wire)
        return alreadySent
      }
      return answer instanceof Promise ? answer.then(write) : write(answer)
    },
    {
      // A library leaves the globals of its user alone.
      overrideGlobalObjects: false,
      errorHandler: () => new Response('Bad Request\n', { status: 400 }),
      hostname: 'missing.invalid',
    },
  )
  return (incoming, outgoing) => {
    void listener(incoming, outgoing)
  }
}

function started(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function originOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
