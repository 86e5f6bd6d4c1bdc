import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import process from 'node:process'

// A WebSocket server that is nobody's bottleneck: a burst of market data frames is encoded beforehand and written in one
// piece. What clients send is not looked at. It is told on its channel whom to send what.

/** What the server is asked for. */
export interface Order {
  /** The token in the client's query. */
  readonly to: string
  readonly frames: number
  /** `piece`: all at once, encoded beforehand. `each`: one write a frame. `spread`: four each ms, with the moment of sending. */
  readonly how: 'piece' | 'each' | 'spread'
}

const subscriptions = Number(process.argv[2])
const sockets = new Map<string, Socket>()

/** Field 7762 says which frame is the last, or when one was sent, in ns. */
function quote(index: number, mark: string): string {
  const id = 1 + (index % subscriptions)
  const fields = `"31":"${index}.25","84":"${index}.24","86":"${index}.26","88":"1200","85":"900","7762":"${mark}"`
  return `{"topic":"smd+${id}","server_id":"q${id}","conid":${id},"conidEx":"${id}","_updated":${Date.now()},"6119":"q${id}","6509":"RpB",${fields}}`
}

/** An unmasked text frame of RFC 6455, section 5.2. */
function frame(text: string): Buffer {
  const payload = Buffer.from(text)
  const { length } = payload
  const head = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), payload])
}

const heartbeat = (): Buffer => frame(`{"topic":"system","hb":${Date.now()}}`)

const encodedBefore = new Map<number, readonly Buffer[]>()

function encoded(frames: number): readonly Buffer[] {
  const known = encodedBefore.get(frames)
  if (known) return known
  const all = Array.from({ length: frames }, (_, index) =>
    frame(quote(index, index === frames - 1 ? 'last' : '')),
  )
  encodedBefore.set(frames, all)
  return all
}

function spread(socket: Socket, frames: number): void {
  let sent = 0
  const timer = setInterval(() => {
    const now = String(process.hrtime.bigint())
    for (let left = 4; left > 0 && sent < frames; left -= 1) socket.write(frame(quote(sent++, now)))
    if (sent < frames) return
    clearInterval(timer)
    socket.write(frame(quote(0, 'last')))
  }, 1)
}

const server = createServer().on('upgrade', (request, socket: Socket) => {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  const accept = createHash('sha1').update(key).digest('base64')
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
  socket
    .setNoDelay(true)
    .on('error', () => socket.destroy())
    .resume()
  socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`)
  socket.write(frame('{"topic":"system","success":"bench"}'))
  sockets.set(new URL(request.url ?? '', 'http://x').searchParams.get('oauth_token') ?? '', socket)
})

process.on('message', ({ to, frames, how }: Order) => {
  const socket = sockets.get(to)
  if (socket === undefined) throw new Error(`${to} is not connected`)
  for (const one of sockets.values()) one.write(heartbeat())
  if (how === 'piece') socket.write(Buffer.concat(encoded(frames)))
  else if (how === 'each') for (const one of encoded(frames)) socket.write(one)
  else spread(socket, frames)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit(0))
