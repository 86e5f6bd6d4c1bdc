import { isTransportError, type TransportError } from '../errors.ts'
import { attemptEnd, attemptStart } from '../events.ts'
import { Exchange } from '../http/exchange.ts'
import { type HeaderRecord, mergeHeaders } from '../http/headers.ts'
import { TransportResponse } from '../http/response.ts'
import type { Attempt, AuthorizationHeaders, Authorize, AuthorizeRequest, Next } from '../request/types.ts'
import type { CallState } from './call.ts'
import { sampleSkew } from './clock-skew.ts'
import { explainAuthorize, explainFailure, explainInterceptor } from './failed-call.ts'
import { leavesOpen } from './retry-rules.ts'
import { rememberSecrets } from './server-message.ts'

/** Makes one attempt, with the transport's interceptors around it. */
export function interceptedAttempt(call: CallState): Promise<TransportResponse> {
  const { interceptors } = call.settings
  const { headers, authorize } = call.request
  if (interceptors.length === 0) return sendAttempt(call, { headers, authorize })
  const innermost: Next = (attempt) => {
    const amiss = wrongPass(call, attempt)
    if (amiss !== undefined) return Promise.reject(explainInterceptor(call.known, amiss))
    return sendAttempt(call, attempt)
  }
  const chain = interceptors.reduceRight<Next>(
    (next, one) => async (attempt) => replyOf(call, await one(attempt, next)),
    innermost,
  )
  return chain(describe(call, headers, authorize))
}

/** What an interceptor does amiss in passing on an attempt: one that repeats by itself would double an order. */
function wrongPass(call: CallState, attempt: Attempt | undefined | null): string | undefined {
  if (typeof attempt !== 'object' || attempt === null) return 'passed on something else than an attempt'
  if (call.repeatable || call.sent === 'no') return undefined
  return 'called next() again after the request went out'
}

/** An interceptor is foreign code. */
function replyOf(call: CallState, answer: TransportResponse): TransportResponse {
  if (answer instanceof TransportResponse || isReply(answer)) return answer
  throw explainInterceptor(call.known, 'answered with something else than a reply')
}

/** Of another installed copy of this package. */
function isReply(answer: TransportResponse | undefined | null): boolean {
  return typeof answer === 'object' && Number.isInteger(answer?.status) && typeof answer?.json === 'function'
}

function describe(call: CallState, headers: HeaderRecord, authorize: Authorize | undefined): Attempt {
  const { method, url, path, body, idempotent, context } = call.request
  const { dispatcher } = call.settings
  const { id, timeLeftMs, attempts } = call
  return {
    call: id,
    method,
    url,
    path,
    headers,
    body,
    idempotent,
    number: attempts + 1,
    // Few ask for it, and it costs more than the rest of the attempt.
    get signal() {
      return call.cancellation.signal
    },
    timeLeftMs,
    authorize,
    context,
    dispatcher,
  }
}

/** The same attempt, authorised and held by somebody else: what a copy is, but for the signal, which is made when somebody asks. */
export function sentBy(attempt: Attempt, authorize: Authorize | undefined, mayLeave: () => boolean): Attempt {
  const { call, method, url, path, headers, body, idempotent } = attempt
  const { number, timeLeftMs, context, dispatcher } = attempt
  return {
    call,
    method,
    url,
    path,
    headers,
    body,
    idempotent,
    number,
    get signal() {
      return attempt.signal
    },
    timeLeftMs,
    authorize,
    mayLeave,
    context,
    dispatcher,
  }
}

function changedHeaders(call: CallState, given: HeaderRecord): HeaderRecord {
  const { headers } = call.request
  return given === headers ? headers : mergeHeaders(headers, given, call.settings.host)
}

/** Authorises a request, sends it once and reads the reply; whatever goes wrong is thrown as a {@link TransportError}. */
export async function sendAttempt(
  call: CallState,
  { headers: given, authorize, mayLeave }: Pick<Attempt, 'headers' | 'authorize' | 'mayLeave'>,
): Promise<TransportResponse> {
  const headers = changedHeaders(call, given)
  call.cancellation.throwIfCancelled()
  call.attempts++
  const startedAtMs = call.settings.monotonicNow()
  if (attemptStart.hasSubscribers) attemptStart.publish(call.event)
  const exchange = createExchange(call, mayLeave)
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
  const { monotonicNow, cookies, scope } = call.settings
  const { method, pathAndQuery, body, idempotent } = call.request
  const signing = new Signing(call)
  call.sentHeaders = headers
  const answer = authorize && signing.ask(authorize, headers)
  // Signing that is synchronous must not cost a turn of the event loop.
  const authorized = authorize ? signing.add(headers, isPromise(answer) ? await answer : answer) : headers
  const cookie = cookies?.headerFor(pathAndQuery, monotonicNow())
  if (cookie !== undefined) call.credentials = [...call.credentials, cookie]
  const sentAtMs = monotonicNow()
  const response = await exchange.run({
    origin: scope.origin,
    path: pathAndQuery,
    method,
    headers: listHeaders(authorized, cookie),
    body: body ?? null,
    idempotent,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  if (!leavesOpen(response.status)) call.unresolved = false
  if (!response.ok) rememberSecrets(response, call.secrets)
  signing.learn(response, exchange.headAtMs - sentAtMs, monotonicNow() - exchange.headAtMs)
  if (cookies?.concerns(response.headers)) await cookies.store(response.headers)
  return response
}

function isPromise<T extends object>(value: T | Promise<T> | undefined): value is Promise<T> {
  return value !== undefined && 'then' in value && typeof value.then === 'function'
}

function createExchange(call: CallState, mayLeave: (() => boolean) | undefined): Exchange {
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
    mayLeave,
    explain: (failure, { sent, status }) => {
      call.lastFailure = explainFailure(call.known, failure, sent, status)
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
  const elapsedMs = Math.round(call.settings.monotonicNow() - startedAtMs)
  attemptEnd.publish({ ...call.event, status, code: failure?.code, sent: exchange.sent, elapsedMs })
}

/** The authorisation of one attempt, and what its reply says about the time it was made with. */
export class Signing {
  readonly #call: CallState
  /** By how much the time that was asked for had been corrected; 0 if it was not asked for. */
  #correctedByMs = 0

  constructor(call: CallState) {
    this.#call = call
  }

  ask(authorize: Authorize, headers: HeaderRecord): ReturnType<Authorize> {
    const call = this.#call
    const { method, url, form } = call.request
    const asked: AuthorizeRequest = {
      method,
      url,
      headers,
      ...(form === undefined ? {} : { body: form }),
      attempt: call.attempts,
      now: this.#now,
      clockSkewMs: call.settings.skew.ms,
    }
    return authorize(asked)
  }

  add(headers: HeaderRecord, added: AuthorizationHeaders | undefined): HeaderRecord {
    const call = this.#call
    // Only code without types can answer so; to send the request all the same would send it without its credential.
    if (typeof added !== 'object' || added === null) throw new TypeError('authorize answered with no headers')
    call.credentials = Object.values(added)
    return mergeHeaders(headers, added, call.settings.host)
  }

  /** `sinceHeadMs`: how long ago the head of the reply was there. */
  learn(response: TransportResponse, roundTripMs: number, sinceHeadMs: number): void {
    const { skew, clock } = this.#call.settings
    const sample = sampleSkew(response.headers, clock.now() - sinceHeadMs, roundTripMs)
    this.#call.clockOffByMs = sample === undefined ? undefined : sample - this.#correctedByMs
    if (sample !== undefined) skew.learn(sample, roundTripMs)
  }

  readonly #now = (): number => {
    const { skew } = this.#call.settings
    this.#correctedByMs = skew.ms
    return skew.now()
  }
}
