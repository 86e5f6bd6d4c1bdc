import type { PacingWindow } from './limits.ts'
import { SlidingWindow } from './sliding-window.ts'

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
