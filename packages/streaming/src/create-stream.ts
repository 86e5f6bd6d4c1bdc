import { containRejection } from '@ibkr-auth/internal/channel'
import { toldError } from '@ibkr-auth/internal/thrown'
import { Connection } from './connection/connection.ts'
import { hasBrokerage } from './connection/greeting.ts'
import type { ConnectionEffect, ConnectionState, LostReason } from './connection/state.ts'
import { invalidInput, StreamError } from './errors.ts'
import { StreamListeners } from './events.ts'
import { healthOfStream, type StreamHealth } from './health.ts'
import type { StreamOptions } from './options.ts'
import { checkOptions, checkSignal, type StreamSettings } from './settings.ts'
import type { Stream, StreamStatus } from './stream.ts'
import type { Feed } from './subscriptions/feed.ts'
import { Feeds } from './subscriptions/feeds.ts'
import type { Gap } from './subscriptions/items.ts'
import { Reader } from './subscriptions/reader.ts'
import type { SubscribeOptions, Subscription } from './subscriptions/subscription.ts'
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
  readonly #listeners = new StreamListeners()
  readonly #ready = new Waiters()
  readonly #endCredential: unknown
  #closed = false
  #sinceMs: number
  #connections = 0
  #reason: LostReason | undefined
  #lastError: string | undefined
  /** Since when what happens is not known: the last frame before, ms since 1970, and when that was noticed. */
  #lost: { readonly heardAtMs: number; readonly noticedAtMs: number } | undefined

  constructor(settings: StreamSettings) {
    this.#settings = settings
    this.#sinceMs = settings.clock.now()
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
      onTime: (nowMs) => this.#onTime(nowMs),
    })
    this.#endCredential = settings.onCredential?.(() => this.#connection.handle({ type: 'credential' }))
    containRejection(this.#endCredential, (error) => this.#tellError(error))
  }

  subscribe<Value>(topic: Topic<Value>, options: SubscribeOptions = {}): Subscription<Value> {
    if (this.#closed) throw closed()
    if (typeof topic?.subscribe !== 'string' || typeof topic.open !== 'function')
      throw invalidInput('topic must be one of marketData(…), orders(…), …, topic(text).')
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
    if (!feed.isAsked || topic.replays === 'asking') this.#ask([feed])
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
    const state = this.#state
    return {
      id: this.#listeners.id,
      state: state.name,
      sinceMs: this.#sinceMs,
      reason: state.name === 'open' ? undefined : this.#reason,
      lastError: this.#lastError,
      retryAtMs: 'untilMs' in state ? this.#wallTime(state.untilMs) : undefined,
      heartbeatAtMs: state.name === 'open' ? this.#wallTime(state.heartbeatAtMs) : undefined,
      brokerage: state.name === 'open' ? state.brokerage : {},
      connections: this.#connections,
      marketDataLines: {
        taken: this.#feeds.taken('market-data-line'),
        limit: this.#settings.limits.marketDataLines,
      },
      subscriptions: this.#feeds.all.map((feed) => feed.status),
    }
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
    this.#sinceMs = this.#settings.clock.now()
    this.#reason = reason ?? this.#reason
    const to = this.#state.name
    this.#listeners.tell({ type: 'state', atMs: this.#sinceMs, from, to, reason })
    if (to === 'closed') this.#listeners.clear()
  }

  #greeted(): void {
    this.#connections += 1
    this.#reason = undefined
    this.#resume()
    this.#ready.wake()
  }

  /** Asks for everything that is not asked for; what was before is told its gap. */
  #resume(): void {
    this.#ask(this.#feeds.all.filter(({ isAsked }) => !isAsked))
    const state = this.#state
    const lost = this.#lost
    // Without a brokerage session most is not asked for yet: the gap goes on.
    if (lost === undefined || state.name !== 'open' || !hasBrokerage(state.brokerage)) return
    this.#lost = undefined
    const gap = this.#gapSince(lost)
    this.#listeners.tell({ type: 'gap', atMs: gap.toMs, ...gap })
    this.#feeds.gap(gap)
  }

  /** The wall clock may have been set meanwhile: the span is at least what the other clock measured. */
  #gapSince({ heardAtMs, noticedAtMs }: { heardAtMs: number; noticedAtMs: number }): Gap {
    const { clock } = this.#settings
    const toMs = clock.now()
    return { fromMs: Math.min(heardAtMs, Math.floor(toMs - (clock.monotonicNow() - noticedAtMs))), toMs }
  }

  /** Says each text once, for all that it asks for; what needs a brokerage session waits for one. */
  #ask(feeds: readonly Feed[]): void {
    const state = this.#state
    if (state.name !== 'open') return
    const mayAsk = hasBrokerage(state.brokerage)
    const nowMs = this.#settings.clock.monotonicNow()
    const said = new Set<string>()
    for (const feed of feeds) {
      if (!mayAsk && feed.topic.needsBrokerage) {
        feed.lost('no-brokerage-session')
        continue
      }
      const { text, feeds: asked } = this.#feeds.asking(feed)
      if (text !== undefined && !said.has(text)) this.#connection.send(text)
      if (text !== undefined) said.add(text)
      for (const one of asked) one.asked(nowMs)
      this.#connection.armBefore(feed.renewAtMs ?? Number.POSITIVE_INFINITY)
    }
  }

  #onTime(nowMs: number): void {
    this.#ask(this.#feeds.due(nowMs))
    this.#feeds.expire(nowMs)
  }

  #onLost(error: unknown): void {
    if (error !== undefined && typeof error !== 'number') this.#tellError(error)
    this.#noteLoss()
    this.#feeds.lost('not-connected')
  }

  #noteLoss(): void {
    // A connection that never was leaves no gap behind it.
    if (this.#connections === 0) return
    this.#lost ??= {
      heardAtMs: this.#connection.heardAtMs,
      noticedAtMs: this.#settings.clock.monotonicNow(),
    }
  }

  #brokerage({ brokerage, change }: Extract<ConnectionEffect, { do: 'brokerage' }>): void {
    this.#listeners.tell({ type: 'brokerage', atMs: this.#settings.clock.now(), brokerage })
    if (change === 'lost') {
      this.#noteLoss()
      this.#feeds.lost('no-brokerage-session')
    } else if (change === 'back') this.#resume()
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
    this.#lastError = toldError(error).message
    this.#listeners.tell({ type: 'error', atMs: this.#settings.clock.now(), error })
  }

  #wallTime(monotonicMs: number): number {
    const { clock } = this.#settings
    return Math.round(clock.now() + monotonicMs - clock.monotonicNow())
  }
}

function closed(): StreamError {
  return new StreamError('ERR_STREAM_CLOSED', 'The stream is closed: make a new one.')
}
