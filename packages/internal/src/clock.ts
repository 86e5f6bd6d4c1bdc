/** Where time comes from, so that a test can drive hours in milliseconds. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds since any moment, never set back or forth. */
  monotonicNow(): number
  /** Calls `callback` once, after at least `delayMs` milliseconds; the result is for {@link clearTimeout} alone. */
  setTimeout(callback: () => void, delayMs: number): unknown
  /** Forgets a timer; a handle that has fired already is no error. */
  clearTimeout(handle: unknown): void
}

/** The machine's own clocks and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
}
