import type { ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import type { Reply } from './replies.ts'

/** Writes an answer to the socket. */
export function writeAnswer(answer: Answer, outgoing: ServerResponse): void {
  if ('status' in answer) writeReply(answer, outgoing)
  else if (answer.reply === undefined) outgoing.destroy()
  else writeBroken(answer.reply, answer.breaksAfterBytes, outgoing)
}

function writeReply(reply: Reply, outgoing: ServerResponse): void {
  outgoing.writeHead(reply.status, headersOf(reply))
  outgoing.end(hasBody(reply.status) ? reply.body : undefined)
}

/** The full length is announced, a part of the body follows, then the connection ends. */
function writeBroken(reply: Reply, bytes: number, outgoing: ServerResponse): void {
  const { socket } = outgoing
  outgoing.writeHead(reply.status, headersOf(reply))
  // A half-close once the part is out: a reset could overtake it.
  outgoing.write(Buffer.from(reply.body).subarray(0, bytes), () => socket?.end())
}

function headersOf({ status, headers, body }: Reply): Record<string, string | string[]> {
  // node:http only reads them.
  const sent = headers as Readonly<Record<string, string | string[]>>
  return hasBody(status) ? { ...sent, 'content-length': String(Buffer.byteLength(body)) } : { ...sent }
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 304
}
