import type { Timers } from '../timer-heap.ts'

interface Waiter<Value> {
  resolve(value: Value): void
  reject(error: unknown): void
}

/** Callers that wait for one thing. While there are any, the process stays alive for the session's timers. */
export class Waiters<Value = void> {
  readonly #timers: Timers
  /** Undefined while nobody waits, which is most of the time. */
  #waiting: Set<Waiter<Value>> | undefined

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Waits until {@link resolveAll}, {@link rejectAll} or the signal's end. */
  wait(signal?: AbortSignal | undefined): Promise<Value> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise<Value>((resolve, reject) => {
      const settle = (): void => {
        signal?.removeEventListener('abort', onAbort)
        if (this.#waiting?.delete(waiter)) this.#timers.letGo()
        if (this.#waiting?.size === 0) this.#waiting = undefined
      }
      const onAbort = (): void => waiter.reject(signal?.reason)
      const waiter: Waiter<Value> = {
        resolve: (value) => {
          settle()
          resolve(value)
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting ??= new Set()
      this.#waiting.add(waiter)
      this.#timers.hold()
    })
  }

  resolveAll(value: Value): void {
    for (const waiter of this.#take()) waiter.resolve(value)
  }

  rejectAll(error: unknown): void {
    for (const waiter of this.#take()) waiter.reject(error)
  }

  #take(): readonly Waiter<Value>[] {
    return this.#waiting === undefined ? [] : [...this.#waiting]
  }
}
