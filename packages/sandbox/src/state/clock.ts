/** The clock of the sandbox: the one given, moved by an offset that a fault may set. */
export class Clock {
  readonly #now: () => number
  /** Milliseconds added to the clock that was given. */
  offsetMs = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Epoch milliseconds. */
  nowMs(): number {
    return this.#now() + this.offsetMs
  }
}
