import { invalidInput } from './error.ts'

/** The clock, for tests and for callers who correct it by a server's `Date` header. */
export interface ClockOptions {
  /** Current time in ms since 1970. @defaultValue `Date.now` */
  readonly now?: () => number
}

/** Milliseconds since 1970. */
export function nowMs(options: ClockOptions): number {
  const value = (options.now ?? Date.now)()
  if (Number.isFinite(value) && value >= 0) return value
  throw invalidInput('now must return milliseconds since 1970')
}

/** Whole seconds since 1970, as NumericDate claims have them (RFC 7519 2). */
export function nowSeconds(options: ClockOptions): number {
  return Math.floor(nowMs(options) / 1000)
}
