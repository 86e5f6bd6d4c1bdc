import { type ConnectionDispatcher, createDispatcher } from './create-dispatcher.ts'
import type { HttpDispatcher } from './dispatcher.ts'

let users = 0
let connections: ConnectionDispatcher | undefined

/** Carries the requests of all transports that bring no connections of their own. Open as long as one of them is. */
export const sharedDispatcher: HttpDispatcher = {
  dispatch(request, handler) {
    connections ??= createDispatcher()
    return connections.dispatch(request, handler)
  },
}

/**
 * Counts a transport in.
 *
 * @returns Counts it out; after the last one, the connections are closed.
 */
export function useSharedDispatcher(): () => Promise<void> {
  users++
  return async () => {
    users--
    if (users > 0 || !connections) return
    const closing = connections
    connections = undefined
    await closing.destroy()
  }
}
