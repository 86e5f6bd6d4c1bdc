import type { Sent } from './transport-error.ts'

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
