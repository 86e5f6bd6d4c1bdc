import type { Agent, Client } from 'undici'
import type { ConnectionOptions } from './connection-options.ts'
import type { HttpDispatcher } from './dispatcher.ts'
import { createConnector } from './sockets.ts'
import { createStrictClient } from './strict-client.ts'

/** Connections that are open, and how to close them. */
export interface OpenConnections extends HttpDispatcher {
  close(): Promise<void>
  destroy(): Promise<void>
}

/** Loads undici and makes its agent for these options. */
export async function openConnections(options: ConnectionOptions): Promise<OpenConnections> {
  const undici = await import('undici')
  const connector = createConnector(undici.buildConnector, options)
  const maxIdleMs = options.unrepeatableMaxIdleMs ?? 4_000
  const makeClient = (origin: URL, general: Client.Options): Client =>
    createStrictClient(
      (connect) => new undici.Client(origin, { ...general, connect }),
      connector.connect,
      maxIdleMs,
    )
  const agent = new undici.Agent({
    ...agentOptions(options),
    connect: connector.connect,
    factory: (origin, general) => new undici.Pool(origin, { ...general, factory: makeClient }),
  })
  return {
    dispatch: (request, handler) => agent.dispatch(request, handler),
    close: () => agent.close(),
    async destroy() {
      const destroyed = agent.destroy()
      connector.destroy()
      await destroyed
    },
  }
}

function agentOptions(options: ConnectionOptions): Agent.Options {
  return {
    // One request at a time on a connection: a broken one must not take others with it, nor have them sent again.
    pipelining: 1,
    allowH2: false,
    connections: options.maxConnections ?? null,
    keepAliveTimeout: options.keepAliveMs ?? 4_000,
    maxHeaderSize: options.maxHeaderBytes ?? 16_384,
  }
}
