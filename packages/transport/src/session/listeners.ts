import { containRejection } from '@ibkr-auth/internal/channel'

/** Those who hear of something. One that throws, or whose promise rejects, disturbs neither the session nor the others. */
export class Listeners<Value> {
  readonly #onThrown: (error: unknown, value: Value) => void
  #listeners: Set<(value: Value) => unknown> | undefined

  /** @param onThrown - Told what a listener has thrown, and at what. */
  constructor(onThrown: (error: unknown, value: Value) => void) {
    this.#onThrown = onThrown
  }

  add(listener: (value: Value) => unknown): () => void {
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
    return () => {
      this.#listeners?.delete(listener)
    }
  }

  tell(value: Value): void {
    if (this.#listeners === undefined || this.#listeners.size === 0) return
    for (const listener of [...this.#listeners]) {
      try {
        containRejection(listener(value), (error) => this.#onThrown(error, value))
      } catch (error) {
        this.#onThrown(error, value)
      }
    }
  }
}
