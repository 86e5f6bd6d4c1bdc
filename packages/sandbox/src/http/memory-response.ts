import { SandboxError } from '../errors.ts'
import type { Answer } from './answer.ts'
import type { Reply } from './replies.ts'

/**
 * An answer as a `Response`, for a request without a socket. What would be a broken connection is an error there.
 *
 * @throws {SandboxError} `ERR_SANDBOX_CONNECTION_DROPPED` where the connection would have been cut.
 */
export function memoryResponse(answer: Answer, method: string): Response {
  if ('status' in answer) return responseOf(answer, withoutBody(answer, method) ? null : answer.body)
  if (answer.reply === undefined) {
    throw new SandboxError('ERR_SANDBOX_CONNECTION_DROPPED', 'A fault dropped the connection', {
      cause: connectionReset(),
    })
  }
  const part = Buffer.from(answer.reply.body).subarray(0, answer.breaksAfterBytes)
  return responseOf(answer.reply, breakingStream(part))
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
