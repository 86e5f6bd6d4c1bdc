import type { Gate } from './allowance.ts'
import type { PacingPermit, Priority } from './permit.ts'

/** A request that waits. */
export interface Waiting {
  readonly rank: number
  /** Order of arrival. */
  readonly sequence: number
  readonly caller: unknown
  readonly owner: unknown
  readonly egress: unknown
  readonly lane: Lane
  grant(permit: PacingPermit): void
  refuse(error: Error): void
}

/** Smaller is earlier. */
export const ranks: Readonly<Record<Priority, number>> = { high: 0, normal: 1, low: 2 }

/**
 * The requests that wait for one allowance, a line for each caller, each in order of priority and arrival. Only the
 * heads of lines are ever compared, so a lane that is full holds up nobody but its own.
 */
export class Lane {
  /** The allowance of the endpoint; undefined for endpoints with none of their own. */
  readonly gate: Gate | undefined
  readonly #lines = new Map<unknown, Waiting[]>()

  constructor(gate: Gate | undefined) {
    this.gate = gate
  }

  get empty(): boolean {
    return this.#lines.size === 0
  }

  add(waiting: Waiting): void {
    const line = this.#lines.get(waiting.caller) ?? []
    let place = line.length
    while (place > 0 && (line[place - 1]?.rank ?? 0) > waiting.rank) place -= 1
    line.splice(place, 0, waiting)
    this.#lines.set(waiting.caller, line)
  }

  remove(waiting: Waiting): boolean {
    const line = this.#lines.get(waiting.caller)
    const place = line?.indexOf(waiting) ?? -1
    if (line === undefined || place === -1) return false
    line.splice(place, 1)
    if (line.length === 0) this.#lines.delete(waiting.caller)
    return true
  }

  /** The first of each line. */
  *heads(): Generator<Waiting> {
    for (const line of this.#lines.values()) {
      const head = line[0]
      if (head !== undefined) yield head
    }
  }

  *[Symbol.iterator](): Generator<Waiting> {
    for (const line of this.#lines.values()) yield* line
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

  /** Grants of a caller, as far as they count for its place. */
  taken(caller: unknown): number {
    return this.#taken.get(caller) ?? this.#level
  }

  /** A caller was granted a place. */
  take(caller: unknown): void {
    const taken = this.taken(caller)
    this.#level = Math.max(this.#level, taken)
    this.#taken.set(caller, taken + 1)
  }

  /** Forgets everybody; only to be called when nobody waits. */
  reset(): void {
    this.#taken.clear()
    this.#level = 0
  }
}
