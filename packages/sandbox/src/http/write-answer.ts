import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import type { Reply } from './replies.ts'

/** Writes an answer to the socket. */
export function writeAnswer(answer: Answer, outgoing: ServerResponse): void {
  if ('status' in answer) writeReply(answer, outgoing)
  else if (answer.reply === undefined) outgoing.destroy()
  else writeBroken(answer.reply, answer.breaksAfterBytes, outgoing)
}

function writeReply(reply: Reply, outgoing: ServerResponse): void {
  outgoing.writeHead(reply.status, rawHeadersOf(reply))
  outgoing.end(hasBody(reply.status) ? reply.body : undefined)
}

/** The full length is announced, a part of the body follows, then the connection ends. */
function writeBroken(reply: Reply, bytes: number, outgoing: ServerResponse): void {
  const { socket } = outgoing
  outgoing.writeHead(reply.status, rawHeadersOf(reply))
  // A half-close once the part is out: a reset could overtake it.
  outgoing.write(Buffer.from(reply.body).subarray(0, bytes), () => socket?.end())
}

/** Names and values in turn, which node:http takes as they are. */
function rawHeadersOf({ status, headers, body }: Reply): OutgoingHttpHeader[] {
  const raw: OutgoingHttpHeader[] = []
  for (const name in headers) raw.push(name, headers[name] as OutgoingHttpHeader)
  if (hasBody(status)) raw.push('content-length', Buffer.byteLength(body))
  return raw
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 304
}
