import { type ClientRequest, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import type { Socket } from 'node:net'
import { explainError } from './connection-errors.ts'
import { ExchangeFailure } from './failure.ts'
import type { ProxyServer } from './proxies.ts'

/** What a tunnel is opened for. */
export interface TunnelInput {
  readonly proxy: ProxyServer
  /** Host and port at its other end. */
  readonly target: string
  /** How long the proxy may take, in milliseconds; 0 is no limit. */
  readonly timeoutMs: number
  /** Hears of the socket to the proxy as soon as there is one, to destroy it when that is asked for. */
  readonly onSocket: (socket: Socket) => void
}

/** Asks a proxy to connect (RFC 9110 9.3.6), once. Its failures name the proxy, and never its password. */
export function openTunnel(
  { proxy, target, timeoutMs, onSocket }: TunnelInput,
  done: (failure: ExchangeFailure | null, socket: Socket | null) => void,
): void {
  const request = connectRequest(proxy, target)
  let timer: NodeJS.Timeout | undefined
  let over = false
  const finish = (failure: ExchangeFailure | null, socket: Socket | null): void => {
    if (over) return
    over = true
    clearTimeout(timer)
    if (failure) request.destroy()
    done(failure, socket)
  }
  if (timeoutMs > 0) {
    const tooLate = new ExchangeFailure(
      'timeout',
      `the proxy ${proxy.name} made no connection within ${timeoutMs} ms`,
    )
    timer = setTimeout(() => finish(tooLate, null), timeoutMs)
  }
  request.on('socket', onSocket)
  request.on('error', (error) => finish(throughProxy(proxy, error), null))
  request.on('connect', ({ statusCode = 0 }, socket: Socket, head) => {
    if (statusCode < 200 || statusCode > 299) {
      socket.destroy()
      finish(refused(proxy, statusCode), null)
      return
    }
    if (head.length > 0) socket.unshift(head)
    finish(null, socket)
  })
  request.end()
}

function connectRequest(proxy: ProxyServer, target: string): ClientRequest {
  const { hostname, port, secure, authorization } = proxy
  const options = {
    method: 'CONNECT',
    host: hostname,
    port,
    path: target,
    agent: false,
    headers: {
      host: target,
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
    },
  }
  return secure ? requestSecure(options) : requestPlain(options)
}

function refused({ name }: ProxyServer, status: number): ExchangeFailure {
  if (status === 407) {
    const remedy = 'put its user name and password into the URL of the proxy'
    return new ExchangeFailure(
      'refused',
      `the proxy ${name} asks for a password, or for another one (407); ${remedy}`,
    )
  }
  const kind = status >= 500 || status === 408 || status === 429 ? 'unreachable' : 'refused'
  return new ExchangeFailure(kind, `the proxy ${name} did not connect: it answered ${status}`)
}

/** A failure on the way through a proxy, told as such. */
export function throughProxy({ name }: ProxyServer, error: Error): ExchangeFailure {
  const { kind, message } = explainError(error)
  return new ExchangeFailure(kind, `${message}, by way of the proxy ${name}`, error)
}
