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
