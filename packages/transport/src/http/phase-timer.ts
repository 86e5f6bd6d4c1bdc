import { type Clock, monotonicOf } from '../clock.ts'

/** Whose phases they are. */
export interface PhaseTimerHost {
  timedOut(): void
}

/**
 * Times one phase after another with a single timer. Entering a phase only notes its deadline; the timer is set anew
 * when it fires too early. A quick request sets one timer in its life.
 */
export class PhaseTimer {
  readonly #clock: Clock
  readonly #monotonicNow: () => number
  readonly #host: PhaseTimerHost
  #handle: unknown
  #firesAtMs = Number.POSITIVE_INFINITY
  #deadlineMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock, host: PhaseTimerHost) {
    this.#clock = clock
    this.#monotonicNow = monotonicOf(clock)
    this.#host = host
  }

  /** Starts a phase; a limit of 0 ms is none. */
  enter(limitMs: number): void {
    if (limitMs === 0) {
      this.#deadlineMs = Number.POSITIVE_INFINITY
      return
    }
    const now = this.#monotonicNow()
    this.#deadlineMs = now + limitMs
    if (this.#deadlineMs < this.#firesAtMs) this.#arm(now, limitMs)
  }

  stop(): void {
    if (this.#handle !== undefined) this.#clock.clearTimeout(this.#handle)
    this.#handle = undefined
    this.#firesAtMs = Number.POSITIVE_INFINITY
    this.#deadlineMs = Number.POSITIVE_INFINITY
  }

  #arm(now: number, delayMs: number): void {
    if (this.#handle !== undefined) this.#clock.clearTimeout(this.#handle)
    this.#firesAtMs = now + delayMs
    this.#handle = this.#clock.setTimeout(() => this.#fired(), delayMs)
  }

  #fired(): void {
    this.#handle = undefined
    this.#firesAtMs = Number.POSITIVE_INFINITY
    if (this.#deadlineMs === Number.POSITIVE_INFINITY) return
    const now = this.#monotonicNow()
    if (now < this.#deadlineMs) this.#arm(now, this.#deadlineMs - now)
    else this.#host.timedOut()
  }
}
