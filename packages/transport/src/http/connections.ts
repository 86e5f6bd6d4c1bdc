import { Socket } from 'node:net'
import type { Agent, buildConnector, Dispatcher } from 'undici'
import { TransportError } from '../errors.ts'
import type { HttpDispatcher } from './dispatcher.ts'

/** A certificate or key as TLS takes it: PEM text or bytes, or several. */
export type TlsMaterial = string | Uint8Array | readonly (string | Uint8Array)[]

/** How connections are made. */
export interface ConnectionOptions {
  /**
   * URL of an HTTP proxy; `'environment'` goes by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; `false` uses none.
   * Default `'environment'`.
   */
  readonly proxy?: string | URL | 'environment' | false | undefined
  readonly tls?: TlsOptions | undefined
  /** Connections to one origin at the most. Default: as many as there are requests at once. */
  readonly maxConnections?: number | undefined
  /** How long a connection may take to open, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined
  /** How long an idle connection is kept, in milliseconds. Default 4,000. */
  readonly keepAliveMs?: number | undefined
  /** Largest head of a reply, in bytes. Default 16,384. */
  readonly maxHeaderBytes?: number | undefined
}

/** Certificates. There is no way to switch their verification off. */
export interface TlsOptions {
  /** Certificate authorities to trust in place of the well-known ones. */
  readonly ca?: TlsMaterial | undefined
  /** Client certificate. */
  readonly cert?: TlsMaterial | undefined
  /** Private key of the client certificate. */
  readonly key?: TlsMaterial | undefined
  readonly passphrase?: string | undefined
  /** Name to ask for and to verify, if it is not the URL's host. */
  readonly servername?: string | undefined
}

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
