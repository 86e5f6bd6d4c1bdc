import type { Sent } from '../errors.ts'
import type { HttpDispatcher } from '../http/dispatcher.ts'
import type { ResponseHeaders } from '../http/response.ts'

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

/** `Retry-After` in milliseconds from now (RFC 9110 10.2.3: seconds or a date); undefined if absent or unreadable. */
export function readRetryAfter(headers: ResponseHeaders, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000
  const atMs = Date.parse(value)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}
