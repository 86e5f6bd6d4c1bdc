import type { Lane } from './limits.ts'
import type { PacingPermit, PacingRequest } from './request.ts'

/** A request that waits. */
export interface Waiting {
  readonly request: PacingRequest
  readonly lane: Lane
  readonly sinceMs: number
  grant(permit: PacingPermit): void
  refuse(error: unknown): void
}

interface Place {
  readonly waiting: Waiting
  readonly sequence: number
  /** Whose turn it is: start-time fair queueing, one unit for each request of a caller. */
  readonly turn: number
}

const ranks = { high: 0, normal: 1, low: 2 } as const
/** After so long a request counts as one priority more urgent, so that none starves. */
const agesAfterMs = 10_000

/** Who waits under one username, and in which order. */
export class Line {
  #places: Place[] = []
  readonly #lastTurn = new Map<unknown, number>()
  #sequence = 0
  #level = 0

  get length(): number {
    return this.#places.length
  }

  add(waiting: Waiting): void {
    const { request } = waiting
    const caller = request.caller ?? request.username
    const turn = Math.max(this.#level, this.#lastTurn.get(caller) ?? 0) + 1
    this.#lastTurn.set(caller, turn)
    this.#places.push({ waiting, sequence: this.#sequence, turn })
    this.#sequence += 1
  }

  /** @returns false if it does not wait any more. */
  remove(waiting: Waiting): boolean {
    const index = this.#places.findIndex((place) => place.waiting === waiting)
    if (index === -1) return false
    const [place] = this.#places.splice(index, 1)
    if (this.#places.length === 0) this.#lastTurn.clear()
    else this.#level = Math.max(this.#level, (place?.turn ?? 1) - 1)
    return true
  }

  /** The first so many of those who match, in order. */
  first(count: number, nowMs: number, matches: (waiting: Waiting) => boolean): Waiting[] {
    const rank = ({ waiting }: Place): number => {
      const aged = Math.floor((nowMs - waiting.sinceMs) / agesAfterMs)
      return Math.max(0, ranks[waiting.request.priority ?? 'normal'] - aged)
    }
    const candidates = this.#places.filter(({ waiting }) => matches(waiting))
    const ordered = candidates.map((place) => ({ place, rank: rank(place) }))
    ordered.sort(
      (one, other) =>
        one.rank - other.rank ||
        one.place.turn - other.place.turn ||
        one.place.sequence - other.place.sequence,
    )
    return ordered.slice(0, count).map(({ place }) => place.waiting)
  }

  all(): Waiting[] {
    return this.#places.map(({ waiting }) => waiting)
  }
}
