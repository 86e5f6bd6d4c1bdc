import type { Clock } from '../../src/clock.ts'

interface Timer {
  readonly atMs: number
  readonly order: number
  readonly callback: () => void
}

/** Time that stands still until a test moves it; any number of clocks with their own offset go by it. */
export class VirtualTime {
  readonly startMs: number = Date.UTC(2026, 0, 5, 12)
  #elapsedMs = 0
  #order = 0
  readonly #timers = new Set<Timer>()

  get elapsedMs(): number {
    return this.#elapsedMs
  }

  readonly now = (): number => this.startMs + this.#elapsedMs

  /** A machine's clock, so much ahead of the time. */
  clock(aheadMs = 0): Clock {
    return {
      now: () => this.now() + aheadMs,
      monotonicNow: () => this.#elapsedMs,
      setTimeout: (callback, delayMs) => {
        if (!(delayMs >= 0 && delayMs < 2 ** 31)) throw new RangeError(`No runtime waits for ${delayMs} ms`)
        return this.after(delayMs, callback)
      },
      clearTimeout: (handle) => {
        this.#timers.delete(handle as Timer)
      },
    }
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { atMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, callback }
    this.#timers.add(timer)
    return timer
  }

  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve)
    })
  }

  /** Lets time pass, firing what is due in order, and everything that follows from it. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms
    await settle()
    for (let next = this.#next(); next && next.atMs <= untilMs; next = this.#next()) await this.#fire(next)
    this.#elapsedMs = untilMs
  }

  /** Lets time pass until the promise is settled; gives up after a virtual day. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const note = (): void => {
      settled = true
    }
    promise.then(note, note)
    const lastMs = this.#elapsedMs + 86_400_000
    for (await settle(); !settled; ) {
      const next = this.#next()
      if (!next || next.atMs > lastMs) throw new Error('nothing is left that could settle the promise')
      await this.#fire(next)
    }
    return promise
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers.delete(timer)
    this.#elapsedMs = Math.max(this.#elapsedMs, timer.atMs)
    timer.callback()
    await settle()
  }

  #next(): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (!next || timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.order < next.order))
        next = timer
    }
    return next
  }
}

/** Lets everything that is ready to run, run: also what waits for the next turn of the loop, and what follows from that. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
