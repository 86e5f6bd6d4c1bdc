import { containRejection } from '@ibkr-auth/internal/channel'
import { invalidInput, StreamError } from '../errors.ts'
import type { ItemFilter, Topic } from '../topics/topic.ts'
import { CatchUp } from './catch-up.ts'
import type { StreamItem } from './items.ts'
import { EveryQueue, type ItemQueue, NewestQueue } from './queues.ts'
import type { SubscribeOptions, Subscription } from './subscription.ts'

/** What a reader needs of its stream. */
export interface ReaderParts<Value> {
  readonly topic: Topic<Value>
  readonly options: SubscribeOptions
  readonly catchUpTimeoutMs: number
  monotonicNow(): number
  onClose(reader: Reader<Value>): void
  onError(error: unknown): void
}

interface Listener<Value> {
  readonly item: (item: StreamItem<Value>) => void
  readonly ended: ((error: unknown) => void) | undefined
}

/** The reader behind a {@link Subscription}; its feed pushes into it. */
export class Reader<Value> implements Subscription<Value> {
  readonly topic: string
  readonly confirmed: Promise<void>
  readonly #parts: ReaderParts<Value>
  readonly #queue: ItemQueue<Value>
  readonly #filter: ItemFilter<Value> | undefined
  readonly #catchUp: CatchUp<Value> | undefined
  /** Replaced when it changes: each item goes through it. */
  #listeners: readonly Listener<Value>[] = []
  readonly #waiting = new Set<() => void>()
  #iterated = false
  #end: { readonly error: unknown } | undefined
  #settleConfirmed: { resolve(): void; reject(error: unknown): void } | undefined

  constructor(parts: ReaderParts<Value>) {
    const { topic, options } = parts
    if (typeof options !== 'object') throw invalidInput('options must be { catchUp, queueCapacity }.')
    const capacity = checkCapacity(options.queueCapacity ?? 10_000)
    this.#parts = parts
    this.topic = topic.subscribe
    this.#queue = topic.delivery === 'newest' ? new NewestQueue() : new EveryQueue(capacity)
    this.#filter = topic.filter?.()
    this.#catchUp = this.#makeCatchUp(capacity)
    this.confirmed = new Promise((resolve, reject) => {
      this.#settleConfirmed = { resolve, reject }
    })
    // Whoever does not wait for it is told by the iteration.
    this.confirmed.catch(() => undefined)
  }

  /** When an answer about a gap is due, monotonic ms. */
  get dueAtMs(): number | undefined {
    return this.#catchUp?.dueAtMs
  }

  expire(nowMs: number): void {
    this.#catchUp?.expire(nowMs)
  }

  push(item: StreamItem<Value>): void {
    if (this.#end !== undefined) return
    const passed = this.#filter === undefined ? item : this.#filtered(item, this.#filter)
    if (passed === undefined) return
    if (this.#catchUp === undefined) this.#hand(passed)
    else this.#catchUp.push(passed)
  }

  confirm(): void {
    this.#settleConfirmed?.resolve()
  }

  /** Ends it; what waits can still be read, then the error, if there is one. */
  end(error: unknown): void {
    if (this.#end !== undefined) return
    this.#catchUp?.end(error !== undefined)
    if (this.#end !== undefined) return // what waited was too much
    this.#end = { error }
    this.#settleConfirmed?.reject(error ?? closedUnconfirmed())
    this.#wake()
    this.#parts.onClose(this)
    this.#tellEnd(error)
  }

  on(listener: (item: StreamItem<Value>) => void, ended?: (error: unknown) => void): () => void {
    if (typeof listener !== 'function' || (ended !== undefined && typeof ended !== 'function'))
      throw invalidInput('on(listener, ended) takes functions.')
    const added = { item: listener, ended }
    this.#listeners = [...this.#listeners, added]
    const end = this.#end
    if (!this.#iterated) this.#tellWaiting(added)
    // Ended by the listener itself, it has told of it.
    if (end !== undefined) this.#call(() => ended?.(end.error))
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== added)
    }
  }

  /** What waits, to a listener who comes now, until that closes the subscription. */
  #tellWaiting(listener: Listener<Value>): void {
    const end = this.#end
    while (this.#end === end) {
      const item = this.#queue.take()
      if (item === undefined) return
      this.#tell(listener, item)
    }
  }

  close(): void {
    this.end(undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamItem<Value>> {
    if (this.#iterated)
      throw invalidInput('A subscription is iterated once: subscribe again for another reader.')
    this.#iterated = true
    return {
      next: () => this.#next(),
      return: async () => {
        this.close()
        return { done: true, value: undefined }
      },
    }
  }

  async #next(): Promise<IteratorResult<StreamItem<Value>>> {
    for (;;) {
      const item = this.#queue.take()
      if (item !== undefined) return { done: false, value: item }
      if (this.#end?.error !== undefined) throw this.#end.error
      if (this.#end !== undefined) return { done: true, value: undefined }
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** To listeners at once, or else into the queue. */
  #hand(item: StreamItem<Value>): void {
    if (this.#end !== undefined) return
    for (const listener of this.#listeners) this.#tell(listener, item)
    if (this.#listeners.length > 0 && !this.#iterated) return
    try {
      this.#queue.push(item)
    } catch (error) {
      this.end(error)
      return
    }
    if (this.#waiting.size > 0) this.#wake()
  }

  #filtered(item: StreamItem<Value>, filter: ItemFilter<Value>): StreamItem<Value> | undefined {
    if (item.kind !== 'update') return item
    const value = this.#contained(() => filter(item.value), item.value)
    return value === undefined ? undefined : { ...item, value }
  }

  #makeCatchUp(capacity: number): CatchUp<Value> | undefined {
    const { topic, options, catchUpTimeoutMs, monotonicNow, onError } = this.#parts
    const { catchUp: ask } = options
    if (ask !== undefined && typeof ask !== 'function') throw invalidInput('catchUp must be a function.')
    if (ask === undefined || topic.delivery === 'newest') return undefined
    return new CatchUp<Value>({
      ask,
      timeoutMs: catchUpTimeoutMs,
      capacity,
      monotonicNow,
      hand: (item) => this.#hand(item),
      overflow: (error) => this.end(error),
      onError,
    })
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  /** An error that no iteration throws and no listener is told goes to the stream's. */
  #tellEnd(error: unknown): void {
    let told = this.#iterated
    for (const { ended } of this.#listeners) {
      told ||= ended !== undefined
      this.#call(() => ended?.(error))
    }
    if (error !== undefined && !told) this.#parts.onError(error)
  }

  #tell(listener: Listener<Value>, item: StreamItem<Value>): void {
    // For each item: written out, where a closure for each would cost.
    try {
      containRejection(listener.item(item), this.#parts.onError)
    } catch (error) {
      this.#parts.onError(error)
    }
  }

  #call(call: () => unknown): void {
    containRejection(this.#contained(call, undefined), this.#parts.onError)
  }

  /** What foreign code answers; in place of what it throws, which is told, `otherwise`. */
  #contained<Answer>(call: () => Answer, otherwise: Answer): Answer {
    try {
      return call()
    } catch (error) {
      this.#parts.onError(error)
      return otherwise
    }
  }
}

function closedUnconfirmed(): StreamError {
  return new StreamError('ERR_STREAM_CLOSED', 'The subscription was closed before IBKR confirmed it.')
}

function checkCapacity(capacity: number): number {
  if (Number.isSafeInteger(capacity) && capacity >= 1 && capacity <= 10_000_000) return capacity
  throw invalidInput('queueCapacity must be a whole number from 1 to 10,000,000.')
}
