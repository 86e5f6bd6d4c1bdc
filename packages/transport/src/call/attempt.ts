import { isTransportError, type TransportError } from '../errors.ts'
import { attemptEnd, attemptStart } from '../events.ts'
import type { DispatchRequest } from '../http/dispatcher.ts'
import { Exchange } from '../http/exchange.ts'
import { type HeaderRecord, mergeHeaders } from '../http/headers.ts'
import type { TransportResponse } from '../http/response.ts'
import type { Attempt, Authorize } from '../request/types.ts'
import type { CallState } from './call.ts'
import { explainAuthorize } from './failed-call.ts'
import { sendIntercepted } from './interceptors.ts'
import { leavesOpen } from './retry-rules.ts'
import { rememberSecrets } from './server-message.ts'
import { Signing } from './signing.ts'

/** Makes one attempt; where the transport is a session's, as that has it. */
export function makeAttempt(call: CallState): Promise<TransportResponse> {
  const { session, authorize } = call.settings
  return session === undefined ? sendOnce(call, call.request.authorize ?? authorize) : session.attempt(call)
}

/**
 * Sends an attempt once, with the caller's interceptors around it.
 *
 * @param authorize - False or undefined: it goes out as it is.
 * @param mayLeave - See {@link Attempt.mayLeave}.
 */
export function sendOnce(
  call: CallState,
  authorize: Authorize | false | undefined,
  mayLeave?: () => boolean,
): Promise<TransportResponse> {
  const sent = { headers: call.request.headers, authorize: authorize || undefined, mayLeave }
  return call.settings.interceptors.length === 0
    ? sendAttempt(call, sent)
    : sendIntercepted(call, sent, sendAttempt)
}

/** What an attempt goes out with, beyond what its call says. */
export type Outgoing = Pick<Attempt, 'headers' | 'authorize' | 'mayLeave'>

/** Authorises a request, sends it once and reads the reply; whatever goes wrong is thrown as a {@link TransportError}. */
async function sendAttempt(call: CallState, sent: Outgoing): Promise<TransportResponse> {
  const { authorize } = sent
  const headers = changedHeaders(call, sent.headers)
  call.cancellation.throwIfCancelled()
  call.attempts++
  const { monotonicNow, cookies } = call.settings
  const startedAtMs = monotonicNow()
  if (attemptStart.hasSubscribers) attemptStart.publish(call.event)
  const exchange = createExchange(call, sent.mayLeave)
  try {
    const signing = new Signing(call)
    call.sentHeaders = headers
    const answer = authorize && signing.ask(authorize, headers)
    // Signing that is synchronous must not cost a turn of the event loop.
    if (authorize) call.sentHeaders = signing.add(headers, isPromise(answer) ? await answer : answer)
    const sentAtMs = monotonicNow()
    const response = await exchange.run(toDispatch(call, sentAtMs))
    if (!leavesOpen(response.status)) call.unresolved = false
    if (!response.ok) rememberSecrets(response, call.secrets)
    signing.learn(response, exchange.headAtMs - sentAtMs, monotonicNow() - exchange.headAtMs)
    if (cookies?.concerns(response.headers)) await cookies.store(response.headers)
    announceEnd(call, exchange, startedAtMs, response.status, undefined)
    return response
  } catch (error) {
    const failure = isTransportError(error) ? error : explainAuthorize(call.known, error)
    announceEnd(call, exchange, startedAtMs, undefined, failure)
    throw failure
  }
}

function changedHeaders(call: CallState, given: HeaderRecord): HeaderRecord {
  const { headers } = call.request
  return given === headers ? headers : mergeHeaders(headers, given, call.settings.host)
}

function isPromise<T extends object>(value: T | Promise<T> | undefined): value is Promise<T> {
  return value !== undefined && 'then' in value && typeof value.then === 'function'
}

function createExchange(call: CallState, mayLeave: Attempt['mayLeave']): Exchange {
  const { dispatcher, clock } = call.settings
  const { cancellation, timeouts, streaming, maxBytes, maxStreamBytes } = call
  const { url, idempotent } = call.request
  return new Exchange({
    call,
    dispatcher,
    clock,
    cancellation,
    timeouts,
    url,
    idempotent,
    streaming,
    maxBytes,
    maxStreamBytes,
    mayLeave,
  })
}

function toDispatch(call: CallState, nowMs: number): DispatchRequest {
  const { scope, cookies } = call.settings
  const { method, pathAndQuery, body, idempotent } = call.request
  call.sentCookie = cookies?.headerFor(pathAndQuery, nowMs)
  return {
    origin: scope.origin,
    path: pathAndQuery,
    method,
    headers: listHeaders(call.sentHeaders, call.sentCookie),
    body: body ?? null,
    idempotent,
    headersTimeout: 0,
    bodyTimeout: 0,
  }
}

function listHeaders(headers: HeaderRecord, cookie: string | undefined): string[] {
  const list: string[] = []
  for (const name in headers) if (name !== 'cookie') list.push(name, headers[name] as string)
  const own = headers.cookie
  const both = own === undefined || cookie === undefined ? (own ?? cookie) : `${own}; ${cookie}`
  if (both !== undefined) list.push('cookie', both)
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
  const elapsedMs = Math.round(call.settings.monotonicNow() - startedAtMs)
  attemptEnd.publish({ ...call.event, status, code: failure?.code, sent: exchange.sent, elapsedMs })
}
