import { QuoteFrame } from '../connection/quote-frame.ts'
import type { Frame } from '../connection/state.ts'
import { StreamError } from '../errors.ts'
import { readsQuotes } from '../topics/market-data.ts'
import type { FrameReader, Topic } from '../topics/topic.ts'
import type { Gap, StaleReason, StreamItem } from './items.ts'
import type { Reader } from './reader.ts'

/** A subscription as people see it. */
export interface FeedStatus {
  /** As it stands on the wire, like `smd+265598`. */
  readonly topic: string
  /** Whether IBKR has taken it: a frame came, or it was asked for, where IBKR answers nothing. */
  readonly confirmed: boolean
  /** Why its last value may not be what is; undefined while it is current. */
  readonly stale: StaleReason | undefined
  /** When its last frame came, in milliseconds since 1970. */
  readonly receivedAtMs: number | undefined
  /** How many subscriptions read it. */
  readonly readers: number
}

/** A renewal that was refused is asked for again after this many ms: IBKR ends what is not renewed five minutes later. */
const refusedAgainMs = 60_000

/** One subscription on the wire, and all who read it. */
export class Feed<Value = unknown> {
  readonly topic: Topic<Value>
  /** Replaced when it changes: each frame goes through it. */
  #readers: readonly Reader<Value>[] = []
  readonly #onError: (error: unknown) => void
  readonly #reading: FrameReader<Value>
  /** The text that ends it, where that does not depend on what the server calls it. */
  readonly ending: string | undefined
  #receivedAtMs = 0
  #confirmed = false
  #stale: StaleReason | undefined = 'not-connected'
  #serverId: string | undefined
  #askedAtMs: number | undefined
  /** It was asked for and then lost: what came meanwhile is not known. */
  #interrupted = false
  #renewalRefused = false

  constructor(topic: Topic<Value>, onError: (error: unknown) => void) {
    this.topic = topic
    this.#onError = onError
    this.#reading = topic.open()
    this.ending = this.#ending(undefined)
  }

  get status(): FeedStatus {
    return {
      topic: this.topic.subscribe,
      confirmed: this.#confirmed,
      stale: this.#stale,
      receivedAtMs: this.#receivedAtMs === 0 ? undefined : this.#receivedAtMs,
      readers: this.#readers.length,
    }
  }

  get readers(): readonly Reader<Value>[] {
    return this.#readers
  }

  get isAsked(): boolean {
    return this.#askedAtMs !== undefined
  }

  /** What the server calls it, where it gives a name. */
  get serverId(): string | undefined {
    return this.#serverId
  }

  add(reader: Reader<Value>): void {
    this.#readers = [...this.#readers, reader]
    if (this.#confirmed) reader.confirm()
    const value = this.#newest()
    if (value !== undefined) reader.push(this.#update(value))
  }

  remove(reader: Reader<Value>): void {
    this.#readers = this.#readers.filter((other) => other !== reader)
  }

  /** It was asked for, first or again, at this monotonic time. */
  asked(atMs: number): void {
    this.#askedAtMs = atMs
    this.#renewalRefused = false
    // A value that stands is as old as it was, until the first frame.
    if (this.topic.delivery === 'every' || this.#newest() === undefined) this.#stale = undefined
    if (this.topic.confirmed === 'by-asking') this.#confirm()
  }

  /** When it wants to be asked for again, monotonic ms. */
  get renewAtMs(): number | undefined {
    const { renewAfterMs } = this.topic
    if (this.#askedAtMs === undefined || renewAfterMs === undefined) return undefined
    return this.#askedAtMs + (this.#renewalRefused ? Math.min(refusedAgainMs, renewAfterMs) : renewAfterMs)
  }

  get unsubscribe(): string | undefined {
    return this.#ending(this.#serverId)
  }

  deliver(frame: Frame | QuoteFrame, receivedAtMs: number): void {
    if (this.topic.takes === 'history-request' && !(frame instanceof QuoteFrame))
      this.#serverId = serverIdOf(frame) ?? this.#serverId
    const value = this.#read(frame, receivedAtMs)
    if (value === undefined) return
    this.#receivedAtMs = receivedAtMs
    // What still comes of a subscription that was lost, or could not be renewed, ends without a word.
    if (this.isAsked && !this.#renewalRefused) this.#stale = undefined
    if (!this.#confirmed) this.#confirm()
    const item = this.#update(value)
    for (const reader of this.#readers) reader.push(item)
  }

  /** What was shown may no longer be so, and says so where it is a value that stands. */
  lost(reason: StaleReason): void {
    this.#interrupted ||= this.isAsked
    this.#askedAtMs = undefined
    this.#serverId = undefined
    this.#goStale(reason)
  }

  /** Asked for anew after a gap: it is told, and what the caller finds out comes before what follows. */
  gap({ fromMs, toMs }: Gap): void {
    const interrupted = this.#interrupted && this.isAsked
    if (!interrupted) return
    this.#interrupted = false
    if (this.topic.delivery === 'newest') return
    for (const reader of this.#readers) reader.push({ kind: 'gap', fromMs, toMs })
  }

  /**
   * IBKR refused it: its readers end with IBKR's text; one that was only renewed goes on, and is stale. While there is no
   * brokerage session a refusal is what is to be expected: it is asked for again with the next one.
   */
  refused(text: string): void {
    if (!this.isAsked) return
    const renewing = this.topic.renewAfterMs !== undefined && this.#newest() !== undefined
    const message = `IBKR refused ${this.topic.frameTopic}: ${text}`
    if (renewing) {
      this.#renewalRefused = true
      this.#goStale('renewal-refused')
      return
    }
    this.#askedAtMs = undefined
    this.end(new StreamError('ERR_STREAM_SUBSCRIPTION_REFUSED', message))
  }

  end(error: unknown): void {
    for (const reader of this.#readers) reader.end(error)
  }

  #goStale(reason: StaleReason): void {
    if (this.#stale === reason) return
    this.#stale = reason
    const value = this.topic.delivery === 'newest' ? this.#newest() : undefined
    if (value === undefined) return
    const item = this.#update(value)
    for (const reader of this.#readers) reader.push(item)
  }

  /** A topic may be the caller's own: what it throws is told. */
  #newest(): Value | undefined {
    try {
      return this.#reading.newest()
    } catch (error) {
      this.#onError(error)
      return undefined
    }
  }

  #ending(serverId: string | undefined): string | undefined {
    try {
      return this.topic.unsubscribe(serverId)
    } catch (error) {
      this.#onError(error)
      return undefined
    }
  }

  #read(frame: Frame | QuoteFrame, receivedAtMs: number): Value | undefined {
    const reading = this.#reading
    try {
      if (!(frame instanceof QuoteFrame)) return reading.read(frame, receivedAtMs)
      if (readsQuotes(reading)) return reading.readQuote(frame, receivedAtMs)
      return reading.read(frame.whole(), receivedAtMs)
    } catch (error) {
      this.#onError(error)
      return undefined
    }
  }

  #update(value: Value): StreamItem<Value> {
    return { kind: 'update', value, receivedAtMs: this.#receivedAtMs, stale: this.#stale }
  }

  #confirm(): void {
    if (this.#confirmed) return
    this.#confirmed = true
    for (const reader of this.#readers) reader.confirm()
  }
}

/** `serverId`, a text or a number, short enough to be sent back. */
export function serverIdOf({ serverId }: Frame): string | undefined {
  const id = typeof serverId === 'number' ? String(serverId) : serverId
  return typeof id === 'string' && /^[\w.-]{1,64}$/.test(id) ? id : undefined
}
