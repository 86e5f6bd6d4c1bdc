import {
  checkClock,
  checkCount,
  checkDuration,
  checkFlag,
  checkFunction,
  checkGroup,
  checkList,
  checkNumber,
  checkText,
  invalidInput,
  isText,
} from '../checks.ts'
import { type Clock, monotonicOf, systemClock } from '../clock.ts'
import { type RequestOrigin, reportListenerError } from '../events.ts'
import type { HttpDispatcher } from '../http/dispatcher.ts'
import { type HeaderRecord, isFieldValue, mergeHeaders } from '../http/headers.ts'
import type { TransportResponse } from '../http/response.ts'
import { systemRandom } from '../random.ts'
import { CookieStore } from '../request/cookies.ts'
import { type CredentialScope, createCredentialScope } from '../request/credential-scope.ts'
import type { Authorize, Complete, Interceptor, RequestContext, Timeouts } from '../request/types.ts'
import type { CallState } from './call.ts'
import { ClockSkew } from './clock-skew.ts'
import type { RetryOptions, TransportOptions } from './options.ts'
import { type RetryBudget, retryBudgetOf } from './retry-rules.ts'

/** A transport's options, checked and complete, and what it learns as it goes. */
export interface Settings {
  readonly scope: CredentialScope
  /** Host and port of the scope, as the `Host` header has them. */
  readonly host: string
  readonly authorize: Authorize | undefined
  readonly interceptors: readonly Interceptor[]
  readonly dispatcher: HttpDispatcher
  /** Headers of every request. */
  readonly headers: HeaderRecord
  readonly timeouts: Complete<Timeouts>
  readonly retry: Complete<RetryOptions>
  readonly maxResponseBytes: number
  readonly throwHttpErrors: boolean
  readonly clockSkewLimitMs: number
  readonly clock: Clock
  /** Milliseconds that only go forth: what durations are measured by. */
  readonly monotonicNow: () => number
  readonly random: () => number
  readonly skew: ClockSkew
  readonly budget: RetryBudget
  readonly cookies: CookieStore | undefined
  readonly session: TransportSession | undefined
}

/** The session that a transport belongs to: it has a part in each of its calls. */
export interface TransportSession {
  /** Whose request one with this context is, for events. */
  originOf(context: RequestContext): RequestOrigin
  /** Makes one attempt, with all that it needs. */
  attempt(call: CallState): Promise<TransportResponse>
  callBegins(context: RequestContext): void
  /** Nothing of it is left, the body of a stream included. */
  callEnds(context: RequestContext): void
}

const defaultTimeouts: Complete<Timeouts> = {
  connectMs: 10_000,
  headersMs: 30_000,
  bodyMs: 30_000,
  totalMs: 60_000,
}
const defaultRetry: Complete<RetryOptions> = { limit: 2, baseDelayMs: 250, maxDelayMs: 8_000 }
/** Beyond this a clock that is off is a likelier cause of a 401 than the credential; IBKR's window is not published. */
export const defaultClockSkewLimitMs = 30_000

/** Checks options and fills in the defaults. */
export function resolveSettings(
  options: TransportOptions,
  dispatcher: HttpDispatcher,
  session?: TransportSession,
): Settings {
  checkParts(options)
  const scope = createCredentialScope(options.baseUrl, options.allowPlainHttp ?? [])
  const host = new URL(scope.origin).host
  const clock = options.clock ?? systemClock
  const usual = {
    accept: '*/*',
    'accept-encoding': 'gzip, br',
    'user-agent': options.userAgent ?? 'ibkr-auth-transport',
  }
  return {
    scope,
    host,
    authorize: options.authorize,
    interceptors: options.interceptors ?? [],
    dispatcher,
    // Frozen, since requests that add nothing are given this very object.
    headers: Object.freeze(mergeHeaders(mergeHeaders({}, usual, host), options.headers, host)),
    timeouts: resolveTimeouts(options.timeouts, defaultTimeouts),
    retry: resolveRetry(options.retry),
    maxResponseBytes: checkNumber('maxResponseBytes', options.maxResponseBytes ?? 33_554_432),
    throwHttpErrors: options.throwHttpErrors ?? true,
    clockSkewLimitMs: checkNumber('clockSkewLimitMs', options.clockSkewLimitMs ?? defaultClockSkewLimitMs),
    clock,
    monotonicNow: monotonicOf(clock),
    random: options.random === undefined ? systemRandom : reliably(options.random),
    skew: new ClockSkew(clock),
    budget: retryBudgetOf(dispatcher, scope.origin),
    cookies:
      options.cookies === false
        ? undefined
        : new CookieStore(scope.origin, scope.pathPrefix, options.cookies?.names),
    session,
  }
}

/** Puts a request's own timeouts over the general ones. */
export function resolveTimeouts(own: Timeouts | undefined, general: Complete<Timeouts>): Complete<Timeouts> {
  if (own === undefined) return general
  checkGroup('timeouts', own)
  return {
    connectMs: checkDuration('timeouts.connectMs', own.connectMs ?? general.connectMs),
    headersMs: checkDuration('timeouts.headersMs', own.headersMs ?? general.headersMs),
    bodyMs: checkDuration('timeouts.bodyMs', own.bodyMs ?? general.bodyMs),
    totalMs: checkDuration('timeouts.totalMs', own.totalMs ?? general.totalMs),
  }
}

function resolveRetry(own: RetryOptions = {}): Complete<RetryOptions> {
  checkGroup('retry', own)
  return {
    limit: checkCount('retry.limit', own.limit ?? defaultRetry.limit, 0),
    baseDelayMs: checkDuration('retry.baseDelayMs', own.baseDelayMs ?? defaultRetry.baseDelayMs),
    maxDelayMs: checkDuration('retry.maxDelayMs', own.maxDelayMs ?? defaultRetry.maxDelayMs),
  }
}

function checkParts(options: TransportOptions): void {
  const { authorize, interceptors, clock, random, cookies } = options
  checkFunction('authorize', authorize)
  checkFunction('random', random)
  checkFlag('throwHttpErrors', options.throwHttpErrors)
  if (!isFieldValue(checkText('userAgent', options.userAgent) ?? ''))
    throw invalidInput('userAgent must be printable ASCII without line breaks')
  checkList('allowPlainHttp', options.allowPlainHttp, 'host names', isText)
  checkList('interceptors', interceptors, 'functions', (one) => typeof one === 'function')
  checkClock(clock)
  if (cookies === undefined || cookies === false) return
  checkGroup('cookies', cookies)
  checkList('cookies.names', cookies.names, 'names', (name) => isText(name) && name !== '')
}

/** A caller's numbers, as far as they are what they should be; the system's stand in for others. */
function reliably(random: () => number): () => number {
  return () => {
    let value: unknown
    try {
      value = random()
    } catch (error) {
      reportListenerError('random', error)
    }
    return typeof value === 'number' && value >= 0 && value < 1 ? value : systemRandom()
  }
}
