import type { Agent } from 'undici'
import type { ConnectionOptions } from './connection-options.ts'
import type { HttpDispatcher } from './dispatcher.ts'

/** Connections that are open, and how to close them. */
export interface OpenConnections extends HttpDispatcher {
  close(): Promise<void>
}

/** Loads undici and makes its agent for these options. */
export async function openConnections(options: ConnectionOptions): Promise<OpenConnections> {
  const { Agent, EnvHttpProxyAgent, ProxyAgent } = await import('undici')
  const agentOptions = describeAgent(options)
  const proxy = options.proxy ?? 'environment'
  if (proxy === false) return new Agent(agentOptions)
  if (proxy === 'environment') return new EnvHttpProxyAgent(agentOptions)
  return new ProxyAgent({ ...agentOptions, uri: proxy.toString() })
}

function describeAgent(options: ConnectionOptions): Agent.Options {
  return {
    pipelining: 1,
    connect: { timeout: options.connectTimeoutMs ?? 10_000 },
    keepAliveTimeout: options.keepAliveMs ?? 4_000,
    maxHeaderSize: options.maxHeaderBytes ?? 16_384,
  }
}
