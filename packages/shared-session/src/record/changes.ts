import { type Clock, inBackground } from '../clock.ts'
import type { StoreAccess } from '../store/store-access.ts'

/**
 * Tells that something may have changed under a key: the store's word for it, and a look every so often, since such words get lost.
 */
export class Changes {
  readonly #clock: Clock
  readonly #pollMs: number
  readonly #listeners = new Set<() => void>()
  readonly #begin: () => () => void
  #end: (() => void) | undefined
  #timer: unknown
  #isClosed = false

  constructor(store: StoreAccess, key: string, clock: Clock, pollMs: number) {
    this.#clock = clock
    this.#pollMs = pollMs
    this.#begin = () => store.watch(key, () => this.#tell())
  }

  /** Calls `listener` until the result is called; after the close never. */
  listen(listener: () => void): () => void {
    if (this.#isClosed) return () => undefined
    this.#listeners.add(listener)
    if (this.#end === undefined) {
      this.#end = this.#begin()
      this.#poll()
    }
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Waits for a change, at most for `waitMs`, and no longer than `signal` allows. */
  next(waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = this.listen(() => end(resolve))
      const timer = this.#clock.setTimeout(() => end(resolve), Math.max(1, waitMs))
      const onAbort = (): void => end(() => reject(signal.reason))
      const end = (settle: () => void): void => {
        stop()
        this.#clock.clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        settle()
      }
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) onAbort()
      if (this.#isClosed) end(resolve)
    })
  }

  /** Whoever waits for a change is told, and finds that it is over. */
  close(): void {
    this.#isClosed = true
    this.#end?.()
    this.#end = undefined
    this.#clock.clearTimeout(this.#timer)
    this.#tell()
    this.#listeners.clear()
  }

  #poll(): void {
    this.#timer = inBackground(this.#clock, this.#pollMs, () => {
      if (this.#end === undefined) return
      this.#tell()
      this.#poll()
    })
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
