import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

/** A server that answers with bytes, right or wrong. */
export interface RawServer {
  readonly origin: string
  readonly port: number
  /** Heads of the requests that came, in order. */
  readonly requests: string[]
  /** Connections that are open. */
  readonly open: number
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts a server on loopback; `answer` is called with each request's head. */
export async function startRawServer(
  answer: (socket: Socket, head: string, number: number) => void,
  tls?: TlsOptions,
): Promise<RawServer> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const onConnection = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        requests.push(text.slice(0, end))
        const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0)
        text = text.slice(end + 4 + length)
        answer(socket, requests.at(-1) ?? '', requests.length)
      }
    })
  }
  const server = tls ? createTlsServer(tls, onConnection) : createServer(onConnection)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  const { port } = address
  return {
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    get open() {
      return sockets.size
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A whole reply as bytes. */
export function rawReply(status: number, body: string, headers: readonly string[] = []): string {
  return [`HTTP/1.1 ${status} X`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers, '', body].join(
    '\r\n',
  )
}
