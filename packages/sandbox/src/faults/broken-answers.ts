import { once } from 'node:events'
import type { Wire } from '../http/exchange.ts'

/** Tells the HTTP library that the answer has been taken care of. */
const alreadySent = { 'x-hono-already-sent': 'true' }

/** Cuts the connection without an answer; undefined where there is no connection. */
export function cutWire(wire: Wire | undefined): Response | undefined {
  if (wire === undefined) return undefined
  wire.incoming.socket.destroy()
  return new Response(null, { headers: alreadySent })
}

/** The answer with its full length announced and only a part of its body: then the connection breaks. */
export async function truncated(
  answer: Response,
  bytes: number | undefined,
  wire: Wire | undefined,
): Promise<Response> {
  const body = Buffer.from(await answer.arrayBuffer())
  const part = body.subarray(0, bytes ?? Math.floor(body.length / 2))
  const headers = new Headers(answer.headers)
  headers.set('content-length', String(body.length))
  if (wire === undefined) return new Response(breakingStream(part), { status: answer.status, headers })
  const { outgoing } = wire
  outgoing.writeHead(answer.status, plainHeaders(headers))
  outgoing.write(part)
  if (outgoing.writableNeedDrain) await Promise.race([once(outgoing, 'drain'), once(outgoing, 'close')])
  // Half-closed first, so that the part that was written arrives before the break.
  wire.incoming.socket.end()
  return new Response(null, { headers: alreadySent })
}

function breakingStream(part: Uint8Array): ReadableStream<Uint8Array> {
  let isSent = false
  return new ReadableStream({
    pull(controller) {
      if (!isSent && part.length > 0) controller.enqueue(part)
      else controller.error(Object.assign(new Error('The answer broke off'), { code: 'ECONNRESET' }))
      isSent = true
    },
  })
}

function plainHeaders(headers: Headers): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = Object.fromEntries(headers)
  const cookies = headers.getSetCookie()
  if (cookies.length > 0) plain['set-cookie'] = cookies
  return plain
}
