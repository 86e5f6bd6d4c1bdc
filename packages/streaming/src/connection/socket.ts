import { Dispatcher, WebSocket } from 'undici'
import { StreamError } from '../errors.ts'

/** What becomes of a socket; after `closed` or `refused`, nothing more is told. */
export interface SocketListener {
  opened(): void
  /** One message, text or bytes of UTF-8. */
  message(data: string | Uint8Array): void
  closed(code: number): void
  /** The upgrade was answered with something else than 101, or there was no connection. */
  refused(error: StreamError): void
}

/** A socket that is there or on its way. */
export interface StreamSocket {
  send(text: string): void
  /** Ends it; nothing is told any more. */
  drop(): void
}

/** Where a socket leads, with what stands in its handshake. */
export interface SocketAddress {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Opens a socket; runtimes without Node's sockets bring their own. */
export type OpenSocket = (address: SocketAddress, listener: SocketListener) => StreamSocket

/**
 * Sockets of undici: its dispatchers carry proxies, and tell the status of a refused upgrade, which its `WebSocket`
 * alone does not.
 */
export function undiciSockets(dispatcher: StreamDispatcher, maximumFrameBytes: number): OpenSocket {
  return ({ url, headers }, listener) => {
    let status: number | undefined
    const watched = watchStatus(dispatcher, (seen) => {
      status = seen
    })
    const socket = new WebSocket(url, {
      headers: { ...headers },
      dispatcher: watched,
    })
    socket.binaryType = 'arraybuffer'
    let opened = false
    let told = false
    const once = (tell: () => void) => {
      if (told) return
      told = true
      tell()
    }
    socket.addEventListener('open', () => {
      opened = true
      if (!told) listener.opened()
    })
    socket.addEventListener('message', ({ data }) => {
      if (told) return
      const size = typeof data === 'string' ? data.length : data.byteLength
      if (size <= maximumFrameBytes) listener.message(typeof data === 'string' ? data : new Uint8Array(data))
      else {
        once(() => listener.closed(1009))
        socket.close()
      }
    })
    socket.addEventListener('close', ({ code }) => {
      once(() => (opened ? listener.closed(code) : listener.refused(refusedUpgrade(status, undefined))))
    })
    socket.addEventListener('error', (event) => {
      if (!opened) once(() => listener.refused(refusedUpgrade(status, (event as { error?: unknown }).error)))
    })
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text)
      },
      drop: () => {
        told = true
        socket.close()
      },
    }
  }
}

/** What carries a connection: the part of undici's `Dispatcher` that is used; a transport's dispatcher has no more. */
export interface StreamDispatcher {
  dispatch(options: never, handler: never): boolean
}

/** Anything that dispatches, as a dispatcher of undici's that interceptors can be put around. */
class Forwarding extends Dispatcher {
  readonly #dispatcher: StreamDispatcher

  constructor(dispatcher: StreamDispatcher) {
    super()
    this.#dispatcher = dispatcher
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.#dispatcher.dispatch(options as never, handler as never)
  }
}

/** A dispatcher that tells the status of every answer but 101. */
function watchStatus(dispatcher: StreamDispatcher, tell: (status: number) => void): Dispatcher {
  return new Forwarding(dispatcher).compose((dispatch) => (options, handler) => {
    const watching: Dispatcher.DispatchHandler = {
      onRequestStart: (...parameters) => handler.onRequestStart?.(...parameters),
      onRequestUpgrade: (...parameters) => handler.onRequestUpgrade?.(...parameters),
      onResponseStart: (controller, status, ...rest) => {
        tell(status)
        handler.onResponseStart?.(controller, status, ...rest)
      },
      onResponseData: (...parameters) => handler.onResponseData?.(...parameters),
      onResponseEnd: (...parameters) => handler.onResponseEnd?.(...parameters),
      onResponseError: (...parameters) => handler.onResponseError?.(...parameters),
    }
    return dispatch(options, watching)
  })
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
      : `The WebSocket's upgrade was answered with ${status}: ${remedies[status] ?? 'try again later'}.`
  return new StreamError('ERR_STREAM_REFUSED', message, { status, cause })
}
