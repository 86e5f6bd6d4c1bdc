import { webcrypto } from 'node:crypto'
import { type Clock, monotonicOf, systemClock } from '../clock.ts'
import { TransportError } from '../errors.ts'
import type { HttpDispatcher } from '../http/dispatcher.ts'
import { type HeaderRecord, mergeHeaders } from '../http/headers.ts'
import { CookieStore } from '../request/cookies.ts'
import { type CredentialScope, createCredentialScope } from '../request/credential-scope.ts'
import type { Authorize, Complete, Interceptor, Timeouts } from '../request/types.ts'
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
/** Beyond this a Node timer fires at once. */
const longestDelayMs = 2 ** 31 - 1

/** Checks options and fills in the defaults. */
export function resolveSettings(options: TransportOptions, dispatcher: HttpDispatcher): Settings {
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
    random: options.random ?? systemRandom,
    skew: new ClockSkew(clock),
    budget: retryBudgetOf(dispatcher, scope.origin),
    cookies: options.cookies === false ? undefined : new CookieStore(scope.origin, options.cookies?.names),
  }
}

/** Puts a request's own timeouts over the general ones. */
export function resolveTimeouts(own: Timeouts | undefined, general: Complete<Timeouts>): Complete<Timeouts> {
  if (own === undefined) return general
  return {
    connectMs: checkDelay('timeouts.connectMs', own.connectMs ?? general.connectMs),
    headersMs: checkDelay('timeouts.headersMs', own.headersMs ?? general.headersMs),
    bodyMs: checkDelay('timeouts.bodyMs', own.bodyMs ?? general.bodyMs),
    totalMs: checkDelay('timeouts.totalMs', own.totalMs ?? general.totalMs),
  }
}

function resolveRetry(own: RetryOptions = {}): Complete<RetryOptions> {
  return {
    limit: checkNumber('retry.limit', own.limit ?? defaultRetry.limit),
    baseDelayMs: checkDelay('retry.baseDelayMs', own.baseDelayMs ?? defaultRetry.baseDelayMs),
    maxDelayMs: checkDelay('retry.maxDelayMs', own.maxDelayMs ?? defaultRetry.maxDelayMs),
  }
}

function checkDelay(name: string, value: number): number {
  if (value <= longestDelayMs) return checkNumber(name, value)
  throw new TransportError(
    'ERR_TRANSPORT_INVALID_INPUT',
    `${name} must be at most ${longestDelayMs} ms; 0 is no limit`,
  )
}

/** Makes sure that an option is a number from 0 up. */
export function checkNumber(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0) return value
  throw new TransportError('ERR_TRANSPORT_INVALID_INPUT', `${name} must be a number from 0 up`)
}

function systemRandom(): number {
  const [value = 0] = webcrypto.getRandomValues(new Uint32Array(1))
  return value / 2 ** 32
}
