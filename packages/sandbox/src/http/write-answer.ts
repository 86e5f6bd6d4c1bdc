import type { Answer } from './answer.ts'
import type { Wire } from './exchange.ts'
import type { Reply } from './replies.ts'

/** Writes an answer to the socket. */
export function writeAnswer(answer: Answer, { incoming, outgoing }: Wire): void {
  if ('status' in answer) writeReply(answer, outgoing)
  else if (answer.reply === undefined) incoming.socket.destroy()
  else writeBroken(answer.reply, answer.breaksAfterBytes, { incoming, outgoing })
}

function writeReply(reply: Reply, outgoing: Wire['outgoing']): void {
  outgoing.writeHead(reply.status, headersOf(reply))
  outgoing.end(hasBody(reply.status) ? reply.body : undefined)
}

/** The full length is announced, a part of the body follows, then the connection ends. */
function writeBroken(reply: Reply, bytes: number, { incoming, outgoing }: Wire): void {
  outgoing.writeHead(reply.status, headersOf(reply))
  // A half-close once the part is out: a reset could overtake it.
  outgoing.write(Buffer.from(reply.body).subarray(0, bytes), () => incoming.socket.end())
}

function headersOf({ status, headers, body }: Reply): Record<string, string | string[]> {
  const sent = headers as Record<string, string | string[]>
  return hasBody(status) ? { ...sent, 'content-length': String(Buffer.byteLength(body)) } : { ...sent }
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 304
}
