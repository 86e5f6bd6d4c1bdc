import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Agent, Dispatcher, type MessageEvent, WebSocket } from 'undici'
import { StreamError } from '../errors.ts'
import type { OpenSocket, SocketListener, StreamDispatcher, StreamSocket } from './socket.ts'

/**
 * Sockets of undici: its dispatchers carry proxies, and tell the status of a refused upgrade, which its `WebSocket`
 * alone does not.
 */
export function socketsOver(dispatcher: StreamDispatcher | undefined, maximumFrameBytes: number): OpenSocket {
  const carrier = dispatcher ?? new Agent()
  return ({ url, headers }, listener) => {
    const seen: Handshake = { status: undefined, connection: undefined }
    const watched = new Forwarding(carrier, maximumFrameBytes).compose(watching(seen))
    const socket = new DirectWebSocket(url, { headers: { ...headers }, dispatcher: watched })
    socket.binaryType = 'arraybuffer'
    return listenTo(socket, listener, seen)
  }
}

/** What a dispatcher saw of a handshake. */
interface Handshake {
  /** Status of an answer that is not 101. */
  status: number | undefined
  /** What lies below the WebSocket. */
  connection: Duplex | undefined
}

/**
 * Hands messages to its one listener without the round through an `EventTarget`, which costs a stream of quotes as much
 * as reading them does. A message that is dispatched some other way reaches the listener as everywhere.
 */
class DirectWebSocket extends WebSocket {
  onData: ((event: MessageEvent) => void) | undefined

  override dispatchEvent(event: Event): boolean {
    if (event.type !== 'message' || this.onData === undefined) return super.dispatchEvent(event)
    this.onData(event as MessageEvent)
    return true
  }
}

function listenTo(socket: DirectWebSocket, listener: SocketListener, seen: Handshake): StreamSocket {
  let opened = false
  let told = false
  const end = (tell: () => void) => {
    if (told) return
    told = true
    tell()
  }
  socket.addEventListener('open', () => {
    opened = true
    if (!told) listener.opened()
  })
  socket.onData = ({ data }) => {
    if (!told) listener.message(typeof data === 'string' ? data : new Uint8Array(data))
  }
  socket.addEventListener('message', socket.onData)
  socket.addEventListener('close', ({ code }) => {
    end(() => (opened ? listener.closed(code) : listener.refused(refusedUpgrade(seen.status, undefined))))
  })
  socket.addEventListener('error', (event) => {
    if (!opened)
      end(() => listener.refused(refusedUpgrade(seen.status, (event as { error?: unknown }).error)))
  })
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    drop: () => {
      told = true
      socket.close()
      // A server that does not answer the close would otherwise keep the connection.
      endSoon(seen.connection)
    },
  }
}

/** Pieces of one message. IBKR sends one or a few; without a bound empty ones could be heaped up without end. */
const mostFragments = 4096

/** Anything that dispatches, as a dispatcher of undici's that interceptors can be put around. */
class Forwarding extends Dispatcher {
  readonly #dispatcher: StreamDispatcher
  /** Read by undici's WebSocket: a longer message ends the connection before it is taken in, inflated ones too. */
  readonly webSocketOptions: { readonly maxPayloadSize: number; readonly maxFragments: number }

  constructor(dispatcher: StreamDispatcher, maximumFrameBytes: number) {
    super()
    this.#dispatcher = dispatcher
    this.webSocketOptions = { maxPayloadSize: maximumFrameBytes, maxFragments: mostFragments }
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.#dispatcher.dispatch(options as never, handler as never)
  }
}

function watching(seen: Handshake): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart: (...parameters) => handler.onRequestStart?.(...parameters),
      onRequestUpgrade: (controller, status, headers, connection) => {
        seen.connection = connection
        handler.onRequestUpgrade?.(controller, status, headers, connection)
      },
      onResponseStart: (controller, status, ...rest) => {
        seen.status = status
        handler.onResponseStart?.(controller, status, ...rest)
      },
      onResponseData: (...parameters) => handler.onResponseData?.(...parameters),
      onResponseEnd: (...parameters) => handler.onResponseEnd?.(...parameters),
      onResponseError: (...parameters) => handler.onResponseError?.(...parameters),
    })
}

/** Ends a connection once what was written has gone out, the close among it. */
function endSoon(connection: Duplex | undefined): void {
  if (connection instanceof Socket) connection.destroySoon()
  else connection?.end(() => connection.destroy())
}

const remedies: Readonly<Record<number, string>> = {
  401: 'the access token or bearer is not accepted: sign in anew',
  403: 'send a User-Agent; if there is one, the address may be blocked',
  404: 'check url: it ends in /v1/api/ws',
  410: 'this host no longer holds the session: sign in anew',
  429: 'stop for 10 to 15 minutes',
}

function refusedUpgrade(status: number | undefined, cause: unknown): StreamError {
  const message =
    status === undefined
      ? 'The WebSocket could not be opened: no connection to the server, or to the proxy.'
      : `The WebSocket's upgrade was answered with ${status}: ${remedyOf(status)}.`
  return new StreamError('ERR_STREAM_REFUSED', message, { status, cause })
}

function remedyOf(status: number): string {
  if (status >= 300 && status < 400)
    return 'no redirect is followed, since a token stands in the URL: check url'
  return remedies[status] ?? 'try again later'
}
