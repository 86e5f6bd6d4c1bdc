import type { PacingWindow } from '@ibkr-auth/internal/pacing-limits'

/** What one limit has left: windows that must all have room, and how many requests may run at once. All times are monotonic. */
export class Allowance {
  readonly #windows: readonly SlidingWindow[]
  readonly #concurrent: number
  #running = 0

  constructor(windows: readonly PacingWindow[], concurrent: number | undefined, marginMs: number) {
    this.#windows = windows.map((window) => new SlidingWindow(window, marginMs))
    this.#concurrent = concurrent ?? Number.POSITIVE_INFINITY
  }

  /** Time of the next possible grant; infinite while it hangs on a running request. */
  nextFreeAtMs(nowMs: number): number {
    return this.#running >= this.#concurrent ? Number.POSITIVE_INFINITY : this.grantAtMs(nowMs, 0)
  }

  /** Time at which the windows have room for one more after `ahead` others, whatever is running. */
  grantAtMs(nowMs: number, ahead: number): number {
    let atMs = nowMs
    for (const window of this.#windows) atMs = Math.max(atMs, window.grantAtMs(nowMs, ahead))
    return atMs
  }

  take(nowMs: number): void {
    this.#running += 1
    for (const window of this.#windows) window.take(nowMs)
  }

  /** Whether a grant still counts: once it does not, others may have its place. */
  holds(grantedAtMs: number, nowMs: number): boolean {
    return this.#windows.every((window) => window.holds(grantedAtMs, nowMs))
  }

  /** A grant that {@link holds} counts from now on. */
  move(grantedAtMs: number, nowMs: number): void {
    for (const window of this.#windows) window.move(grantedAtMs, nowMs)
  }

  /** `sent` false: nothing left the machine, so the windows get their grant back. */
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
 * Counts grants so that no span of `intervalMs`, wherever it begins, holds more than `requests` of them, each counted from its use if
 * that is told while the grant itself still counts.
 * Remembers the time of each grant still in the window: at most `requests` numbers.
 */
class SlidingWindow {
  readonly #requests: number
  readonly #intervalMs: number
  readonly #grantedAtMs: number[] = []

  constructor(window: PacingWindow, marginMs: number) {
    this.#requests = window.requests
    this.#intervalMs = window.intervalMs + marginMs
  }

  /** Time of the next grant but `ahead`: each grant has to wait for the one that is a whole window before it. */
  grantAtMs(nowMs: number, ahead: number): number {
    const granted = this.#grantedAtMs
    const rounds = Math.floor(ahead / this.#requests)
    const place = granted.length + ahead - this.#requests * (rounds + 1)
    const before = place < 0 ? undefined : granted[place]
    const firstMs = before === undefined ? nowMs : Math.max(nowMs, before + this.#intervalMs)
    return firstMs + rounds * this.#intervalMs
  }

  /** Records a grant. Only to be called when `grantAtMs(nowMs, 0)` is `nowMs`. */
  take(nowMs: number): void {
    const granted = this.#grantedAtMs
    for (let oldest = granted[0]; oldest !== undefined; oldest = granted[0]) {
      if (granted.length < this.#requests && oldest + this.#intervalMs > nowMs) break
      granted.shift()
    }
    granted.push(nowMs)
  }

  /** A window of no length is none. */
  holds(grantedAtMs: number, nowMs: number): boolean {
    return this.#intervalMs === 0 || grantedAtMs + this.#intervalMs > nowMs
  }

  move(grantedAtMs: number, nowMs: number): void {
    const granted = this.#grantedAtMs
    const last = granted.length - 1
    let place = last
    while (place >= 0 && granted[place] !== grantedAtMs) place -= 1
    if (place === -1) return
    for (; place < last; place += 1) granted[place] = granted[place + 1] as number
    granted[last] = nowMs
  }

  giveBack(grantedAtMs: number): void {
    const index = this.#grantedAtMs.lastIndexOf(grantedAtMs)
    if (index !== -1) this.#grantedAtMs.splice(index, 1)
  }

  /** When the last grant will have left the window; `nowMs` if it has. */
  idleAtMs(nowMs: number): number {
    const newest = this.#grantedAtMs.at(-1)
    return newest === undefined ? nowMs : Math.max(nowMs, newest + this.#intervalMs)
  }
}
