import { type PlaceReference, placeId } from '../store/take.ts'
import type { Lane } from './limits.ts'
import type { OwnPlaces } from './own-places.ts'
import type { PacingPermit } from './request.ts'
import type { UnreportedPlaces } from './unreported-places.ts'

/** Where permits report to. */
export interface PermitHost {
  readonly own: OwnPlaces
  readonly unreported: UnreportedPlaces
  /** Monotonic. */
  now(): number
  /** Something came free, or there is something to tell the store. */
  changed(): void
}

/** A place in each counter of a lane, as the store knows it. */
interface StorePlace {
  readonly lane: Lane
  readonly groupId: string
  /** Which of its group. */
  readonly index: number
  /** The last moment at which it may be used, and from which the store counts it: monotonic. */
  readonly usableUntilMs: number
}

export function referencesOf({ lane, groupId, index }: StorePlace): PlaceReference[] {
  return lane.counters.map(({ name }) => ({ counter: name, id: placeId(groupId, index) }))
}

/** Of a place that the store has given. */
export class StorePermit implements PacingPermit {
  readonly #host: PermitHost
  readonly #place: StorePlace
  #isReleased = false

  constructor(host: PermitHost, place: StorePlace) {
    this.#host = host
    this.#place = place
    const nowMs = host.now()
    for (const counter of place.lane.counters) host.own.take(counter, nowMs)
    for (const reference of this.#running()) host.unreported.run(reference)
  }

  use(): boolean {
    return this.#host.now() <= this.#place.usableUntilMs
  }

  release(sent: boolean): void {
    if (this.#isReleased) return
    this.#isReleased = true
    const { own, unreported } = this.#host
    for (const counter of this.#place.lane.counters) own.end(counter)
    if (!sent) unreported.giveBack(referencesOf(this.#place))
    else for (const reference of this.#running()) unreported.finish(reference)
    if (!unreported.isEmpty) this.#host.changed()
  }

  /** In the counters that count what runs. */
  #running(): readonly PlaceReference[] {
    const { counters } = this.#place.lane
    if (counters.every(({ concurrent }) => concurrent === undefined)) return []
    return referencesOf(this.#place).filter((_, index) => counters[index]?.concurrent !== undefined)
  }
}

/** Of a place of this process's share. One that is given back is not used again, since nobody else could know. */
export class OwnPermit implements PacingPermit {
  readonly #host: PermitHost
  readonly #lane: Lane
  readonly #takenAtMs: number
  #isReleased = false

  constructor(host: PermitHost, lane: Lane) {
    this.#host = host
    this.#lane = lane
    this.#takenAtMs = host.now()
    for (const counter of lane.counters) host.own.take(counter, this.#takenAtMs)
  }

  /** It counts from its use, unless the window that it was taken in is over by then. */
  use(): boolean {
    const nowMs = this.#host.now()
    const { counters } = this.#lane
    const shortestMs = Math.min(
      ...counters.flatMap(({ windows }) => windows.map(({ intervalMs }) => intervalMs)),
    )
    if (nowMs - this.#takenAtMs >= shortestMs) return false
    for (const counter of counters) this.#host.own.use(counter, this.#takenAtMs, nowMs)
    return true
  }

  release(_sent: boolean): void {
    if (this.#isReleased) return
    this.#isReleased = true
    for (const counter of this.#lane.counters) this.#host.own.end(counter)
    this.#host.changed()
  }
}
