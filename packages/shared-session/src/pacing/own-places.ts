import type { Counter, CounterWindow } from '../store/take.ts'

/** What was taken of one counter. */
interface Taken {
  /** Moments of grant or use, the oldest first. */
  readonly atMs: number[]
  /** Most places that any window of it has. */
  readonly most: number
  running: number
}

/**
 * What this process alone has taken, in monotonic time: while the store is away, it goes by this and by a share of each window.
 */
export class OwnPlaces {
  readonly #taken = new Map<string, Taken>()

  take(counter: Counter, nowMs: number): void {
    const taken = this.#takenOf(counter)
    taken.atMs.push(nowMs)
    // Not one by one: a long list is costly to shift.
    if (taken.atMs.length > 2 * taken.most + 16) taken.atMs.splice(0, taken.atMs.length - taken.most)
    if (counter.concurrent !== undefined) taken.running += 1
  }

  /** A place is used only now: it counts from now on. */
  use({ name }: Counter, takenAtMs: number, nowMs: number): void {
    const { atMs = [] } = this.#taken.get(name) ?? {}
    const index = atMs.lastIndexOf(takenAtMs)
    if (index === -1) return
    atMs.splice(index, 1)
    atMs.push(nowMs)
  }

  end({ name, concurrent }: Counter): void {
    const taken = concurrent === undefined ? undefined : this.#taken.get(name)
    if (taken !== undefined) taken.running = Math.max(0, taken.running - 1)
  }

  /** Until a place of this process's share is free, in milliseconds; 0 if it is now, infinite if it hangs on what runs. */
  waitMs({ name, windows, concurrent }: Counter, processes: number, nowMs: number): number {
    const { atMs = [], running = 0 } = this.#taken.get(name) ?? {}
    if (concurrent !== undefined && running >= Math.max(1, Math.floor(concurrent / processes)))
      return Number.POSITIVE_INFINITY
    const waits = windows.map((window) => {
      const { places, intervalMs } = shareOf(window, processes)
      const leaving = atMs[atMs.length - places]
      return leaving === undefined ? 0 : leaving + intervalMs - nowMs
    })
    return Math.max(0, ...waits)
  }

  #takenOf({ name, windows }: Counter): Taken {
    const known = this.#taken.get(name)
    if (known !== undefined) return known
    const most = Math.max(0, ...windows.map(({ places }) => places))
    const taken: Taken = { atMs: [], most, running: 0 }
    this.#taken.set(name, taken)
    return taken
  }
}

/** A share of a window, so that all shares together are no more than the window: fewer places, or the same over a longer time. */
export function shareOf({ places, intervalMs }: CounterWindow, processes: number): CounterWindow {
  const share = Math.max(1, Math.floor(places / processes))
  return { places: share, intervalMs: intervalMs * Math.max(1, (processes * share) / places) }
}
