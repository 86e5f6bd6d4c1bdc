import { systemClock as machineClock } from '@ibkr-auth/internal/clock'

/**
 * Where time comes from. Everything in this package that reads the time or waits goes through one of these, so that a
 * test can drive hours in milliseconds. Two readings: the wall clock serves expiry and signatures, and can be set; the
 * monotonic one serves durations, and cannot.
 */
export interface Clock {
  /** Milliseconds since 1970, as `Date.now()`. */
  now(): number
  /**
   * Milliseconds since any moment, never set back or forth, as `performance.now()`. Default: {@link now} as far as it goes
   * forth, so that a wall clock that is set forth shortens waits, and one set back makes them up to a minute longer.
   */
  readonly monotonicNow?: (() => number) | undefined
  /** Calls `callback` once, after at least `delayMs` milliseconds; the result is for {@link clearTimeout} alone. */
  setTimeout(callback: () => void, delayMs: number): unknown
  /** Forgets a timer; a handle that has fired already is no error. */
  clearTimeout(handle: unknown): void
}

/** The machine's own clocks and timers. */
export const systemClock: Clock = machineClock

const readings = new WeakMap<Clock, () => number>()

/** What durations are measured by: milliseconds that only ever go forth, whatever a clock answers. */
export function monotonicOf(clock: Clock): () => number {
  if (clock === systemClock) return systemMonotonic
  const known = readings.get(clock)
  if (known !== undefined) return known
  const reading = onlyForth(() => (clock.monotonicNow === undefined ? clock.now() : clock.monotonicNow()))
  readings.set(clock, reading)
  return reading
}

function systemMonotonic(): number {
  return performance.now()
}

/** A reading that goes back, or is no number, is a clock gone wrong: for that while, no time passes. */
function onlyForth(read: () => number): () => number {
  let elapsedMs = 0
  let last = read()
  return () => {
    const now = read()
    if (now > last) elapsedMs += now - last
    if (Number.isFinite(now)) last = now
    return elapsedMs
  }
}
