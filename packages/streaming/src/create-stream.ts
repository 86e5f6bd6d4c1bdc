import { containRejection } from '@ibkr-auth/internal/channel'
import { toldError } from '@ibkr-auth/internal/thrown'
import { Connection } from './connection/connection.ts'
import type { ConnectionEffect, ConnectionState, LostReason } from './connection/state.ts'
import { invalidInput, StreamError } from './errors.ts'
import { StreamListeners } from './events.ts'
import { healthOfStream, type StreamHealth } from './health.ts'
import type { StreamOptions } from './options.ts'
import { checkOptions, checkSignal, type StreamSettings } from './settings.ts'
import { type StreamMemory, statusOf } from './status.ts'
import type { Stream, StreamStatus } from './stream.ts'
import type { Feed } from './subscriptions/feed.ts'
import { Feeds } from './subscriptions/feeds.ts'
import { Reader } from './subscriptions/reader.ts'
import { Subscriber } from './subscriptions/subscriber.ts'
import type { SubscribeOptions, Subscription } from './subscriptions/subscription.ts'
import { checkedTopic } from './topics/checked-topic.ts'
import type { Topic } from './topics/topic.ts'
import { Waiters } from './waiters.ts'

/**
 * Makes a stream over IBKR's WebSocket. It connects with the first subscription, or when {@link Stream.ready} is asked.
 *
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 * @see IBKR Web API, "WebSocket"; OpenAPI 2.40 `/ws`
 */
export function createStream(options: StreamOptions): Stream {
  return new IbkrStream(checkOptions(options))
}

/** Subscriptions over a connection that comes and goes. */
class IbkrStream implements Stream {
  readonly #settings: StreamSettings
  readonly #feeds: Feeds
  readonly #connection: Connection
  readonly #subscriber: Subscriber
  readonly #listeners = new StreamListeners()
  readonly #ready = new Waiters()
  readonly #endCredential: unknown
  #closed = false
  #memory: StreamMemory

  constructor(settings: StreamSettings) {
    this.#settings = settings
    this.#memory = { sinceMs: settings.clock.now(), connections: 0, reason: undefined, lastError: undefined }
    this.#feeds = new Feeds(settings.limits, (error) => this.#tellError(error))
    this.#connection = new Connection({
      settings,
      moved: (from, reason) => this.#moved(from, reason),
      greeted: () => this.#greeted(),
      deliver: (frame, receivedAtMs) => this.#say(this.#feeds.deliver(frame, receivedAtMs)),
      lost: (error) => this.#onLost(error),
      brokerage: (effect) => this.#brokerage(effect),
      error: (error) => this.#tellError(error),
      dueAtMs: () => this.#feeds.dueAtMs,
      onTime: (nowMs) => this.#subscriber.onTime(nowMs),
    })
    this.#subscriber = new Subscriber({
      clock: settings.clock,
      feeds: this.#feeds,
      connection: this.#connection,
      onGap: (gap) => this.#listeners.tell({ type: 'gap', atMs: gap.toMs, ...gap }),
    })
    this.#endCredential = settings.onCredential?.(() => this.#connection.handle({ type: 'credential' }))
    containRejection(this.#endCredential, (error) => this.#tellError(error))
  }

  subscribe<Value>(given: Topic<Value>, options: SubscribeOptions = {}): Subscription<Value> {
    if (this.#closed) throw closed()
    const topic = checkedTopic(given)
    const reader = new Reader<Value>({
      topic,
      options: options ?? {},
      catchUpTimeoutMs: this.#settings.rules.catchUpTimeoutMs,
      monotonicNow: () => this.#settings.clock.monotonicNow(),
      onClose: (ended) => this.#onEnd(feed, ended as Reader<unknown>),
      onError: (error) => this.#tellError(error),
    })
    const feed = this.#feeds.open(topic as Topic<unknown>)
    feed.add(reader as Reader<unknown>)
    if (!feed.isAsked || topic.replays === 'asking') this.#subscriber.ask([feed])
    this.#connection.handle({ type: 'start' })
    return reader
  }

  async ready(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const signal = checkSignal(options?.signal)
    signal?.throwIfAborted()
    this.#connection.handle({ type: 'start' })
    while (this.#state.name !== 'open') {
      if (this.#closed) throw closed()
      await this.#ready.moment(signal)
    }
  }

  send(text: string): void {
    if (typeof text !== 'string' || text === '') throw invalidInput('text must be a message, not empty.')
    if (this.#closed) throw closed()
    if (this.#state.name !== 'open')
      throw new StreamError('ERR_STREAM_NOT_OPEN', 'There is no greeted connection: await ready() first.')
    this.#connection.send(text)
  }

  status(): StreamStatus {
    return statusOf({
      id: this.#listeners.id,
      memory: this.#memory,
      state: this.#state,
      feeds: this.#feeds,
      settings: this.#settings,
    })
  }

  health(): StreamHealth {
    return healthOfStream(this.status())
  }

  on(listener: Parameters<Stream['on']>[0]): () => void {
    if (typeof listener !== 'function') throw invalidInput('listener must be a function.')
    return this.#listeners.add(listener)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#feeds.end()
    try {
      if (typeof this.#endCredential === 'function')
        containRejection(this.#endCredential(), (error) => this.#tellError(error))
    } catch (error) {
      this.#tellError(error)
    }
    this.#connection.handle({ type: 'close' })
    this.#ready.wake()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  get #state(): ConnectionState {
    return this.#connection.state
  }

  #moved(from: ConnectionState['name'], reason: LostReason | undefined): void {
    const [to, atMs] = [this.#state.name, this.#settings.clock.now()]
    this.#memory = { ...this.#memory, sinceMs: atMs, reason: reason ?? this.#memory.reason }
    this.#listeners.tell({ type: 'state', atMs, from, to, reason })
    if (to === 'closed') this.#listeners.clear()
  }

  #greeted(): void {
    this.#memory = { ...this.#memory, connections: this.#memory.connections + 1, reason: undefined }
    this.#subscriber.resume()
    this.#ready.wake()
  }

  #onLost(error: unknown): void {
    if (error !== undefined && typeof error !== 'number') this.#tellError(error)
    this.#noteLoss()
    this.#feeds.lost('not-connected')
  }

  #noteLoss(): void {
    // A connection that never was leaves no gap behind it.
    if (this.#memory.connections > 0) this.#subscriber.noteLoss()
  }

  #brokerage({ brokerage, change }: Extract<ConnectionEffect, { do: 'brokerage' }>): void {
    this.#listeners.tell({ type: 'brokerage', atMs: this.#settings.clock.now(), brokerage })
    if (change === 'lost') {
      this.#noteLoss()
      this.#feeds.lost('no-brokerage-session')
    } else if (change === 'back') this.#subscriber.resume()
  }

  #onEnd(feed: Feed, reader: Reader<unknown>): void {
    feed.remove(reader)
    if (feed.readers.length > 0) return
    const text = this.#feeds.close(feed)
    if (this.#state.name === 'open') this.#say(text)
  }

  #say(text: string | undefined): void {
    if (text !== undefined) this.#connection.send(text)
  }

  #tellError(error: unknown): void {
    this.#memory = { ...this.#memory, lastError: toldError(error).message }
    this.#listeners.tell({ type: 'error', atMs: this.#settings.clock.now(), error })
  }
}

function closed(): StreamError {
  return new StreamError('ERR_STREAM_CLOSED', 'The stream is closed: make a new one.')
}
