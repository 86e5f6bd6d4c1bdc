import type { Clock } from '../../src/clock.ts'

interface Timer {
  readonly atMs: number
  readonly order: number
  readonly callback: () => void
}

/** A clock that stands still until a test moves it. */
export class VirtualClock implements Clock {
  /** What timers go by; setting the clock does not move it. */
  #elapsedMs = 0
  #startMs: number
  #order = 0
  readonly #timers = new Set<Timer>()

  constructor(startMs: number = Date.UTC(2026, 0, 5, 12)) {
    this.#startMs = startMs
  }

  readonly now = (): number => this.#startMs + this.#elapsedMs

  readonly monotonicNow = (): number => this.#elapsedMs

  readonly setTimeout = (callback: () => void, delayMs: number): unknown => {
    if (!(delayMs >= 0 && delayMs < 2 ** 31)) throw new RangeError(`No runtime waits for ${delayMs} ms`)
    const timer = { atMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, callback }
    this.#timers.add(timer)
    return timer
  }

  readonly clearTimeout = (handle: unknown): void => {
    this.#timers.delete(handle as Timer)
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size
  }

  /** Moves the time, as if the machine's clock had been set: no timer notices. */
  set(nowMs: number): void {
    this.#startMs = nowMs - this.#elapsedMs
  }

  /** Lets time pass, firing what is due in order, and everything that follows from it. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms
    await settle()
    for (let next = this.#next(); next && next.atMs <= untilMs; next = this.#next()) {
      await this.#fire(next)
    }
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

/** Lets everything that is ready to run, run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
