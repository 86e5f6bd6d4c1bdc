import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import { SandboxError } from '../errors.ts'
import type { Answer, OpenStream, Reply } from '../request/reply.ts'

/**
 * An answer as a `Response`, for a request without a socket. What would be a broken connection is an error there.
 *
 * @throws {SandboxError} `ERR_SANDBOX_CONNECTION_DROPPED` where the connection would have been cut.
 */
export function memoryResponse(answer: Answer, method: string): Response {
  if ('status' in answer && answer.stream !== undefined) return streamedResponse(answer, answer.stream)
  if ('status' in answer && answer.upgrade !== undefined) return withoutSocket()
  if ('status' in answer) return responseOf(answer, withoutBody(answer, method) ? null : answer.body)
  if (answer.reply === undefined) {
    throw new SandboxError('ERR_SANDBOX_CONNECTION_DROPPED', 'A fault dropped the connection', {
      cause: connectionReset(),
    })
  }
  const part = Buffer.from(answer.reply.body).subarray(0, answer.breaksAfterBytes)
  return responseOf(answer.reply, breakingStream(part))
}

/** A WebSocket needs a connection, and a `Response` cannot even say 101. */
function withoutSocket(): Response {
  return new Response('A WebSocket needs a sandbox that listens: startSandbox().\n', { status: 501 })
}

function responseOf(
  { status, headers, body }: Reply,
  sent: string | ReadableStream<Uint8Array> | null,
): Response {
  const all = new Headers({ 'content-length': String(Buffer.byteLength(body)) })
  for (const [name, values] of Object.entries(headers)) {
    for (const value of typeof values === 'string' ? [values] : values) all.append(name, value)
  }
  return new Response(sent, { status, headers: all })
}

function streamedResponse({ status, headers, body }: Reply, open: OpenStream): Response {
  const encoder = new TextEncoder()
  let end: (() => void) | undefined
  const sent = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(body))
      end = open((text) => controller.enqueue(encoder.encode(text)))
    },
    cancel: () => end?.(),
  })
  return new Response(sent, {
    status,
    headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
  })
}

function withoutBody({ status }: Reply, method: string): boolean {
  return method === 'HEAD' || status === 204 || status === 205 || status === 304
}

function breakingStream(part: Uint8Array): ReadableStream<Uint8Array> {
  let isSent = part.length === 0
  return new ReadableStream({
    pull(controller) {
      if (isSent) controller.error(connectionReset())
      else controller.enqueue(part)
      isSent = true
    },
  })
}

function connectionReset(): Error {
  return Object.assign(new Error('The connection broke off'), { code: 'ECONNRESET' })
}

/** Writes an answer to the socket. */
export function writeAnswer(answer: Answer, outgoing: ServerResponse): void {
  if ('status' in answer) writeReply(answer, outgoing)
  else if (answer.reply === undefined) outgoing.destroy()
  else writeBroken(answer.reply, answer.breaksAfterBytes, outgoing)
}

function writeReply(reply: Reply, outgoing: ServerResponse): void {
  outgoing.writeHead(reply.status, rawHeadersOf(reply))
  if (reply.stream === undefined) outgoing.end(hasBody(reply.status) ? reply.body : undefined)
  else writeStream(reply.body, reply.stream, outgoing)
}

/** A reader that stops reading is cut off before what waits for it costs memory. */
const mostWaitingBytes = 1_048_576

function writeStream(body: string, open: OpenStream, outgoing: ServerResponse): void {
  outgoing.write(body)
  const end = open((text) => {
    if (outgoing.writableLength > mostWaitingBytes) outgoing.destroy()
    else outgoing.write(text)
  })
  outgoing.once('close', end)
}

/** The full length is announced, a part of the body follows, then the connection ends. */
function writeBroken(reply: Reply, bytes: number, outgoing: ServerResponse): void {
  const { socket } = outgoing
  outgoing.writeHead(reply.status, rawHeadersOf(reply))
  // A half-close once the part is out: a reset could overtake it.
  outgoing.write(Buffer.from(reply.body).subarray(0, bytes), () => socket?.end())
}

/** Names and values in turn, which node:http takes as they are. */
function rawHeadersOf({ status, headers, body, stream }: Reply): OutgoingHttpHeader[] {
  const raw: OutgoingHttpHeader[] = []
  for (const name in headers) raw.push(name, headers[name] as OutgoingHttpHeader)
  if (hasBody(status) && stream === undefined) raw.push('content-length', Buffer.byteLength(body))
  return raw
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 304
}
