import type { Timer, Timers } from '../timer-heap.ts'

/** Whom an alarm wakes. */
export interface AlarmHost {
  due(): void
}

/** The one timer of a machine: goes off when its state wants it to. */
export class Alarm {
  readonly #timers: Timers
  readonly #host: AlarmHost
  #dueAtMs: number | undefined
  #timer: Timer | undefined

  constructor(timers: Timers, host: AlarmHost) {
    this.#timers = timers
    this.#host = host
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
    this.#host.due()
  }
}
