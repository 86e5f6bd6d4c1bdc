import { isObject, isTime, type Members } from './values.ts'

/** Times by the store's clock, in milliseconds since 1970. */
export interface Span {
  readonly fromMs: number
  readonly untilMs: number
}

/** Servers that stand in for each other may be so far apart, in milliseconds. */
const toleranceMs = 1_000

export function spanOf(fromMs: number, lengthMs: number): Span {
  return { fromMs, untilMs: fromMs + lengthMs }
}

/** Whether it is now. What lies ahead altogether was written before the store's clock was set back, and says nothing any more. */
export function isWithin(nowMs: number, fromMs: number, untilMs: number): boolean {
  return fromMs - toleranceMs <= nowMs && nowMs < untilMs
}

/** Whether a stored value is a span, whatever else it is. */
export function isSpan(value: unknown): value is Members & Span {
  return isObject(value) && isTime(value.fromMs) && isTime(value.untilMs)
}
