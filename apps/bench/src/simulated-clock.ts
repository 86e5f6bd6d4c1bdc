import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '@ibkr-auth/transport'

interface Waiting {
  readonly dueAtMs: number
  readonly callback: () => void
}

/** A clock that moves when told to, and counts what waits on it. */
export class SimulatedClock implements Clock {
  #nowMs = Date.now()
  readonly #waiting = new Set<Waiting>()

  now(): number {
    return this.#nowMs
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const waiting: Waiting = { dueAtMs: this.#nowMs + Math.max(0, delayMs), callback }
    this.#waiting.add(waiting)
    return waiting
  }

  clearTimeout(handle: unknown): void {
    this.#waiting.delete(handle as Waiting)
  }

  /** Timers that wait, which on the machine's own clock would be timers of the runtime. */
  get timers(): number {
    return this.#waiting.size
  }

  /** Moves on in steps, and gives everything that a step woke time to finish. */
  async advance(ms: number, stepMs = 250): Promise<void> {
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs; ) {
      this.#nowMs = Math.min(endMs, this.#nowMs + stepMs)
      this.#fireDue()
      await turn()
      await turn()
    }
  }

  #fireDue(): void {
    for (const waiting of this.#waiting) {
      if (waiting.dueAtMs > this.#nowMs) continue
      this.#waiting.delete(waiting)
      waiting.callback()
    }
  }
}
