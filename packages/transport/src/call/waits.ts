import { codeOf, type WaitEvent, type WaitReason, waitEnd, waitStart } from '../events.ts'
import type { CallState } from './call.ts'

/** Tells of a call's wait, from its beginning to its end; `pending` is awaited as it is. */
export function tellWait<Value>(
  call: CallState,
  reason: WaitReason,
  pending: Promise<Value>,
): Promise<Value> {
  return waitStart.hasSubscribers || waitEnd.hasSubscribers ? toldWait(call, reason, pending) : pending
}

async function toldWait<Value>(call: CallState, reason: WaitReason, pending: Promise<Value>): Promise<Value> {
  const { monotonicNow } = call.settings
  const startedAtMs = monotonicNow()
  const event: WaitEvent = { ...call.event, reason }
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
