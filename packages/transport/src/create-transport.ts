import { systemClock } from './clock.ts'
import { createDispatcher } from './create-dispatcher.ts'
import type { Attempt } from './interceptor.ts'
import type { TransportOptions } from './options.ts'
import type { RequestOptions, TransportRequest } from './request.ts'
import { ResponseHeaders } from './response-headers.ts'
import type { Transport } from './transport.ts'
import { TransportError } from './transport-error.ts'
import { type StreamedResponse, TransportResponse } from './transport-response.ts'

export function createTransport(options: TransportOptions): Transport {
  const clock = options.clock ?? systemClock
  const own = options.dispatcher ? undefined : createDispatcher(options.connection)
  const dispatcher = options.dispatcher ?? own
  if (!dispatcher) throw new TransportError('ERR_TRANSPORT_INVALID_INPUT', 'no dispatcher')

  const send = async (attempt: Attempt): Promise<TransportResponse> => {
    const url = new URL(attempt.url)
    const added = await attempt.authorize?.({
      method: attempt.method,
      url: attempt.url,
      headers: attempt.headers,
      attempt: attempt.number,
      now: () => clock.now(),
      clockSkewMs: 0,
      ...(typeof attempt.body === 'string' ? { body: attempt.body } : {}),
    })
    return new Promise((resolve, reject) => {
      let status = 0
      let headers = new ResponseHeaders({})
      const chunks: Uint8Array[] = []
      dispatcher.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: attempt.method,
          headers: Object.entries({
            'user-agent': options.userAgent ?? 'ibkr-auth-transport',
            ...attempt.headers,
            ...added,
          }).flat(),
          body: attempt.body ?? null,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        {
          onRequestStart() {},
          onResponseStart(_, code, values) {
            status = code
            headers = new ResponseHeaders(values)
          },
          onResponseData(_, chunk) {
            chunks.push(chunk)
          },
          onResponseEnd() {
            resolve(new TransportResponse(status, headers, Buffer.concat(chunks), attempt.url))
          },
          onResponseError(_, error) {
            reject(new TransportError('ERR_TRANSPORT_UNREACHABLE', error.message, { cause: error }))
          },
        },
      )
    })
  }

  const run = async (request: TransportRequest): Promise<TransportResponse> => {
    const prefix = options.pathPrefix ?? ''
    const url = request.url.toString().startsWith('/')
      ? options.origin + prefix + request.url
      : request.url.toString()
    const headers: Record<string, string> = { ...options.headers, ...request.headers }
    let body = request.body
    if (request.json !== undefined) {
      body = JSON.stringify(request.json)
      headers['content-type'] = 'application/json'
    }
    const authorize =
      request.authorize === false || headers.authorization
        ? undefined
        : (request.authorize ?? options.authorize)
    const attempt: Attempt = {
      method: request.method,
      url,
      path: new URL(url).pathname.slice(prefix.length),
      headers,
      body,
      idempotent: request.idempotent ?? ['GET', 'HEAD', 'OPTIONS'].includes(request.method),
      number: 1,
      signal: request.signal ?? new AbortController().signal,
      authorize,
      context: request.context ?? {},
      dispatcher,
    }
    const chain = (options.interceptors ?? []).reduceRight<(attempt: Attempt) => Promise<TransportResponse>>(
      (next, interceptor) => (one) => interceptor(one, next),
      send,
    )
    const reply = await chain(attempt)
    if (!reply.ok && (request.throwHttpErrors ?? options.throwHttpErrors ?? true)) {
      throw new TransportError(
        'ERR_TRANSPORT_REQUEST_REFUSED',
        `${request.method} answered ${reply.status}`,
        {
          status: reply.status,
          sent: 'yes',
          response: reply,
        },
      )
    }
    return reply
  }
  const verb =
    (method: string) =>
    (url: string | URL, rest: RequestOptions = {}): Promise<TransportResponse> =>
      run({ ...rest, method, url })
  const close = async (): Promise<void> => {
    await own?.close()
  }
  return {
    request: run,
    stream: (): Promise<StreamedResponse> =>
      Promise.reject(new TransportError('ERR_TRANSPORT_CLOSED', 'not yet')),
    get: verb('GET'),
    post: verb('POST'),
    put: verb('PUT'),
    patch: verb('PATCH'),
    delete: verb('DELETE'),
    clockSkewMs: 0,
    now: () => clock.now(),
    dispatcher,
    close,
    [Symbol.asyncDispose]: close,
  }
}
