import type { Sent } from '../errors.ts'
import type { HttpDispatcher } from '../http/dispatcher.ts'
import type { ResponseHeaders, TransportResponse } from '../http/response.ts'
import { dateOf, parseHttpDate } from './clock-skew.ts'

/** Statuses after which an idempotent request may be sent again: the server, or something before it, did not get to it. */
const passing = new Set([408, 502, 503, 504])

/** True if a reply of this status may be followed by the same request once more. Never true for 429. */
export function mayRepeatAfterReply(status: number, idempotent: boolean): boolean {
  return idempotent && passing.has(status)
}

/** True if a reply of this status leaves open whether the request was carried out. */
export function leavesOpen(status: number): boolean {
  return passing.has(status)
}

/** True if a request that got no reply may be sent once more. */
export function mayRepeatWithoutReply(sent: Sent, idempotent: boolean, presigned: boolean): boolean {
  return sent === 'no' || (idempotent && !presigned)
}

/** The wait before a repeat: exponential with full jitter, `repeat` counting from 1, `random` within 0 and 1; in milliseconds. */
export function backoffMs(repeat: number, baseDelayMs: number, maxDelayMs: number, random: number): number {
  return Math.floor(random * Math.min(maxDelayMs, baseDelayMs * 2 ** (repeat - 1)))
}

const capacity = 10
const costOfRetry = 1
const gainOfSuccess = 0.1

/**
 * Keeps repeats to about a tenth of what succeeds, with ten in reserve: when a server is down for everyone, a fleet
 * that repeats everything three times is what keeps it down.
 */
export class RetryBudget {
  #tokens = capacity

  /** Takes the cost of one repeat; false if there is not enough left. */
  spend(): boolean {
    if (this.#tokens < costOfRetry) return false
    this.#tokens -= costOfRetry
    return true
  }

  earn(): void {
    this.#tokens = Math.min(capacity, this.#tokens + gainOfSuccess)
  }
}

const budgets = new WeakMap<HttpDispatcher, Map<string, RetryBudget>>()

/** The budget of an origin: one for all transports that share a way out. */
export function retryBudgetOf(dispatcher: HttpDispatcher, origin: string): RetryBudget {
  const byOrigin = budgets.get(dispatcher) ?? new Map<string, RetryBudget>()
  const budget = byOrigin.get(origin) ?? new RetryBudget()
  byOrigin.set(origin, budget)
  budgets.set(dispatcher, byOrigin)
  return budget
}

/** How long IBKR keeps an address in its penalty box after a 429: 10 minutes (its older pages say 15). */
export const documentedPenaltyMs: number = 10 * 60_000

/** How long a refusing server is to be left alone, in milliseconds: what a session's pacing keeps to, or what the reply asks for. */
export function waitAfter(response: TransportResponse, nowMs: number): number | undefined {
  const askedMs = response.retryAfterMs ?? readRetryAfter(response.headers, nowMs)
  if (response.status !== 429 || response.retryAfterMs !== undefined) return askedMs
  return Math.max(documentedPenaltyMs, askedMs ?? 0)
}

/** Nobody is believed to want a longer rest: IBKR's own penalty is 10 minutes, on older pages 15. */
export const longestRetryAfterMs: number = 15 * 60_000

/**
 * `Retry-After` in milliseconds from now, 15 minutes at the most (RFC 9110 10.2.3: seconds in digits or a date, by the
 * reply's own `Date` if it has one); undefined if absent or anything else.
 */
export function readRetryAfter(headers: ResponseHeaders, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+$/.test(value)) return Math.min(longestRetryAfterMs, Number(value) * 1_000)
  const atMs = parseHttpDate(value)
  if (atMs === undefined) return undefined
  return Math.min(longestRetryAfterMs, Math.max(0, atMs - (dateOf(headers) ?? nowMs)))
}
