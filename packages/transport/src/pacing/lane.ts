import type { Allowance } from './allowance.ts'
import type { PacingPermit, PacingRequest, Priority } from './permit.ts'

/** A request that waits. */
export interface Waiting {
  readonly request: PacingRequest
  readonly rank: number
  readonly caller: unknown
  /** Order of arrival. */
  readonly sequence: number
  /** On the monotonic clock. */
  readonly sinceMs: number
  readonly lane: Lane
  grant(permit: PacingPermit): void
  refuse(error: Error): void
}

/** Smaller is earlier. */
export const ranks: Readonly<Record<Priority, number>> = { high: 0, normal: 1, low: 2 }

/**
 * The requests that wait for one limit, a line for each caller and priority, each in order of arrival. Only the heads of
 * lines are ever compared, so a lane that is full holds up nobody but its own.
 */
export class Lane {
  /** Name of the limit; undefined for endpoints with none of their own. */
  readonly name: string | undefined
  readonly allowance: Allowance | undefined
  readonly #lines = new Map<unknown, Waiting[][]>()
  #length = 0

  constructor(name: string | undefined, allowance: Allowance | undefined) {
    this.name = name
    this.allowance = allowance
  }

  get length(): number {
    return this.#length
  }

  add(waiting: Waiting): void {
    const lines = this.#lines.get(waiting.caller) ?? [[], [], []]
    lines[waiting.rank]?.push(waiting)
    this.#lines.set(waiting.caller, lines)
    this.#length += 1
  }

  remove(waiting: Waiting): boolean {
    const lines = this.#lines.get(waiting.caller)
    const line = lines?.[waiting.rank]
    const place = line?.indexOf(waiting) ?? -1
    if (lines === undefined || line === undefined || place === -1) return false
    line.splice(place, 1)
    if (lines.every(({ length }) => length === 0)) this.#lines.delete(waiting.caller)
    this.#length -= 1
    return true
  }

  /** How many of a caller's requests certainly go before another one of this rank. */
  aheadOf(caller: unknown, rank: number): number {
    const lines = this.#lines.get(caller) ?? []
    return lines.slice(0, rank + 1).reduce((sum, { length }) => sum + length, 0)
  }

  /** The first of each line. */
  *heads(): Generator<Waiting> {
    for (const lines of this.#lines.values()) {
      for (const [head] of lines) if (head !== undefined) yield head
    }
  }

  *[Symbol.iterator](): Generator<Waiting> {
    for (const lines of this.#lines.values()) for (const line of lines) yield* line
  }

  hasLine(caller: unknown): boolean {
    return this.#lines.has(caller)
  }
}

/**
 * Whose turn it is (start-time fair queueing, one unit per grant): the caller with the fewest grants goes first, and one
 * that had nothing waiting starts level with the others, so that it neither catches up nor falls behind.
 */
export class Turns {
  readonly #taken = new Map<unknown, number>()
  #level = 0

  /** A caller has begun to wait. */
  join(caller: unknown): void {
    this.#taken.set(caller, Math.max(this.#taken.get(caller) ?? 0, this.#level))
  }

  /** The more urgent goes first, then the caller whose turn it is, then the older. */
  goesBefore(one: Waiting, other: Waiting, nowMs: number): boolean {
    const rank = agedRank(one, nowMs) - agedRank(other, nowMs)
    if (rank !== 0) return rank < 0
    const turn = this.#takenBy(one.caller) - this.#takenBy(other.caller)
    return turn === 0 ? one.sequence < other.sequence : turn < 0
  }

  /** A caller was granted a place. */
  take(caller: unknown): void {
    const taken = this.#takenBy(caller)
    this.#level = Math.max(this.#level, taken)
    this.#taken.set(caller, taken + 1)
  }

  /** Forgets everybody; only to be called when nobody waits. */
  reset(): void {
    if (this.#taken.size > 0) this.#taken.clear()
    this.#level = 0
  }

  /** Grants of a caller, as far as they count for its place. */
  #takenBy(caller: unknown): number {
    return this.#taken.get(caller) ?? this.#level
  }
}

/** A wait of so long moves a request up by one priority, so that none starves. */
const ageingMs = 10_000

function agedRank({ rank, sinceMs }: Waiting, nowMs: number): number {
  return Math.max(0, rank - Math.floor((nowMs - sinceMs) / ageingMs))
}
