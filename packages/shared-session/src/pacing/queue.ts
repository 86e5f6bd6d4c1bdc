import type { Waiting } from './waiting.ts'

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
export class Queue {
  readonly #places = new Map<Waiting, Place>()
  readonly #lastTurn = new Map<unknown, number>()
  #sequence = 0
  #level = 0

  get length(): number {
    return this.#places.size
  }

  add(waiting: Waiting): void {
    const { request } = waiting
    const caller = request.caller ?? request.username
    const turn = Math.max(this.#level, this.#lastTurn.get(caller) ?? 0) + 1
    this.#lastTurn.set(caller, turn)
    this.#places.set(waiting, { waiting, sequence: this.#sequence, turn })
    this.#sequence += 1
  }

  /** @returns false if it does not wait any more. */
  remove(waiting: Waiting): boolean {
    const place = this.#places.get(waiting)
    if (place === undefined) return false
    this.#places.delete(waiting)
    if (this.#places.size === 0) this.#lastTurn.clear()
    else this.#level = Math.max(this.#level, place.turn - 1)
    return true
  }

  /** The first so many of those who match, in order. */
  first(count: number, nowMs: number, matches: (waiting: Waiting) => boolean): Waiting[] {
    const candidates: { readonly place: Place; readonly rank: number }[] = []
    for (const place of this.#places.values()) {
      if (matches(place.waiting)) candidates.push({ place, rank: agedRank(place.waiting, nowMs) })
    }
    candidates.sort(
      (one, other) =>
        one.rank - other.rank ||
        one.place.turn - other.place.turn ||
        one.place.sequence - other.place.sequence,
    )
    return candidates.slice(0, count).map(({ place }) => place.waiting)
  }

  all(): Waiting[] {
    return [...this.#places.keys()]
  }
}

function agedRank({ request, sinceMs }: Waiting, nowMs: number): number {
  const aged = Math.floor((nowMs - sinceMs) / agesAfterMs)
  return Math.max(0, ranks[request.priority ?? 'normal'] - aged)
}
