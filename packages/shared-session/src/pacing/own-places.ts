import type { Counter, CounterWindow } from '../store/take.ts'

/**
 * What this process alone has taken, in monotonic time: while the store is away, it goes by this and by a share of each window.
 */
export class OwnPlaces {
  readonly #grants = new Map<string, number[]>()
  readonly #running = new Map<string, number>()

  take({ name, windows, concurrent }: Counter, nowMs: number): void {
    const grants = this.#grants.get(name) ?? []
    const most = Math.max(0, ...windows.map(({ places }) => places))
    grants.push(nowMs)
    // Not one by one: a long list is costly to shift.
    if (grants.length > 2 * most + 16) grants.splice(0, grants.length - most)
    this.#grants.set(name, grants)
    if (concurrent !== undefined) this.#running.set(name, this.running(name) + 1)
  }

  end({ name, concurrent }: Counter): void {
    if (concurrent !== undefined) this.#running.set(name, Math.max(0, this.running(name) - 1))
  }

  running(name: string): number {
    return this.#running.get(name) ?? 0
  }

  /** Until a place of this process's share is free, in milliseconds; 0 if it is now, infinite if it hangs on what runs. */
  waitMs({ name, windows, concurrent }: Counter, processes: number, nowMs: number): number {
    if (concurrent !== undefined && this.running(name) >= Math.max(1, Math.floor(concurrent / processes)))
      return Number.POSITIVE_INFINITY
    const grants = this.#grants.get(name) ?? []
    const waits = windows.map((window) => {
      const { places, intervalMs } = shareOf(window, processes)
      const leaving = grants[grants.length - places]
      return leaving === undefined ? 0 : leaving + intervalMs - nowMs
    })
    return Math.max(0, ...waits)
  }
}

/** A share of a window, so that all shares together are no more than the window: fewer places, or the same over a longer time. */
export function shareOf({ places, intervalMs }: CounterWindow, processes: number): CounterWindow {
  const share = Math.max(1, Math.floor(places / processes))
  return { places: share, intervalMs: intervalMs * Math.max(1, (processes * share) / places) }
}
