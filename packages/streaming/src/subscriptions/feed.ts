import type { Frame } from '../connection/state.ts'
import { StreamError } from '../errors.ts'
import type { Topic } from '../topics/topic.ts'
import type { Gap, StaleReason, StreamItem } from './items.ts'
import type { Reader } from './subscription.ts'

/** What a feed needs of its stream. */
export interface FeedContext {
  /** Milliseconds since 1970. */
  now(): number
  onError(error: unknown): void
}

/** One subscription on the wire, and all who read it. */
export class Feed<Value = unknown> {
  readonly topic: Topic<Value>
  readonly readers: Set<Reader<Value>> = new Set()
  readonly #context: FeedContext
  #value: Value | undefined
  #receivedAtMs: number | undefined
  #confirmed = false
  #stale: StaleReason | undefined = 'not-connected'
  #serverId: string | undefined
  #askedAtMs: number | undefined
  /** Items that came while `catchUp` was being asked; they follow its answer. */
  readonly #held = new Map<Reader<Value>, StreamItem<Value>[]>()

  constructor(topic: Topic<Value>, context: FeedContext) {
    this.topic = topic
    this.#context = context
  }

  get status(): {
    topic: string
    confirmed: boolean
    stale: StaleReason | undefined
    receivedAtMs: number | undefined
    readers: number
  } {
    return {
      topic: this.topic.subscribe,
      confirmed: this.#confirmed,
      stale: this.#stale,
      receivedAtMs: this.#receivedAtMs,
      readers: this.readers.size,
    }
  }

  add(reader: Reader<Value>): void {
    this.readers.add(reader)
    if (this.#confirmed) reader.confirm()
    if (this.#value !== undefined && this.topic.delivery === 'newest')
      this.#push(reader, this.#update(this.#value))
  }

  /** It was asked for, first or again, at this monotonic time. */
  asked(atMs: number): void {
    this.#askedAtMs = atMs
    this.#stale = undefined
    if (this.topic.confirmed === 'by-asking') this.#confirm()
  }

  /** When it wants to be asked for again, monotonic ms. */
  get renewAtMs(): number | undefined {
    const { renewAfterMs } = this.topic
    return this.#askedAtMs === undefined || renewAfterMs === undefined
      ? undefined
      : this.#askedAtMs + renewAfterMs
  }

  get unsubscribe(): string | undefined {
    return this.topic.unsubscribe(this.#serverId)
  }

  deliver(frame: Frame): void {
    const serverId = frame.serverId ?? frame.server_id
    if (typeof serverId === 'string' || typeof serverId === 'number') this.#serverId = String(serverId)
    const receivedAtMs = this.#context.now()
    const value = this.topic.read(frame, this.#value, receivedAtMs)
    if (value === undefined) return
    this.#receivedAtMs = receivedAtMs
    this.#stale = undefined
    if (this.topic.delivery === 'newest') this.#value = value
    this.#confirm()
    this.#pushAll(this.#update(value))
  }

  /** What was shown may no longer be so, and says so where it is a value that stands. */
  lost(reason: StaleReason): void {
    this.#askedAtMs = undefined
    if (this.#stale === reason) return
    this.#stale = reason
    if (this.#value !== undefined) this.#pushAll(this.#update(this.#value))
  }

  /** Asked for anew after a gap: it is told, and what the caller finds out comes before what follows. */
  gap(gap: Gap): void {
    if (this.topic.delivery === 'newest') return
    for (const reader of this.readers) {
      this.#push(reader, { kind: 'gap', ...gap })
      if (reader.catchUp !== undefined) void this.#catchUp(reader, reader.catchUp, gap)
    }
  }

  /** IBKR refused it: its readers end with IBKR's text; one that was only renewed goes on, and is stale. */
  refused(text: string): void {
    const renewing = this.#confirmed && this.topic.renewAfterMs !== undefined && this.#value !== undefined
    if (renewing) this.lost('renewal-refused')
    else
      this.end(
        new StreamError('ERR_STREAM_SUBSCRIPTION_REFUSED', `IBKR refused ${this.topic.frameTopic}: ${text}`),
      )
  }

  end(error: unknown): void {
    for (const reader of [...this.readers]) reader.end(error)
  }

  async #catchUp(reader: Reader<Value>, catchUp: (gap: Gap) => unknown, gap: Gap): Promise<void> {
    if (this.#held.has(reader)) return // the gap before is still being asked about; its answer covers this one
    const held: StreamItem<Value>[] = []
    this.#held.set(reader, held)
    try {
      const value = await catchUp(gap)
      reader.push({ kind: 'caught-up', value, ...gap })
    } catch (error) {
      this.#context.onError(error)
    } finally {
      this.#held.delete(reader)
      for (const item of held) reader.push(item)
    }
  }

  #update(value: Value): StreamItem<Value> {
    return {
      kind: 'update',
      value,
      receivedAtMs: this.#receivedAtMs ?? this.#context.now(),
      stale: this.#stale,
    }
  }

  #pushAll(item: StreamItem<Value>): void {
    for (const reader of this.readers) this.#push(reader, item)
  }

  #push(reader: Reader<Value>, item: StreamItem<Value>): void {
    const held = this.#held.get(reader)
    if (held === undefined || this.topic.delivery === 'newest') reader.push(item)
    else if (held.length < mostHeld) held.push(item)
    else
      reader.end(
        new StreamError(
          'ERR_STREAM_OVERFLOW',
          `catchUp took so long that more than ${mostHeld} items waited for it.`,
        ),
      )
  }

  #confirm(): void {
    if (this.#confirmed) return
    this.#confirmed = true
    for (const reader of this.readers) reader.confirm()
  }
}

const mostHeld = 10_000
