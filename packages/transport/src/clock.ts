/**
 * Where time comes from. Everything in this package that reads the time or waits goes through one
 * of these, so that a test can drive hours in milliseconds.
 */
export interface Clock {
  /** Milliseconds since 1970, as `Date.now()`. */
  now(): number
  /** Calls `callback` once, after at least `delayMs` milliseconds; the result is for {@link clearTimeout} alone. */
  setTimeout(callback: () => void, delayMs: number): unknown
  /** Forgets a timer; a handle that has fired already is no error. */
  clearTimeout(handle: unknown): void
}

/** The machine's own clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
}
