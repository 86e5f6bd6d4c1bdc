import { Socket } from 'node:net'
import type { buildConnector } from 'undici'

/** Makes connections and remembers their sockets. */
export interface TrackedConnector {
  readonly connect: buildConnector.connector
  /** Destroys every socket, also those that are still connecting: those undici leaves to their timeout. */
  destroy(): void
}

/** Puts a memory around a connector of undici's. */
export function trackSockets(connector: buildConnector.connector): TrackedConnector {
  const sockets = new Set<Socket>()
  return {
    connect(options, callback) {
      // Undici's connectors return their socket, though their type does not say so.
      const socket: unknown = connector(options, callback)
      if (!(socket instanceof Socket)) return
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    },
    destroy() {
      for (const socket of sockets) socket.destroy(new Error('the dispatcher was destroyed'))
    },
  }
}
