import type { Gap, StreamItem } from './items.ts'
import { EveryQueue, type ItemQueue, NewestQueue } from './queues.ts'

/** How a subscription is read. */
export interface SubscribeOptions {
  /**
   * Asked after each gap, before anything that follows it is handed out: `GET /iserver/account/orders`, say. Its result
   * comes as `caught-up`. What it throws ends nothing: it comes as the stream's event `error`.
   */
  readonly catchUp?: ((gap: Gap) => unknown) | undefined
  /** Items that may wait for the reader, for topics of which nothing is left out. Default 10,000. */
  readonly queueCapacity?: number | undefined
}

/** One reader of a topic. Iterate it, or listen to it. */
export interface Subscription<Value> extends AsyncIterable<StreamItem<Value>> {
  /** The text that subscribes. */
  readonly topic: string
  /** Resolves with IBKR's first answer, or once it was asked where IBKR answers nothing; rejects if it is refused. */
  readonly confirmed: Promise<void>
  /** Calls `listener` for each item, those that wait included; the result ends that. */
  on(listener: (item: StreamItem<Value>) => void): () => void
  /** Ends this reader; with the last one the subscription ends at IBKR. */
  close(): void
  [Symbol.asyncDispose](): Promise<void>
}

/** The reader behind a {@link Subscription}; its feed pushes into it. */
export class Reader<Value> implements Subscription<Value> {
  readonly topic: string
  readonly confirmed: Promise<void>
  readonly catchUp: SubscribeOptions['catchUp']
  readonly #queue: ItemQueue<Value>
  readonly #listeners = new Set<(item: StreamItem<Value>) => void>()
  readonly #onClose: (reader: Reader<Value>) => void
  readonly #onListenerError: (error: unknown) => void
  #iterated = false
  #wake: (() => void) | undefined
  #ended = false
  #error: unknown
  #resolveConfirmed: () => void = () => undefined
  #rejectConfirmed: (error: unknown) => void = () => undefined

  constructor(input: {
    readonly topic: string
    readonly delivery: 'newest' | 'every'
    readonly options: SubscribeOptions
    readonly onClose: (reader: Reader<Value>) => void
    readonly onListenerError: (error: unknown) => void
  }) {
    this.topic = input.topic
    this.catchUp = input.options.catchUp
    this.#queue =
      input.delivery === 'newest' ? new NewestQueue() : new EveryQueue(input.options.queueCapacity ?? 10_000)
    this.#onClose = input.onClose
    this.#onListenerError = input.onListenerError
    this.confirmed = new Promise((resolve, reject) => {
      this.#resolveConfirmed = resolve
      this.#rejectConfirmed = reject
    })
    // Whoever does not wait for it is told by the iteration.
    this.confirmed.catch(() => undefined)
  }

  /** @returns The error that ended it, if this item was too much. */
  push(item: StreamItem<Value>): unknown {
    if (this.#ended) return undefined
    for (const listener of this.#listeners) this.#tell(listener, item)
    if (this.#listeners.size > 0 && !this.#iterated) return undefined
    try {
      this.#queue.push(item)
    } catch (error) {
      this.end(error)
      return error
    }
    this.#wake?.()
    return undefined
  }

  confirm(): void {
    this.#resolveConfirmed()
  }

  /** Ends it; what waits can still be read, then the error, if there is one. */
  end(error: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#rejectConfirmed(error)
    this.#wake?.()
    this.#onClose(this)
  }

  on(listener: (item: StreamItem<Value>) => void): () => void {
    this.#listeners.add(listener)
    if (!this.#iterated) {
      for (let item = this.#queue.take(); item !== undefined; item = this.#queue.take())
        this.#tell(listener, item)
    }
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.end(undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamItem<Value>> {
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
      if (this.#ended && this.#error !== undefined) throw this.#error
      if (this.#ended) return { done: true, value: undefined }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #tell(listener: (item: StreamItem<Value>) => void, item: StreamItem<Value>): void {
    try {
      listener(item)
    } catch (error) {
      this.#onListenerError(error)
    }
  }
}
