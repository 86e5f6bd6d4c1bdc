import { webcrypto } from 'node:crypto'
import type { Authorize } from './authorize.ts'
import { type Clock, systemClock } from './clock.ts'
import { ClockSkew } from './clock-skew.ts'
import { CookieStore } from './cookie-store.ts'
import type { HttpDispatcher } from './dispatcher.ts'
import type { Interceptor } from './interceptor.ts'
import type { RetryOptions, TransportOptions } from './options.ts'
import type { Timeouts } from './request.ts'
import { type HeaderRecord, mergeHeaders } from './request-headers.ts'
import { type RetryBudget, retryBudgetOf } from './retry-budget.ts'
import { createTarget, type Target } from './target.ts'
import { TransportError } from './transport-error.ts'

/** A transport's options, checked and complete, and what it learns as it goes. */
export interface Settings {
  readonly target: Target
  /** Host and port of the target, as the `Host` header has them. */
  readonly host: string
  readonly authorize: Authorize | undefined
  readonly interceptors: readonly Interceptor[]
  readonly dispatcher: HttpDispatcher
  /** Headers of every request. */
  readonly headers: HeaderRecord
  readonly timeouts: Required<Timeouts>
  readonly retry: Required<RetryOptions>
  readonly maxResponseBytes: number
  readonly throwHttpErrors: boolean
  readonly clockSkewLimitMs: number
  readonly clock: Clock
  readonly random: () => number
  readonly skew: ClockSkew
  readonly budget: RetryBudget
  readonly cookies: CookieStore | undefined
}

const defaultTimeouts: Required<Timeouts> = {
  connectMs: 10_000,
  headersMs: 30_000,
  bodyMs: 30_000,
  totalMs: 60_000,
}
const defaultRetry: Required<RetryOptions> = { limit: 2, baseDelayMs: 250, maxDelayMs: 8_000 }
/** Beyond this a clock that is off is a likelier cause of a 401 than the credential; IBKR's window is not published. */
export const defaultClockSkewLimitMs = 30_000
/** Beyond this a Node timer fires at once. */
const longestDelayMs = 2 ** 31 - 1

/** Checks options and fills in the defaults. */
export function resolveSettings(options: TransportOptions, dispatcher: HttpDispatcher): Settings {
  const target = createTarget(options.origin, options.pathPrefix ?? '', options.allowPlainHttp ?? [])
  const host = new URL(target.origin).host
  const clock = options.clock ?? systemClock
  const usual = {
    accept: '*/*',
    'accept-encoding': 'gzip, br',
    'user-agent': options.userAgent ?? 'ibkr-auth-transport',
  }
  return {
    target,
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
    random: options.random ?? systemRandom,
    skew: new ClockSkew(clock),
    budget: retryBudgetOf(dispatcher, target.origin),
    cookies: options.cookies === false ? undefined : new CookieStore(target.origin, options.cookies?.names),
  }
}

/** Puts a request's own timeouts over the general ones. */
export function resolveTimeouts(own: Timeouts | undefined, general: Required<Timeouts>): Required<Timeouts> {
  if (own === undefined) return general
  return {
    connectMs: checkDelay('timeouts.connectMs', own.connectMs ?? general.connectMs),
    headersMs: checkDelay('timeouts.headersMs', own.headersMs ?? general.headersMs),
    bodyMs: checkDelay('timeouts.bodyMs', own.bodyMs ?? general.bodyMs),
    totalMs: checkDelay('timeouts.totalMs', own.totalMs ?? general.totalMs),
  }
}

function resolveRetry(own: RetryOptions = {}): Required<RetryOptions> {
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
