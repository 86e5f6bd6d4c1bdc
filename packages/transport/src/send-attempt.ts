import type { Authorize } from './authorize.ts'
import type { CallState } from './call-state.ts'
import { attemptEnd, attemptStart } from './diagnostics.ts'
import { Exchange } from './exchange.ts'
import { explainAuthorize, explainFailure } from './explain.ts'
import type { HeaderRecord } from './request-headers.ts'
import { leavesOpen } from './retry-policy.ts'
import { Signing } from './signing.ts'
import { isTransportError, type TransportError } from './transport-error.ts'
import type { TransportResponse } from './transport-response.ts'

/** Authorises a request, sends it once and reads the reply; whatever goes wrong is thrown as a {@link TransportError}. */
export async function sendAttempt(
  call: CallState,
  headers: HeaderRecord,
  authorize: Authorize | undefined,
): Promise<TransportResponse> {
  call.cancellation.throwIfCancelled()
  call.attempts++
  const startedAtMs = call.settings.clock.now()
  if (attemptStart.hasSubscribers) attemptStart.publish(call.event)
  const exchange = createExchange(call)
  try {
    const response = await exchangeOnce(call, exchange, headers, authorize)
    announceEnd(call, exchange, startedAtMs, response.status, undefined)
    return response
  } catch (error) {
    const failure = isTransportError(error) ? error : explainAuthorize(call.known, error)
    announceEnd(call, exchange, startedAtMs, undefined, failure)
    throw failure
  }
}

async function exchangeOnce(
  call: CallState,
  exchange: Exchange,
  headers: HeaderRecord,
  authorize: Authorize | undefined,
): Promise<TransportResponse> {
  const { clock, cookies, target } = call.settings
  const { method, pathAndQuery, body } = call.request
  const signing = new Signing(call)
  const answer = authorize && signing.ask(authorize, headers)
  // Signing that is synchronous must not cost a turn of the event loop.
  const authorized = authorize ? signing.add(headers, isPromise(answer) ? await answer : answer) : headers
  const cookie = cookies?.headerFor(pathAndQuery, clock.now())
  if (cookie !== undefined) call.credentials = [...call.credentials, cookie]
  const sentAtMs = clock.now()
  const response = await exchange.run({
    origin: target.origin,
    path: pathAndQuery,
    method,
    headers: listHeaders(authorized, cookie),
    body: body ?? null,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  if (!leavesOpen(response.status)) call.unresolved = false
  signing.learn(response, sentAtMs, exchange.headAtMs)
  if (cookies?.concerns(response.headers)) await cookies.store(response.headers, pathAndQuery)
  return response
}

function isPromise<T extends object>(value: T | Promise<T> | undefined): value is Promise<T> {
  return value !== undefined && 'then' in value && typeof value.then === 'function'
}

function createExchange(call: CallState): Exchange {
  const { dispatcher, clock } = call.settings
  const { cancellation, timeouts, streaming, maxBytes, maxStreamBytes } = call
  const { url, idempotent } = call.request
  return new Exchange({
    dispatcher,
    clock,
    cancellation,
    timeouts,
    url,
    idempotent,
    streaming,
    maxBytes,
    maxStreamBytes,
    explain: (failure, exchange) => {
      call.lastFailure = explainFailure(call.known, failure, exchange.sent, exchange.status)
      return call.lastFailure
    },
    onSent: (sent) => call.noteSent(sent),
  })
}

function listHeaders(headers: HeaderRecord, cookie: string | undefined): string[] {
  const list: string[] = []
  for (const name in headers) if (name !== 'cookie') list.push(name, headers[name] as string)
  const cookies = [headers.cookie, cookie].filter((one) => one !== undefined)
  if (cookies.length > 0) list.push('cookie', cookies.join('; '))
  return list
}

function announceEnd(
  call: CallState,
  exchange: Exchange,
  startedAtMs: number,
  status: number | undefined,
  failure: TransportError | undefined,
): void {
  if (!attemptEnd.hasSubscribers) return
  const elapsedMs = call.settings.clock.now() - startedAtMs
  attemptEnd.publish({ ...call.event, status, code: failure?.code, sent: exchange.sent, elapsedMs })
}
