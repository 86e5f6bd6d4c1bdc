import { StreamError } from '../errors.ts'
import type { StreamItem } from './items.ts'

/** What stands between frames and one reader. */
export interface ItemQueue<Value> {
  push(item: StreamItem<Value>): void
  /** The next item; `undefined` if there is none now. */
  take(): StreamItem<Value> | undefined
}

/** Keeps the newest update: memory is bounded by the value, not by the slowness of its reader. */
export class NewestQueue<Value> implements ItemQueue<Value> {
  #newest: StreamItem<Value> | undefined

  push(item: StreamItem<Value>): void {
    if (item.kind === 'update') this.#newest = item
  }

  take(): StreamItem<Value> | undefined {
    const item = this.#newest
    this.#newest = undefined
    return item
  }
}

/** Keeps every item, up to a bound beyond which it would rather end than leave one out. */
export class EveryQueue<Value> implements ItemQueue<Value> {
  readonly #capacity: number
  #items: StreamItem<Value>[] = []
  #taken = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** @throws {StreamError} `ERR_STREAM_OVERFLOW` */
  push(item: StreamItem<Value>): void {
    if (this.#items.length - this.#taken >= this.#capacity) {
      throw new StreamError(
        'ERR_STREAM_OVERFLOW',
        `More than ${this.#capacity} items were not read: read faster, or raise queueCapacity. Nothing is left out silently, so this subscription ends.`,
      )
    }
    this.#items.push(item)
  }

  take(): StreamItem<Value> | undefined {
    const item = this.#items[this.#taken]
    if (item === undefined) return undefined
    this.#taken += 1
    // Moved together now and then: a shift for each item would copy the rest each time.
    if (this.#taken > 1024 && this.#taken * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#taken)
      this.#taken = 0
    }
    return item
  }
}
