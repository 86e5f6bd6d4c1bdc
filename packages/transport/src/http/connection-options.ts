import { checkCount, checkDuration } from '../checks.ts'
import { parseProxy } from './proxies.ts'
import { checkTls, type TlsOptions } from './tls.ts'

/** How connections are made. */
export interface ConnectionOptions {
  /**
   * URL of an HTTP proxy (`http://proxy:3128`, with user name and password if it asks for them; `proxy:3128` is the same);
   * `'environment'` goes by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; `false` uses none. Default `'environment'`.
   */
  readonly proxy?: string | URL | 'environment' | false | undefined
  readonly tls?: TlsOptions | undefined
  /** Connections to one origin at the most. Default: as many as there are requests at once. */
  readonly maxConnections?: number | undefined
  /** How long a connection may take to open, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined
  /** How long an idle connection is kept, in milliseconds, unless the server says how long it keeps it. Default 4,000. */
  readonly keepAliveMs?: number | undefined
  /**
   * Requests that may not be repeated go out on no connection that was idle for longer, in milliseconds: the server, or
   * something between, may have closed it unnoticed. Default 4,000.
   */
  readonly unrepeatableMaxIdleMs?: number | undefined
  /** Largest head of a reply, in bytes. Default 16,384. */
  readonly maxHeaderBytes?: number | undefined
}

/** Makes sure that the options can be meant, while whoever gave them is still there to hear of it. */
export function checkConnectionOptions(options: ConnectionOptions): void {
  const { proxy, tls, maxConnections, connectTimeoutMs, keepAliveMs, maxHeaderBytes } = options
  if (proxy !== undefined && proxy !== false && proxy !== 'environment') parseProxy(proxy, 'connection.proxy')
  if (maxConnections !== undefined) checkCount('connection.maxConnections', maxConnections, 1)
  if (connectTimeoutMs !== undefined) checkDuration('connection.connectTimeoutMs', connectTimeoutMs)
  if (keepAliveMs !== undefined) checkDuration('connection.keepAliveMs', keepAliveMs)
  checkDuration('connection.unrepeatableMaxIdleMs', options.unrepeatableMaxIdleMs ?? 0)
  if (maxHeaderBytes !== undefined) checkCount('connection.maxHeaderBytes', maxHeaderBytes, 1)
  if (tls !== undefined) checkTls(tls)
}
