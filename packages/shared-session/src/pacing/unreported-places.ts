import type { PlaceReference, TakeRequest } from '../store/take.ts'

/** What the store has not been told of places yet. */
export class UnreportedPlaces {
  #returned: PlaceReference[] = []
  #finished: PlaceReference[] = []
  #conversed: string[] = []
  readonly #running = new Map<string, PlaceReference>()

  get isEmpty(): boolean {
    return this.#returned.length + this.#finished.length + this.#conversed.length === 0
  }

  run(place: PlaceReference): void {
    this.#running.set(nameOf(place), place)
  }

  /** Surely not used. */
  giveBack(places: readonly PlaceReference[]): void {
    for (const place of places) this.#running.delete(nameOf(place))
    this.#returned.push(...places)
  }

  finish(place: PlaceReference): void {
    this.#running.delete(nameOf(place))
    this.#finished.push(place)
  }

  endConversation(id: string): void {
    this.#conversed.push(id)
  }

  /** For one request; whoever takes it gives it back with {@link undo} if it was not heard. */
  take(): Pick<TakeRequest, 'returned' | 'finished' | 'running' | 'conversed'> {
    const told = {
      returned: this.#returned,
      finished: this.#finished,
      conversed: this.#conversed,
      running: [...this.#running.values()],
    }
    this.#returned = []
    this.#finished = []
    this.#conversed = []
    return told
  }

  undo({ returned = [], finished = [], conversed = [] }: ReturnType<UnreportedPlaces['take']>): void {
    // What the store has not heard of in a thousand cases, its own times have dealt with.
    this.#returned = [...returned, ...this.#returned].slice(-1_000)
    this.#finished = [...finished, ...this.#finished].slice(-1_000)
    this.#conversed = [...conversed, ...this.#conversed].slice(-100)
  }
}

function nameOf({ counter, id }: PlaceReference): string {
  return `${counter} ${id}`
}
