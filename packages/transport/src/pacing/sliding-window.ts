import type { PacingWindow } from './limits.ts'

/**
 * Counts grants so that no span of `intervalMs`, wherever it begins, holds more than `requests` of them.
 * Remembers the time of each grant still in the window: at most `requests` numbers.
 */
export class SlidingWindow {
  readonly #requests: number
  readonly #intervalMs: number
  readonly #grantedAtMs: number[] = []

  constructor(window: PacingWindow, marginMs: number) {
    this.#requests = window.requests
    this.#intervalMs = window.intervalMs + marginMs
  }

  /** Time of the next possible grant; `nowMs` if there is room now. */
  nextFreeAtMs(nowMs: number): number {
    this.#followClock(nowMs)
    const oldest = this.#grantedAtMs[0]
    if (oldest === undefined || this.#grantedAtMs.length < this.#requests) return nowMs
    return Math.max(nowMs, oldest + this.#intervalMs)
  }

  /** Records a grant. Only to be called when `nextFreeAtMs(nowMs)` is `nowMs`. */
  take(nowMs: number): void {
    if (this.#grantedAtMs.length === this.#requests) this.#grantedAtMs.shift()
    this.#grantedAtMs.push(nowMs)
  }

  /** Takes a grant back whose request never left the machine. */
  giveBack(grantedAtMs: number): void {
    const index = this.#grantedAtMs.lastIndexOf(grantedAtMs)
    if (index !== -1) this.#grantedAtMs.splice(index, 1)
  }

  /** When the last grant will have left the window; `nowMs` if it has. */
  idleAtMs(nowMs: number): number {
    this.#followClock(nowMs)
    const newest = this.#grantedAtMs.at(-1)
    return newest === undefined ? nowMs : Math.max(nowMs, newest + this.#intervalMs)
  }

  /** A clock set back by an hour must not close the window for an hour: the newest grant counts as just made. */
  #followClock(nowMs: number): void {
    const ahead = (this.#grantedAtMs.at(-1) ?? nowMs) - nowMs
    if (ahead <= 0) return
    for (const [index, grantedAtMs] of this.#grantedAtMs.entries())
      this.#grantedAtMs[index] = grantedAtMs - ahead
  }
}
