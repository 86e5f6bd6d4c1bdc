import { AsyncLocalStorage } from 'node:async_hooks'
import { systemClock as machineClock } from '@ibkr-auth/internal/clock'

/** Where time comes from; the shape of `@ibkr-auth/transport`'s clock. */
export interface Clock {
  /** Milliseconds since 1970, as `Date.now()`. */
  now(): number
  /** Milliseconds that are never set back; from any beginning. Default: `performance.now()`. */
  readonly monotonicNow?: (() => number) | undefined
  /** Calls `callback` once, after at least `delayMs` milliseconds. */
  setTimeout(callback: () => void, delayMs: number): unknown
  /** Forgets a timer. */
  clearTimeout(handle: unknown): void
}

/** The machine's own clock. */
export const systemClock: Clock = machineClock

/** Durations go by this, so that a clock that is set makes no wait longer or shorter. */
export function monotonic(clock: Clock): number {
  return clock.monotonicNow?.() ?? clock.now()
}

/** What goes on by itself, or for many, belongs to no caller: not to whoever happened to set it going either. */
export const inNobodysContext: <Result>(run: () => Result) => Result = AsyncLocalStorage.snapshot()

/** A timer for what goes on in the background: it keeps no process alive. */
export function inBackground(clock: Clock, delayMs: number, callback: () => void): unknown {
  const handle = inNobodysContext(() => clock.setTimeout(callback, delayMs))
  if (
    typeof handle === 'object' &&
    handle !== null &&
    'unref' in handle &&
    typeof handle.unref === 'function'
  )
    handle.unref()
  return handle
}
