import type { PacingPermit } from '../pacing/permit.ts'

/** The place within IBKR's limits that an attempt has taken, if it has one now. */
export class AttemptPlace {
  readonly #find: () => PacingPermit | Promise<PacingPermit>
  #place: PacingPermit | undefined
  #isOver = false
  #wasUsed = false

  /** @param find - Takes a place, or waits for one. */
  constructor(find: () => PacingPermit | Promise<PacingPermit>) {
    this.#find = find
  }

  /** Takes a place; a promise only if that takes time. */
  take(): Promise<void> | undefined {
    const place = this.#find()
    if (place instanceof Promise) return this.#wait(place)
    this.#place = place
    return undefined
  }

  /** Whether a request has left on the place: it is for one. */
  get wasUsed(): boolean {
    return this.#wasUsed
  }

  /** A connection takes the attempt; false if its place counts no longer. */
  use(): boolean {
    this.#wasUsed = this.#place?.use?.() !== false
    return this.#wasUsed
  }

  /** The attempt is over: a place that comes later is given back at once. */
  end(sent: boolean): void {
    this.#isOver = true
    this.release(sent)
  }

  /** Gives the place back. `sent`: whether anything may have left the machine. */
  release(sent: boolean): void {
    const place = this.#place
    this.#place = undefined
    place?.release(sent || this.#wasUsed)
    this.#wasUsed = false
  }

  async #wait(place: Promise<PacingPermit>): Promise<void> {
    this.#place = await place
    if (this.#isOver) this.release(false)
  }
}
