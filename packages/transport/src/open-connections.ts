import type { Agent, ProxyAgent } from 'undici'
import type { ConnectionOptions, TlsMaterial, TlsOptions } from './connection-options.ts'
import type { HttpDispatcher } from './dispatcher.ts'
import { TransportError } from './transport-error.ts'

/** Connections that are open, and how to close them. */
export interface OpenConnections extends HttpDispatcher {
  close(): Promise<void>
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
  const { Agent, EnvHttpProxyAgent, ProxyAgent } = await import('undici')
  const { proxy = 'environment' } = options
  if (proxy === false || (proxy === 'environment' && !environmentNamesProxy()))
    return new Agent(agentOptions(options))
  if (proxy === 'environment') return new EnvHttpProxyAgent(proxyOptions(options))
  return new ProxyAgent({ ...proxyOptions(options), uri: proxy.toString() })
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
    connect: connectOptions(options),
    keepAliveTimeout: options.keepAliveMs ?? 4_000,
    maxHeaderSize: options.maxHeaderBytes ?? 16_384,
  }
}

function proxyOptions(options: ConnectionOptions): Omit<ProxyAgent.Options, 'uri'> {
  const timeout = options.connectTimeoutMs ?? 10_000
  return { ...agentOptions(options), requestTls: connectOptions(options), proxyTls: { timeout } }
}

function connectOptions(options: ConnectionOptions): { timeout: number } & Record<string, unknown> {
  return { timeout: options.connectTimeoutMs ?? 10_000, ...describeTls(options.tls ?? {}) }
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
