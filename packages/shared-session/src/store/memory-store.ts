import { callable, checkOptions, wholeNumber } from '../check.ts'
import { SharedSessionError } from '../errors.ts'
import type { StopWatching, Store, StoredEntry, WriteOutcome } from './store.ts'
import type { TakeAnswer, TakeRequest } from './take.ts'
import { takeByWriting } from './take-by-writing.ts'

/** What a memory store may be told. */
export interface MemoryStoreOptions {
  /** The store's time, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Most values at a time. Default 100,000. */
  readonly capacity?: number | undefined
}

interface Kept {
  value: string | undefined
  revision: number
  expiresAtMs: number
}

/**
 * A store in the memory of this process: for tests, and for several sessions of one process.
 *
 * @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT`
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  checkOptions(options)
  return new MemoryStore(
    callable('now', options.now ?? Date.now),
    wholeNumber('capacity', options.capacity ?? 100_000, 1),
  )
}

class MemoryStore implements Store {
  readonly #now: () => number
  readonly #capacity: number
  readonly #kept = new Map<string, Kept>()
  readonly #listeners = new Map<string, Set<() => void>>()
  /** Greater than every revision that was forgotten. */
  #forgotten = 0

  constructor(now: () => number, capacity: number) {
    this.#now = now
    this.#capacity = capacity
  }

  async read(key: string): Promise<StoredEntry> {
    const nowMs = this.#now()
    const kept = this.#find(key, nowMs)
    return { value: kept?.value, revision: kept?.revision ?? this.#forgotten, nowMs }
  }

  async compareAndSet(
    key: string,
    expectedRevision: number,
    value: string | undefined,
    ttlMs: number,
  ): Promise<WriteOutcome> {
    const nowMs = this.#now()
    const known = this.#find(key, nowMs)
    if ((known?.revision ?? this.#forgotten) !== expectedRevision) return { written: false, nowMs }
    if (known === undefined) this.#makeRoom(nowMs)
    this.#kept.set(key, { value, revision: expectedRevision + 1, expiresAtMs: nowMs + ttlMs })
    for (const listener of this.#listeners.get(key) ?? []) queueMicrotask(listener)
    return { written: true, nowMs }
  }

  async watch(key: string, listener: () => void): Promise<StopWatching> {
    const listeners = this.#listeners.get(key) ?? new Set()
    const heard = (): void => listener() // of its own, if the same function watches twice
    this.#listeners.set(key, listeners.add(heard))
    return () => {
      listeners.delete(heard)
      if (listeners.size === 0) this.#listeners.delete(key)
    }
  }

  take(key: string, request: TakeRequest): Promise<TakeAnswer> {
    return takeByWriting(this, key, request)
  }

  #find(key: string, nowMs: number): Kept | undefined {
    const kept = this.#kept.get(key)
    if (kept !== undefined && kept.expiresAtMs <= nowMs) kept.value = undefined
    return kept
  }

  /** Forgets what is over; the revisions forgotten with it are passed over for good. */
  #makeRoom(nowMs: number): void {
    if (this.#kept.size < this.#capacity) return
    for (const [key, { revision, expiresAtMs }] of this.#kept) {
      if (expiresAtMs > nowMs) continue
      this.#forgotten = Math.max(this.#forgotten, revision)
      this.#kept.delete(key)
    }
    if (this.#kept.size < this.#capacity) return
    throw new SharedSessionError('ERR_SHARED_SESSION_STORE_FULL', `The store holds ${this.#capacity} values`)
  }
}
