import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** A server that speaks as a test says, byte by byte. */
export interface RawServer extends AsyncDisposable {
  readonly url: string
  /** Sockets that are open. */
  readonly open: ReadonlySet<Socket>
  /** Bytes that were taken off the server's hands. */
  readonly taken: () => number
}

/** @param answer - Given the request's head and the socket. */
export async function rawServer(answer: (head: string, socket: Socket) => void): Promise<RawServer> {
  const open = new Set<Socket>()
  let written = 0
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => {
      written += socket.bytesWritten
      open.delete(socket)
    })
    socket.on('error', () => undefined)
    socket.once('data', (data) => answer(data.toString('latin1'), socket))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/api/ws`,
    open,
    taken: () => written + [...open].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Accepts the upgrade (RFC 6455 4.2.2). */
export function accept(head: string, socket: Socket, extensions = ''): void {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1] ?? ''
  const hash = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${hash}\r\n${extensions}\r\n`,
  )
}

/** A frame of a server (RFC 6455 5.2). */
export function frame(
  payload: string | Uint8Array,
  {
    opcode = 1,
    fin = true,
    compressed = false,
  }: { opcode?: number; fin?: boolean; compressed?: boolean } = {},
): Buffer {
  const body = Buffer.from(payload as string)
  return Buffer.concat([frameHead(body.length, opcode, fin, compressed), body])
}

/** The head of a frame alone, which may promise more than ever comes. */
export function frameHead(length: number, opcode = 1, fin = true, compressed = false): Buffer {
  const first = (fin ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode
  if (length < 126) return Buffer.from([first, length])
  if (length < 65_536) return Buffer.from([first, 126, length >> 8, length & 255])
  const head = Buffer.alloc(10)
  head[0] = first
  head[1] = 127
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}

export const greeting: Buffer = frame('{"topic":"system","success":"u"}')

/** Short frames of a client, which are masked (RFC 6455 5.3). */
export function framesOf(data: Buffer): readonly { readonly opcode: number; readonly payload: string }[] {
  const frames: { opcode: number; payload: string }[] = []
  for (let at = 0; at + 6 <= data.length; ) {
    const opcode = (data[at] ?? 0) & 15
    const length = (data[at + 1] ?? 0) & 127
    if (length > 125) throw new Error('a longer frame than this reads')
    const mask = data.subarray(at + 2, at + 6)
    const bytes = data.subarray(at + 6, at + 6 + length)
    frames.push({ opcode, payload: bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0)).toString() })
    at += 6 + length
  }
  return frames
}
