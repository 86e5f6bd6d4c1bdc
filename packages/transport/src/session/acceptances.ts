interface Acceptance {
  readonly number: number
  readonly sequence: number
}

/** Acceptances that a machine need not be told of at once: of thousands only the latest counts, before something else happens. */
export class Acceptances {
  #latest: Acceptance | undefined

  note(number: number, sequence: number): void {
    const latest = this.#latest
    if (latest?.number !== number || latest.sequence < sequence) this.#latest = { number, sequence }
  }

  /** The latest, once. */
  take(): Acceptance | undefined {
    const latest = this.#latest
    this.#latest = undefined
    return latest
  }
}
