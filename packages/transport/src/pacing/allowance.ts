import type { PacingWindow } from './limits.ts'

/** What one allowance has left: windows that must all have room, and how many requests may run at once. */
export class Gate {
  readonly #windows: readonly SlidingWindow[]
  readonly #concurrent: number
  #running = 0

  constructor(windows: readonly PacingWindow[], concurrent: number | undefined, marginMs: number) {
    this.#windows = windows.map((window) => new SlidingWindow(window, marginMs))
    this.#concurrent = concurrent ?? Number.POSITIVE_INFINITY
  }

  /** Time of the next possible grant; infinite while it hangs on a running request. */
  nextFreeAtMs(nowMs: number): number {
    if (this.#running >= this.#concurrent) return Number.POSITIVE_INFINITY
    return this.nextWindowAtMs(nowMs)
  }

  /** Time at which the windows have room, whatever is running. */
  nextWindowAtMs(nowMs: number): number {
    let freeAtMs = nowMs
    for (const window of this.#windows) freeAtMs = Math.max(freeAtMs, window.nextFreeAtMs(nowMs))
    return freeAtMs
  }

  take(nowMs: number): void {
    this.#running += 1
    for (const window of this.#windows) window.take(nowMs)
  }

  release(grantedAtMs: number, sent: boolean): void {
    this.#running -= 1
    if (sent) return
    for (const window of this.#windows) window.giveBack(grantedAtMs)
  }

  /** When nothing will be left to remember; infinite while a request is running. */
  idleAtMs(nowMs: number): number {
    if (this.#running > 0) return Number.POSITIVE_INFINITY
    let idleAtMs = nowMs
    for (const window of this.#windows) idleAtMs = Math.max(idleAtMs, window.idleAtMs(nowMs))
    return idleAtMs
  }
}

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
