import type { Timer, Timers } from '../timer-heap.ts'

/** The one timer of a credential: its renewal, its expiry, or the next attempt to get one. */
export class AttemptSchedule {
  readonly #timers: Timers
  #timer: Timer | undefined
  #nextAtMs: number | undefined

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** When an attempt is due, by this machine's clock; undefined if only an expiry is waited for, or nothing. */
  get nextAtMs(): number | undefined {
    return this.#nextAtMs
  }

  /** Until then, in milliseconds. */
  get remainingMs(): number | undefined {
    return this.#nextAtMs === undefined ? undefined : this.#nextAtMs - this.#timers.now()
  }

  /** Times an attempt, in place of whatever was timed. */
  attempt(delayMs: number, callback: () => void): void {
    this.wake(delayMs, callback)
    this.#nextAtMs = this.#timers.now() + delayMs
  }

  /** Times something that is no attempt, in place of whatever was timed. */
  wake(delayMs: number, callback: () => void): void {
    this.clear()
    this.#timer = this.#timers.after(delayMs, callback)
  }

  clear(): void {
    this.#timers.cancel(this.#timer)
    this.#timer = undefined
    this.#nextAtMs = undefined
  }
}
