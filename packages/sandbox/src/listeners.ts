/** Those who want to be told. What one of them throws is a warning of the process, and ends nothing here. */
export class Listeners<Told> {
  readonly #listeners = new Set<(told: Told) => void>()

  /** Adds one; the function returned takes it away. */
  add(listener: (told: Told) => void): () => void {
    const own = (told: Told): void => listener(told)
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  tell(told: Told): void {
    for (const listener of this.#listeners) {
      try {
        listener(told)
      } catch (error) {
        process.emitWarning(
          error instanceof Error ? error : 'A listener of the sandbox threw what is not an Error',
        )
      }
    }
  }
}
