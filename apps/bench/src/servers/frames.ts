import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

// A WebSocket server that is nobody's bottleneck: frames are encoded before the first is sent. What clients send is not looked at.

/**
 * What the server is asked for on its channel: frames for the client with this token, all in one `piece`, or `spread`,
 * four each ms, with the moment of sending.
 */
export type Order = Readonly<{ to: string; frames: number; how: 'piece' | 'spread' }>

const subscriptions = Number(process.argv[2])
const sockets = new Map<string, Socket>()

/** An unmasked text frame of RFC 6455, section 5.2. */
function frame(text: string): Buffer {
  const { length } = text
  const head = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), Buffer.from(text)])
}

/** @param mark - Field 7762 says which frame is the last, or when one was sent, in ns. */
function quote(index: number, mark: string): Buffer {
  const id = 1 + (index % subscriptions)
  const head = `"topic":"smd+${id}","server_id":"q${id}","conid":${id},"conidEx":"${id}","_updated":${Date.now()},"6119":"q${id}","6509":"RpB"`
  const prices = `"31":"${index}.25","84":"${index}.24","86":"${index}.26","88":"1200","85":"900","7762":"${mark}"`
  return frame(`{${head},${prices}}`)
}

function spread(socket: Socket, frames: number): void {
  let sent = 0
  const timer = setInterval(() => {
    const now = String(process.hrtime.bigint())
    for (let left = 4; left > 0; left -= 1) socket.write(quote(sent++, now))
    if (sent < frames) return
    clearInterval(timer)
    socket.write(quote(0, 'last'))
  }, 1)
}

process.on('message', ({ to, frames, how }: Order) => {
  const socket = sockets.get(to)
  if (socket === undefined) throw new Error(`${to} is not connected`)
  for (const one of sockets.values()) one.write(frame(`{"topic":"system","hb":${Date.now()}}`))
  if (how === 'spread') return spread(socket, frames)
  const all = Array.from({ length: frames }, (_, index) => quote(index, index === frames - 1 ? 'last' : ''))
  socket.write(Buffer.concat(all))
})

const server = createServer().on('upgrade', (request, socket: Socket) => {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  const accept = createHash('sha1').update(key).digest('base64')
  const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
  socket.setNoDelay(true).resume().write(`${head}Sec-WebSocket-Accept: ${accept}\r\n\r\n`)
  socket.write(frame('{"topic":"system","success":"bench"}'))
  sockets.set(request.url?.split('oauth_token=')[1] ?? '', socket)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit(0))
