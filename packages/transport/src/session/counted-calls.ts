import type { StreamedResponse } from '../http/response.ts'
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

  /** Begins a call, and counts it from before that until it is settled. */
  async track<T>(call: () => Promise<T>): Promise<T> {
    this.#count += 1
    try {
      return await call()
    } finally {
      this.#end()
    }
  }

  /** The same of a stream, which is under way until its body is closed: readers have the grace of {@link drained}, too. */
  async trackStream(call: () => Promise<StreamedResponse>): Promise<StreamedResponse> {
    this.#count += 1
    try {
      const response = await call()
      if (response.body.closed) this.#end()
      else response.body.once('close', () => this.#end())
      return response
    } catch (error) {
      this.#end()
      throw error
    }
  }

  #end(): void {
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
