import type { Timer, Timers } from '../timer-heap.ts'

/** The one timer of a machine: goes off when its state wants it to. */
export class Alarm {
  readonly #timers: Timers
  readonly #ring: () => void
  #dueAtMs: number | undefined
  #timer: Timer | undefined

  constructor(timers: Timers, ring: () => void) {
    this.#timers = timers
    this.#ring = ring
  }

  /** Sets it to a time in monotonic milliseconds, in place of any other; undefined turns it off. */
  set(dueAtMs: number | undefined): void {
    if (dueAtMs === this.#dueAtMs && this.#timer !== undefined) return
    this.#timers.cancel(this.#timer)
    this.#dueAtMs = dueAtMs
    this.#timer =
      dueAtMs === undefined
        ? undefined
        : this.#timers.after(dueAtMs - this.#timers.monotonicNow(), () => this.#off())
  }

  #off(): void {
    this.#timer = undefined
    this.#ring()
  }
}
