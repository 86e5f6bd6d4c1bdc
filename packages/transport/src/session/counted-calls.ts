import type { Timers } from '../timer-heap.ts'
import { Waiters } from './waiters.ts'

/** Counts the calls that callers wait for, so that a session can close behind the last of them. */
export class CountedCalls {
  readonly #timers: Timers
  readonly #drained: Waiters
  #count = 0

  constructor(timers: Timers) {
    this.#timers = timers
    this.#drained = new Waiters(timers)
  }

  begin(): void {
    this.#count += 1
  }

  end(): void {
    this.#count -= 1
    if (this.#count === 0) this.#drained.resolveAll()
  }

  /** Waits until nothing is under way, but no longer than `timeoutMs`. */
  async drained(timeoutMs: number): Promise<void> {
    if (this.#count === 0) return
    const timer = this.#timers.after(timeoutMs, () => this.#drained.resolveAll())
    await this.#drained.wait()
    this.#timers.cancel(timer)
  }
}
