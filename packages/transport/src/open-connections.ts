import type { Agent, Dispatcher } from 'undici'
import type { ConnectionOptions, TlsMaterial, TlsOptions } from './connection-options.ts'
import type { HttpDispatcher } from './dispatcher.ts'
import { type TrackedConnector, trackSockets } from './track-sockets.ts'
import { TransportError } from './transport-error.ts'

/** Connections that are open, and how to close them. */
export interface OpenConnections extends HttpDispatcher {
  close(): Promise<void>
  destroy(): Promise<void>
}

/** Makes sure that the options can be meant, while whoever gave them is still there to hear of it. */
export function checkConnectionOptions(options: ConnectionOptions): void {
  const { proxy } = options
  if (proxy === undefined || proxy === false || proxy === 'environment') return
  const protocol = URL.canParse(proxy.toString()) ? new URL(proxy).protocol : ''
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TransportError(
      'ERR_TRANSPORT_INVALID_INPUT',
      "connection.proxy must be an http or https URL, 'environment' or false",
    )
  }
}

/** Loads undici and makes its agent for these options. */
export async function openConnections(options: ConnectionOptions): Promise<OpenConnections> {
  const undici = await import('undici')
  const sockets = trackSockets(undici.buildConnector(connectOptions(options)))
  const tunnels = trackSockets(undici.buildConnector({ timeout: connectTimeout(options) }))
  const agent = openAgent(undici, options, sockets, tunnels)
  return {
    dispatch: (request, handler) => agent.dispatch(request, handler),
    close: () => agent.close(),
    async destroy() {
      const destroyed = agent.destroy()
      sockets.destroy()
      tunnels.destroy()
      await destroyed
    },
  }
}

function openAgent(
  { Agent, EnvHttpProxyAgent, Pool, ProxyAgent }: typeof import('undici'),
  options: ConnectionOptions,
  sockets: TrackedConnector,
  tunnels: TrackedConnector,
): Dispatcher {
  const { proxy = 'environment' } = options
  const general = { ...agentOptions(options), connect: sockets.connect }
  if (proxy === false || (proxy === 'environment' && !environmentNamesProxy())) return new Agent(general)
  const proxied = {
    ...general,
    requestTls: connectOptions(options),
    clientFactory: (origin: URL) => new Pool(origin, { connect: tunnels.connect }),
  }
  return proxy === 'environment'
    ? new EnvHttpProxyAgent(proxied)
    : new ProxyAgent({ ...proxied, uri: proxy.toString() })
}

function environmentNamesProxy(): boolean {
  return ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].some((name) => Boolean(process.env[name]))
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

function connectTimeout(options: ConnectionOptions): number {
  return options.connectTimeoutMs ?? 10_000
}

function connectOptions(options: ConnectionOptions): { timeout: number } & Record<string, unknown> {
  return { timeout: connectTimeout(options), ...describeTls(options.tls ?? {}) }
}

function describeTls(tls: TlsOptions): Record<string, unknown> {
  const described: Record<string, unknown> = {}
  if (tls.ca !== undefined) described.ca = copyMaterial(tls.ca)
  if (tls.cert !== undefined) described.cert = copyMaterial(tls.cert)
  if (tls.key !== undefined) described.key = copyMaterial(tls.key)
  if (tls.passphrase !== undefined) described.passphrase = tls.passphrase
  if (tls.servername !== undefined) described.servername = tls.servername
  return described
}

/** Node's TLS takes buffers and mutable lists only. */
function copyMaterial(material: TlsMaterial): (string | Buffer)[] {
  const list = typeof material === 'string' || material instanceof Uint8Array ? [material] : material
  return list.map((one) => (typeof one === 'string' ? one : Buffer.from(one)))
}
