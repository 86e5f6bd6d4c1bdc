import type { Timers } from '../timer-heap.ts'

interface Waiter {
  resolve(): void
  reject(error: unknown): void
}

/** Callers that wait for one thing. While there are any, the process stays alive for the session's timers. */
export class Waiters {
  readonly #timers: Timers
  readonly #waiting = new Set<Waiter>()

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Waits until {@link resolveAll}, {@link rejectAll} or the signal's end. */
  wait(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#remove(waiter)
        reject(signal?.reason)
      }
      const settle = (): void => {
        signal?.removeEventListener('abort', onAbort)
        this.#remove(waiter)
      }
      const waiter: Waiter = {
        resolve: () => {
          settle()
          resolve()
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(waiter)
      this.#timers.hold()
    })
  }

  resolveAll(): void {
    for (const waiter of [...this.#waiting]) waiter.resolve()
  }

  rejectAll(error: unknown): void {
    for (const waiter of [...this.#waiting]) waiter.reject(error)
  }

  #remove(waiter: Waiter): void {
    if (this.#waiting.delete(waiter)) this.#timers.letGo()
  }
}
