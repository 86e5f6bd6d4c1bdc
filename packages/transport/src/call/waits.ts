import {
  codeOf,
  type RequestEvent,
  type RequestOrigin,
  type WaitEvent,
  type WaitReason,
  waitEnd,
  waitStart,
} from '../events.ts'
import type { Attempt } from '../request/types.ts'
import { maskQuery } from './mask.ts'

/** What a wait is told of with: the request as events describe it, and the clock that it is measured by. */
export interface Waiting {
  readonly describe: () => RequestEvent
  readonly monotonicNow: () => number
}

/** Tells of a wait, from its beginning to its end; `pending` is awaited as it is. */
export function tellWait<Value>(
  reason: WaitReason,
  pending: Promise<Value>,
  waiting: Waiting,
): Promise<Value> {
  return waitStart.hasSubscribers || waitEnd.hasSubscribers ? toldWait(reason, pending, waiting) : pending
}

async function toldWait<Value>(
  reason: WaitReason,
  pending: Promise<Value>,
  { describe, monotonicNow }: Waiting,
): Promise<Value> {
  const startedAtMs = monotonicNow()
  const event: WaitEvent = { ...describe(), reason }
  waitStart.publish(event)
  const end = (error?: unknown): void => {
    waitEnd.publish({ ...event, elapsedMs: Math.round(monotonicNow() - startedAtMs), code: codeOf(error) })
  }
  try {
    const value = await pending
    end()
    return value
  } catch (error) {
    end(error ?? null)
    throw error
  }
}

/** An attempt that has not begun, as events describe it. */
export function describeAttempt(attempt: Attempt, origin: RequestOrigin): RequestEvent {
  const { call, method, url, number } = attempt
  const { origin: server, pathname, search } = new URL(url)
  return { call, ...origin, method, origin: server, path: maskQuery(pathname + search), attempt: number - 1 }
}
