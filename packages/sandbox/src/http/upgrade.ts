import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import { receivedOverSocket } from '../request/record.ts'
import { type Answer, apiError } from '../request/reply.ts'
import type { Handler } from './handler.ts'
import { writeAnswer } from './write-reply.ts'

/** What `node:http` hands over with a request for another protocol. */
export type UpgradeArguments = readonly [incoming: IncomingMessage, socket: Duplex, head: Buffer]

/** Answers a request for an upgrade as any other; one that is accepted becomes a WebSocket. */
export async function answerUpgrade(
  handler: Handler,
  [incoming, socket, head]: UpgradeArguments,
): Promise<void> {
  // A client that goes away meanwhile: its socket closes, and nobody waits for the answer.
  socket.once('error', () => socket.destroy())
  const answer = await answered(handler, incoming)
  if ('status' in answer && answer.upgrade !== undefined) {
    const server = await webSocketServer()
    server.handleUpgrade(incoming, socket, head, answer.upgrade)
    return
  }
  const outgoing = new ServerResponse(incoming)
  outgoing.shouldKeepAlive = false
  outgoing.assignSocket(socket as never)
  outgoing.once('finish', () => socket.end())
  writeAnswer(answer, outgoing)
}

async function answered(handler: Handler, incoming: IncomingMessage): Promise<Answer> {
  try {
    return await handler(receivedOverSocket(incoming))
  } catch {
    return apiError(500, 'Internal Server Error')
  }
}

/** True if a client wants a WebSocket, and no other protocol. */
export function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/** Serves a request in HTTP/1.1 that would rather speak another protocol, such as `h2c`: a server may (RFC 9110 7.8). */
export function serveWithoutUpgrade(server: Server, [incoming, socket, head]: UpgradeArguments): void {
  const { method, url, rawHeaders } = incoming
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (!/^(?:upgrade|connection|http2-settings)$/i.test(name))
      lines.push(`${name}: ${rawHeaders[index + 1]}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket)
}

/** Longest message that is taken, in bytes. */
const maxPayload = 65_536

let loading: Promise<WebSocketServer> | undefined

/** The library is loaded for those who open a WebSocket only. */
function webSocketServer(): Promise<WebSocketServer> {
  loading ??= import('ws').then(
    (ws) => new ws.WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload }),
  )
  return loading
}
