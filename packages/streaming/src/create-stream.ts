import { decodeFrame } from './connection/decode.ts'
import { dueAtMs, next } from './connection/machine.ts'
import type { StreamSocket } from './connection/socket.ts'
import type { ConnectionEffect, ConnectionEvent, ConnectionState, LostReason } from './connection/state.ts'
import { invalidInput, StreamError } from './errors.ts'
import { StreamListeners } from './events.ts'
import { healthOfStream, type StreamHealth } from './health.ts'
import type { StreamOptions, StreamTicket } from './options.ts'
import { checkOptions, type StreamSettings } from './settings.ts'
import type { Stream, StreamStatus } from './stream.ts'
import type { Feed } from './subscriptions/feed.ts'
import { Feeds } from './subscriptions/feeds.ts'
import { Reader, type SubscribeOptions, type Subscription } from './subscriptions/subscription.ts'
import { addressOf, checkTicket, sessionMessage } from './ticket.ts'
import type { Topic } from './topics/topic.ts'

/**
 * Makes a stream over IBKR's WebSocket. It connects with the first subscription, or when {@link Stream.ready} is asked.
 *
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 * @see IBKR Web API, "WebSocket"; OpenAPI 2.40 `/ws`
 */
export function createStream(options: StreamOptions): Stream {
  return new IbkrStream(checkOptions(options))
}

/** Carries out what the connection's machine decides, over one timer and at most one socket. */
class IbkrStream implements Stream {
  readonly #settings: StreamSettings
  readonly #feeds: Feeds
  readonly #listeners = new StreamListeners()
  readonly #ready = new Set<() => void>()
  readonly #endCredential: (() => void) | undefined
  readonly #events: ConnectionEvent[] = []
  #state: ConnectionState = { name: 'idle' }
  #sinceMs: number
  #busy = false
  #timer: { handle: unknown; atMs: number } | undefined
  #socket: StreamSocket | undefined
  #connecting: AbortController | undefined
  #ticket: StreamTicket | undefined
  #connections = 0
  #lostAtMs: number | undefined
  #reason: LostReason | undefined
  #lastError: string | undefined

  constructor(settings: StreamSettings) {
    this.#settings = settings
    this.#sinceMs = settings.clock.now()
    this.#feeds = new Feeds(settings.limits, {
      now: () => settings.clock.now(),
      onError: (error) => this.#tellError(error),
    })
    this.#endCredential = settings.onCredential?.(() => this.#handle({ type: 'credential' }))
  }

  subscribe<Value>(topic: Topic<Value>, options: SubscribeOptions = {}): Subscription<Value> {
    if (this.#state.name === 'closed') throw closed()
    if (typeof topic?.subscribe !== 'string')
      throw invalidInput('topic must be one of marketData(…), orders(…), …, topic(text).')
    const { feed, isNew } = this.#feeds.open(topic as Topic<unknown>)
    const reader = new Reader<Value>({
      topic: topic.subscribe,
      delivery: topic.delivery,
      options,
      onClose: (closedReader) => this.#closed(feed, closedReader as Reader<unknown>),
      onListenerError: (error) => this.#tellError(error),
    })
    feed.add(reader as Reader<unknown>)
    if (isNew && this.#state.name === 'open') {
      this.#ask(feed)
      this.#arm()
    }
    this.#start()
    return reader
  }

  async ready({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    signal?.throwIfAborted()
    this.#start()
    while (this.#state.name !== 'open') {
      if (this.#state.name === 'closed') throw closed()
      await this.#moment(signal)
    }
  }

  /** Resolves with the next greeting or the end of the stream. */
  #moment(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        this.#ready.delete(done)
        signal?.removeEventListener('abort', abort)
        settle()
      }
      const done = () => end(resolve)
      const abort = () => end(() => reject(signal?.reason))
      signal?.addEventListener('abort', abort, { once: true })
      this.#ready.add(done)
    })
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
    return this.#listeners.add(listener)
  }

  close(): void {
    this.#endCredential?.()
    this.#handle({ type: 'close' })
    this.#feeds.end(undefined)
    for (const done of [...this.#ready]) done()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  #start(): void {
    if (this.#state.name === 'idle') this.#handle({ type: 'start' })
  }

  /** Events that come while effects are carried out wait their turn. */
  #handle(event: ConnectionEvent): void {
    this.#events.push(event)
    if (this.#busy) return
    this.#busy = true
    const before = this.#state
    try {
      for (let now = this.#events.shift(); now !== undefined; now = this.#events.shift()) this.#step(now)
    } finally {
      this.#busy = false
    }
    // Most frames are data, which change no deadline.
    if (this.#state !== before) this.#arm()
  }

  #step(event: ConnectionEvent): void {
    const { clock, rules } = this.#settings
    const from = this.#state
    const { state, effects } = next(from, event, {
      nowMs: clock.monotonicNow(),
      random: () => this.#random(),
      rules,
    })
    this.#state = state
    if (state.name !== from.name)
      this.#moved(from.name, effects.find((effect) => effect.do === 'lost')?.reason)
    for (const effect of effects) this.#carryOut(effect)
  }

  #moved(from: ConnectionState['name'], reason: LostReason | undefined): void {
    this.#sinceMs = this.#settings.clock.now()
    this.#reason = reason ?? this.#reason
    this.#listeners.tell({ type: 'state', atMs: this.#sinceMs, from, to: this.#state.name, reason })
  }

  #carryOut(effect: ConnectionEffect): void {
    if (effect.do === 'connect') void this.#connect(effect.attempt)
    else if (effect.do === 'open') this.#open(effect.attempt)
    else if (effect.do === 'send') this.#socket?.send(effect.text)
    else if (effect.do === 'send-session') this.#sendSession()
    else if (effect.do === 'drop') this.#drop()
    else if (effect.do === 'ready') this.#greeted()
    else if (effect.do === 'deliver') this.#feeds.deliver(effect.frame)
    else if (effect.do === 'lost') this.#lost(effect.error)
    else this.#brokerage(effect.brokerage)
  }

  #sendSession(): void {
    if (this.#ticket !== undefined) this.#socket?.send(sessionMessage(this.#ticket))
  }

  async #connect(attempt: number): Promise<void> {
    const connecting = new AbortController()
    this.#connecting = connecting
    try {
      const ticket = checkTicket(await this.#settings.connect({ signal: connecting.signal }))
      if (connecting.signal.aborted) return
      this.#ticket = ticket
      this.#handle({ type: 'connected', attempt })
    } catch (error) {
      if (!connecting.signal.aborted) this.#handle({ type: 'connect-failed', attempt, error })
    }
  }

  #open(attempt: number): void {
    const { url, userAgent, openSocket } = this.#settings
    const ticket = this.#ticket
    if (ticket === undefined) return
    try {
      this.#socket = openSocket(addressOf(url, userAgent, ticket), {
        opened: () => this.#handle({ type: 'socket-open', attempt }),
        closed: (code) => this.#handle({ type: 'socket-closed', attempt, code }),
        refused: (error) => this.#handle({ type: 'socket-refused', attempt, error }),
        message: (data) => this.#message(attempt, data),
      })
    } catch (error) {
      this.#handle({ type: 'socket-refused', attempt, error })
    }
  }

  #message(attempt: number, data: string | Uint8Array): void {
    const frame = decodeFrame(data)
    if (frame !== undefined) this.#handle({ type: 'frame', attempt, frame })
    else
      this.#tellError(
        new StreamError('ERR_STREAM_BAD_FRAME', 'IBKR sent a frame that is no JSON object; it was left out.'),
      )
  }

  #drop(): void {
    this.#connecting?.abort()
    this.#connecting = undefined
    const socket = this.#socket
    this.#socket = undefined
    try {
      socket?.drop()
    } catch (error) {
      this.#tellError(error)
    }
  }

  #greeted(): void {
    this.#connections += 1
    this.#reason = undefined
    for (const feed of this.#feeds.all) this.#ask(feed)
    const fromMs = this.#lostAtMs
    this.#lostAtMs = undefined
    if (fromMs !== undefined) {
      const gap = { fromMs, toMs: this.#settings.clock.now() }
      this.#listeners.tell({ type: 'gap', atMs: gap.toMs, ...gap })
      this.#feeds.gap(gap)
    }
    for (const done of [...this.#ready]) done()
  }

  #ask(feed: Feed): void {
    if (feed.topic.asked) this.#socket?.send(feed.topic.subscribe)
    feed.asked(this.#settings.clock.monotonicNow())
  }

  #lost(error: unknown): void {
    if (error instanceof Error) this.#tellError(error)
    // A connection that never was leaves no gap behind it: the one that is open goes on.
    if (this.#connections > 0) this.#lostAtMs ??= this.#settings.clock.now()
    this.#feeds.lost('not-connected')
  }

  #brokerage(brokerage: StreamStatus['brokerage']): void {
    this.#listeners.tell({ type: 'brokerage', atMs: this.#settings.clock.now(), brokerage })
    if (brokerage.authenticated === false) this.#feeds.lost('no-brokerage-session')
  }

  #closed(feed: Feed, reader: Reader<unknown>): void {
    feed.readers.delete(reader)
    if (feed.readers.size > 0) return
    const text = this.#feeds.close(feed)
    if (text !== undefined && this.#state.name === 'open') this.#socket?.send(text)
  }

  /** One timer for the connection and all renewals. */
  #arm(): void {
    const { clock, rules } = this.#settings
    const times = [
      dueAtMs(this.#state, rules),
      this.#state.name === 'open' ? this.#feeds.renewAtMs : undefined,
    ]
    const atMs = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY))
    if (this.#timer?.atMs === atMs) return
    if (this.#timer !== undefined) clock.clearTimeout(this.#timer.handle)
    this.#timer = undefined
    if (atMs === Number.POSITIVE_INFINITY) return
    const delayMs = Math.max(0, Math.ceil(atMs - clock.monotonicNow()))
    this.#timer = { atMs, handle: clock.setTimeout(() => this.#onTimer(), Math.min(delayMs, 2_147_483_647)) }
  }

  #onTimer(): void {
    this.#timer = undefined
    if (this.#state.name === 'open') {
      for (const feed of this.#feeds.due(this.#settings.clock.monotonicNow())) this.#ask(feed)
    }
    this.#handle({ type: 'time' })
    this.#arm()
  }

  #tellError(error: unknown): void {
    this.#lastError = error instanceof Error ? error.message : 'something was thrown that is no error'
    this.#listeners.tell({ type: 'error', atMs: this.#settings.clock.now(), error })
  }

  #random(): number {
    try {
      return this.#settings.random()
    } catch {
      return 0.5 // what waits are spread by is not worth a stream
    }
  }

  #wallTime(monotonicMs: number): number {
    const { clock } = this.#settings
    return Math.round(clock.now() + monotonicMs - clock.monotonicNow())
  }
}

function closed(): StreamError {
  return new StreamError('ERR_STREAM_CLOSED', 'The stream is closed: make a new one.')
}
