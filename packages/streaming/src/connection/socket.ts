/** What becomes of a socket; after `closed` or `refused`, nothing more is told. */
export interface SocketListener {
  opened(): void
  /** One message, text or bytes of UTF-8. */
  message(data: string | Uint8Array): void
  closed(code: number): void
  /** The upgrade was answered with something else than 101, `status` of the error, or there was no connection. */
  refused(error: unknown): void
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

/** What carries a connection: the part of undici's `Dispatcher` that is used; a transport's dispatcher has no more. */
export interface StreamDispatcher {
  dispatch(options: never, handler: never): boolean
}

/** Sockets of undici, loaded with the first of them: who brings another socket needs neither undici nor Node's. */
export function undiciSockets(
  dispatcher: StreamDispatcher | undefined,
  maximumFrameBytes: number,
): OpenSocket {
  let loading: Promise<OpenSocket> | undefined
  return (address, listener) => {
    loading ??= import('./undici-socket.ts').then(({ socketsOver }) =>
      socketsOver(dispatcher, maximumFrameBytes),
    )
    return socketOf(loading, address, listener)
  }
}

function socketOf(
  loading: Promise<OpenSocket>,
  address: SocketAddress,
  listener: SocketListener,
): StreamSocket {
  let socket: StreamSocket | undefined
  let dropped = false
  const open = async (): Promise<void> => {
    try {
      const opening = await loading
      if (!dropped) socket = opening(address, listener)
    } catch (error) {
      if (!dropped) listener.refused(error)
    }
  }
  void open()
  return {
    send: (text) => socket?.send(text),
    drop: () => {
      dropped = true
      socket?.drop()
    },
  }
}
