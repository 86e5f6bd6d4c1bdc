import { type Clock, monotonic } from '../clock.ts'
import { isSharedSessionError, nameOf, SharedSessionError } from '../errors.ts'
import { type StoreOperationEvent, tellOperation } from './channels.ts'
import type { Store, StoredEntry, WriteOutcome } from './store.ts'
import type { TakeAnswer, TakeRequest } from './take.ts'
import { takeByWriting } from './take-by-writing.ts'

/** Whether the store answers. */
export interface StoreStatus {
  readonly available: boolean
  /** Since when, in milliseconds since 1970 by this machine's clock. */
  readonly sinceMs: number
  /** Code or name of the last failure; undefined if there was none. */
  readonly lastError: string | undefined
  /** The store's time less this machine's, in milliseconds; undefined before the first answer. */
  readonly clockDifferenceMs: number | undefined
}

/**
 * A store as the rest of this package sees it: every call ends in time, every answer is checked, and the store's time goes on between
 * answers.
 */
export class StoreAccess {
  readonly #store: Store
  readonly #clock: Clock
  readonly #timeoutMs: number
  #available = true
  #sinceMs: number
  #lastError: string | undefined
  #time: { readonly storeMs: number; readonly monotonicMs: number } | undefined

  constructor(store: Store, clock: Clock, timeoutMs: number) {
    this.#store = store
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    this.#sinceMs = clock.now()
  }

  get available(): boolean {
    return this.#available
  }

  /** The store's time, as it was told last and has gone on since; this machine's before the first answer. */
  now(): number {
    const time = this.#time
    return time === undefined ? this.#clock.now() : time.storeMs + monotonic(this.#clock) - time.monotonicMs
  }

  status(): StoreStatus {
    return {
      available: this.#available,
      sinceMs: this.#sinceMs,
      lastError: this.#lastError,
      clockDifferenceMs: this.#time && this.now() - this.#clock.now(),
    }
  }

  read(key: string): Promise<StoredEntry> {
    return this.#call('read', key, () => this.#store.read(key), isEntry)
  }

  compareAndSet(
    key: string,
    expectedRevision: number,
    value: string | undefined,
    ttlMs: number,
  ): Promise<WriteOutcome> {
    const write = (): Promise<WriteOutcome> => this.#store.compareAndSet(key, expectedRevision, value, ttlMs)
    return this.#call('compareAndSet', key, write, ({ written }) => typeof written === 'boolean')
  }

  take(key: string, request: TakeRequest): Promise<TakeAnswer> {
    const store = this.#store
    const take = (): Promise<TakeAnswer> =>
      store.take === undefined ? takeByWriting(store, key, request) : store.take(key, request)
    return this.#call('take', key, take, (answer) => isAnswerTo(request, answer))
  }

  /** A store that cannot be watched is asked again by those who watch, every so often: so nothing is lost but a little time. */
  watch(key: string, listener: () => void): () => void {
    let isOver = false
    let stop: (() => void) | undefined
    const call = (): void => {
      if (!isOver) listener()
    }
    tellOperation('watch', key, this.#clock, () => this.#watch(key, call)).then(
      (end) => {
        stop = end
        if (isOver) this.#stop(end)
      },
      (error: unknown) => {
        this.#lastError = nameOf(error)
      },
    )
    return () => {
      if (isOver) return
      isOver = true
      this.#stop(stop)
    }
  }

  /** What a store of somebody else's gave to stop with; after it nothing is heard any more, whatever it does. */
  #stop(stop: unknown): void {
    try {
      if (typeof stop === 'function') stop()
    } catch (error) {
      this.#lastError = nameOf(error)
    }
  }

  async #watch(key: string, listener: () => void): Promise<() => void> {
    return this.#store.watch(key, listener)
  }

  #call<T extends { readonly nowMs: number }>(
    name: StoreOperationEvent['operation'],
    key: string,
    operation: () => Promise<T>,
    isSound: (answer: T) => boolean,
  ): Promise<T> {
    return tellOperation(name, key, this.#clock, () => this.#carryOut(name, operation, isSound))
  }

  async #carryOut<T extends { readonly nowMs: number }>(
    name: StoreOperationEvent['operation'],
    operation: () => Promise<T>,
    isSound: (answer: T) => boolean,
  ): Promise<T> {
    try {
      const answer = await this.#inTime(operation)
      if (typeof answer !== 'object' || answer === null) throw broken(name)
      if (!isMoment(answer.nowMs) || !isSound(answer)) throw broken(name)
      this.#time = { storeMs: answer.nowMs, monotonicMs: monotonic(this.#clock) }
      this.#note(true)
      return answer
    } catch (error) {
      this.#lastError = nameOf(error)
      this.#note(false)
      throw isSharedSessionError(error) ? error : unavailable(name, error)
    }
  }

  #note(available: boolean): void {
    if (this.#available === available) return
    this.#available = available
    this.#sinceMs = this.#clock.now()
  }

  #inTime<T>(operation: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => reject(late(this.#timeoutMs)), this.#timeoutMs)
      const end = (): void => this.#clock.clearTimeout(timer)
      // A store of somebody else's may throw at once.
      Promise.resolve().then(operation).then(resolve, reject).finally(end)
    })
  }
}

/** A time that a date can have: one in microseconds, say, would be written into records that nobody takes. */
function isMoment(ms: number): boolean {
  return Number.isFinite(ms) && ms >= 0 && ms <= 8.64e15
}

function isEntry({ value, revision }: StoredEntry): boolean {
  return Number.isSafeInteger(revision) && revision >= 0 && (value === undefined || typeof value === 'string')
}

/** No more than was asked for, in whole places, and for each wish. */
function isAnswerTo({ wishes }: TakeRequest, { granted, waitMs, holders }: TakeAnswer): boolean {
  const isList = (list: unknown): boolean => Array.isArray(list) && list.length === wishes.length
  return (
    isList(granted) &&
    isList(waitMs) &&
    granted.every((count, index) => {
      return Number.isSafeInteger(count) && count >= 0 && count <= (wishes[index]?.count ?? 0)
    }) &&
    waitMs.every(Number.isFinite) &&
    Number.isSafeInteger(holders)
  )
}

function broken(operation: string): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_STORE_BROKEN',
    `The store's ${operation}() answered something else than it must; test it with @ibkr-auth/shared-session/conformance`,
  )
}

function unavailable(operation: string, cause: unknown): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_STORE_UNAVAILABLE',
    `The store's ${operation}() failed (${nameOf(cause)})`,
    { cause },
  )
}

function late(timeoutMs: number): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_STORE_UNAVAILABLE',
    `The store did not answer within ${timeoutMs} ms`,
  )
}
