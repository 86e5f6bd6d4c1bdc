import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import type { ConnectionOptions } from './connection-options.ts'
import { chooseProxy, type Destination } from './proxies.ts'
import { describeTls } from './tls.ts'
import { openTunnel, throughProxy } from './tunnel.ts'

/** Makes connections, straight or through a proxy, and remembers their sockets. */
export interface Connector {
  readonly connect: buildConnector.connector
  /** Destroys every socket, also those that are still connecting: those undici leaves to their timeout. */
  destroy(): void
}

/** What undici tells a connector; its type leaves out the socket of a tunnel. */
type ConnectOptions = buildConnector.Options

/** Puts proxies and a memory around undici's own connector. */
export function createConnector(
  build: (options: buildConnector.BuildOptions) => buildConnector.connector,
  options: ConnectionOptions,
): Connector {
  const timeoutMs = options.connectTimeoutMs ?? 10_000
  const direct = build({ timeout: timeoutMs, ...describeTls(options.tls ?? {}) })
  const proxyFor = chooseProxy(options.proxy ?? 'environment')
  const sockets = new Set<Socket>()
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  const straight = (asked: ConnectOptions, callback: buildConnector.Callback): void => {
    // Undici's connectors return their socket, though their type does not say so.
    const socket = direct(asked, callback) as unknown as Socket | undefined
    if (socket !== undefined) track(socket)
  }
  return {
    connect(asked, callback) {
      const told: buildConnector.Callback = (...result) => callback(...tellCuts(result))
      const destination = destinationOf(asked)
      const proxy = proxyFor(destination)
      if (proxy === undefined) {
        straight(asked, told)
        return
      }
      const input = { proxy, target: targetOf(destination), timeoutMs, onSocket: track }
      openTunnel(input, (failure, socket) => {
        if (socket === null) callback(failure ?? new Error('there is no tunnel'), null)
        else if (asked.protocol !== 'https:') told(null, socket)
        else {
          straight({ ...asked, httpSocket: socket }, (...[error, secure]) =>
            error === null ? told(null, secure) : callback(throughProxy(proxy, error), null),
          )
        }
      })
    },
    destroy() {
      for (const socket of sockets) socket.destroy(new Error('the dispatcher was destroyed'))
    },
  }
}

function destinationOf({ protocol, hostname, port }: ConnectOptions): Destination {
  return { protocol, hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) }
}

function targetOf({ hostname, port }: Destination): string {
  return hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`
}

type Result = Parameters<buildConnector.Callback>

/**
 * A body without a length lasts until the connection is closed. Undici takes one that is reset for closed if the error's
 * code is ECONNRESET, and the cut body for whole (RFC 9112 8 calls it incomplete): by another code it is an error.
 */
function tellCuts(result: Result): Result {
  const [, socket] = result
  socket?.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') error.code = 'ECONNRESET_NOT_CLOSED'
  })
  return result
}
