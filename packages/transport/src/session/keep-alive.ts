import type { Timer, Timers } from '../timer-heap.ts'

/** What keep-alive needs. */
export interface KeepAliveHost {
  readonly timers: Timers
  readonly random: () => number
  /** Longest silence, in milliseconds. */
  readonly intervalMs: number
  /** Sends a `tickle`. Never rejects. */
  tickle(): Promise<void>
}

/**
 * Breaks a silence before it ends the brokerage session (IBKR: more than five minutes). Requests that go out anyway break it too:
 * they only note the time, and the one timer looks at that when it is due.
 */
export class KeepAlive {
  readonly #host: KeepAliveHost
  #timer: Timer | undefined
  #lastActivityAtMs: number | undefined

  constructor(host: KeepAliveHost) {
    this.#host = host
  }

  /** When a request last did the work, in milliseconds since 1970. */
  get lastActivityAtMs(): number | undefined {
    return this.#lastActivityAtMs
  }

  /** A request has been answered. */
  noteActivity(): void {
    this.#lastActivityAtMs = this.#host.timers.now()
  }

  start(): void {
    if (this.#timer === undefined) this.#sleep(this.#intervalMs())
  }

  stop(): void {
    this.#host.timers.cancel(this.#timer)
    this.#timer = undefined
  }

  /** Up to a tenth sooner, so that sessions that began together do not tickle together. */
  #intervalMs(): number {
    return this.#host.intervalMs * (1 - this.#host.random() / 10)
  }

  #sleep(delayMs: number): void {
    this.#timer = this.#host.timers.after(delayMs, () => this.#wake())
  }

  #wake(): void {
    const sinceMs = this.#host.timers.now() - (this.#lastActivityAtMs ?? Number.NEGATIVE_INFINITY)
    const intervalMs = this.#intervalMs()
    if (sinceMs < intervalMs * 0.9) {
      this.#sleep(intervalMs - sinceMs)
      return
    }
    this.#sleep(intervalMs)
    void this.#host.tickle()
  }
}
