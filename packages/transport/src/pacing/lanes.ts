import type { PacingLimit, PacingWindow } from '@ibkr-auth/internal/pacing-limits'
import { Allowance } from './allowance.ts'
import { Lane } from './lane.ts'

/** The limits of one username: that over all endpoints, and a lane for each of the others once it is used. All times are monotonic. */
export class Lanes {
  readonly #global: Allowance
  readonly #marginMs: number
  readonly #lanes = new Map<PacingLimit | undefined, Lane>()

  constructor(global: PacingWindow, marginMs: number) {
    this.#global = new Allowance([global], undefined, marginMs)
    this.#marginMs = marginMs
  }

  of(limit: PacingLimit | undefined): Lane {
    const known = this.#lanes.get(limit)
    if (known !== undefined) return known
    const lane = new Lane(
      limit?.name,
      limit && new Allowance(limit.windows, limit.concurrent, this.#marginMs),
    )
    this.#lanes.set(limit, lane)
    return lane
  }

  [Symbol.iterator](): IterableIterator<Lane> {
    return this.#lanes.values()
  }

  /** True if nothing may go now, whatever its endpoint. */
  isFull(nowMs: number): boolean {
    return this.#global.nextFreeAtMs(nowMs) > nowMs
  }

  /** When the next request of a lane may go; infinite while that hangs on a running request. */
  freeAtMs({ allowance }: Lane, nowMs: number): number {
    return Math.max(this.#global.nextFreeAtMs(nowMs), allowance?.nextFreeAtMs(nowMs) ?? nowMs)
  }

  /** When the windows have room for one more after others: so many of the lane, so many altogether. */
  grantAtMs({ allowance }: Lane, ofLane: number, altogether: number, nowMs: number): number {
    return Math.max(this.#global.grantAtMs(nowMs, altogether), allowance?.grantAtMs(nowMs, ofLane) ?? nowMs)
  }

  take({ allowance }: Lane, nowMs: number): void {
    this.#global.take(nowMs)
    allowance?.take(nowMs)
  }

  /** A place is used only now, and counts from now on; false if it counts no longer. */
  use({ allowance }: Lane, grantedAtMs: number, nowMs: number): boolean {
    const holds = this.#global.holds(grantedAtMs, nowMs) && (allowance?.holds(grantedAtMs, nowMs) ?? true)
    if (!holds) return false
    this.#global.move(grantedAtMs, nowMs)
    allowance?.move(grantedAtMs, nowMs)
    return true
  }

  release({ allowance }: Lane, grantedAtMs: number, sent: boolean): void {
    this.#global.release(grantedAtMs, sent)
    allowance?.release(grantedAtMs, sent)
  }

  /** When nothing will be left to remember; infinite while a request is running. */
  idleAtMs(nowMs: number): number {
    const lanes = [...this.#lanes.values()].map(({ allowance }) => allowance?.idleAtMs(nowMs) ?? nowMs)
    return Math.max(this.#global.idleAtMs(nowMs), ...lanes)
  }
}
