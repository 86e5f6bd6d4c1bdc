import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { receivedOverSocket } from '../request/record.ts'
import { type Answer, apiError } from '../request/reply.ts'
import type { Handler } from './handler.ts'
import { answerUpgrade, serveWithoutUpgrade, type UpgradeArguments, wantsWebSocket } from './upgrade.ts'
import { writeAnswer } from './write-reply.ts'

/** A server that listens; requests wait until a handler is set. */
export interface Listening {
  /** Such as `http://127.0.0.1:4000`. */
  readonly origin: string
  handleWith(handler: Handler): void
  close(): Promise<void>
}

/** Slow clients are cut off: headers within 10 s, the whole request within 30 s. */
const limits = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 }

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** Key and certificate of a server that speaks TLS, PEM. */
export interface TlsFiles {
  readonly key: string
  readonly cert: string
}

/** Listens on a host and port; port 0 takes a free one. */
export async function listen(host: string, port: number, tls?: TlsFiles | undefined): Promise<Listening> {
  let listener: Listener | undefined
  const waiting: Parameters<Listener>[] = []
  let upgrade: ((asked: UpgradeArguments) => void) | undefined
  const upgrading: UpgradeArguments[] = []
  const receive: Listener = (incoming, outgoing) => {
    if (listener === undefined) waiting.push([incoming, outgoing])
    else listener(incoming, outgoing)
  }
  const server =
    tls === undefined ? createServer(limits, receive) : createTlsServer({ ...limits, ...tls }, receive)
  server.on('upgrade', (...asked: UpgradeArguments) => {
    if (!wantsWebSocket(asked[0])) serveWithoutUpgrade(server, asked)
    else if (upgrade === undefined) upgrading.push(asked)
    else upgrade(asked)
  })
  const sockets = trackedSockets(server)
  await started(server, host, port)
  return {
    origin: originOf(server, host, tls === undefined ? 'http' : 'https'),
    handleWith: (handler) => {
      const ready = listenerFor(handler)
      listener = ready
      for (const early of waiting.splice(0)) ready(...early)
      upgrade = (asked) => answerUpgrade(handler, asked)
      for (const early of upgrading.splice(0)) upgrade(early)
    },
    close: () => closed(server, sockets),
  }
}

function listenerFor(handler: Handler): Listener {
  return (incoming, outgoing) => {
    const answer = handler(receivedOverSocket(incoming))
    if (!(answer instanceof Promise)) {
      writeAnswer(answer, outgoing)
      return
    }
    const write = (late: Answer): void => writeAnswer(late, outgoing)
    answer.then(write, () => write(apiError(500, 'Internal Server Error')))
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

function originOf(server: Server, host: string, scheme: string): string {
  const { port } = server.address() as AddressInfo
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `${scheme}://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`
}

function trackedSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

/** Cuts every connection, those too that no longer speak HTTP and that the server has let go of. */
function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}
