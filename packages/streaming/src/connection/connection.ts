import { containRejection } from '@ibkr-auth/internal/channel'
import { StreamError } from '../errors.ts'
import type { StreamTicket } from '../options.ts'
import type { StreamSettings } from '../settings.ts'
import { decodeFrame, textOf } from './decode.ts'
import { readRetryAfterMs, readStatus, socketError } from './foreign-errors.ts'
import { dueAtMs, isData, next } from './machine.ts'
import { QuoteFrame } from './quote-frame.ts'
import type { SocketAddress, SocketListener, StreamSocket } from './socket.ts'
import type { ConnectionEffect, ConnectionEvent, ConnectionState, Frame, LostReason } from './state.ts'
import { addressOf, checkTicket, sessionMessage } from './ticket.ts'

/** What a connection tells, and what else waits for its timer. */
export interface ConnectionParts {
  readonly settings: StreamSettings
  moved(from: ConnectionState['name'], reason: LostReason | undefined): void
  greeted(): void
  /** A frame of data, of an open and greeted connection. */
  deliver(frame: Frame | QuoteFrame, receivedAtMs: number): void
  lost(error: unknown): void
  brokerage(effect: Extract<ConnectionEffect, { do: 'brokerage' }>): void
  error(error: unknown): void
  /** When {@link ConnectionParts.onTime} wants to be called, monotonic ms. */
  dueAtMs(): number
  onTime(nowMs: number): void
}

/** Carries out what the machine decides, over one timer and at most one socket. */
export class Connection {
  readonly #parts: ConnectionParts
  readonly #events: ConnectionEvent[] = []
  readonly #quote = new QuoteFrame()
  #state: ConnectionState = { name: 'idle' }
  #busy = false
  #closing = false
  #timer: { readonly handle: unknown; readonly atMs: number } | undefined
  #socket: StreamSocket | undefined
  #connecting: AbortController | undefined
  #ticket: StreamTicket | undefined
  #heardAtMs: number

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.#heardAtMs = parts.settings.clock.now()
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** When the newest frame arrived, ms since 1970: what was sent before it has been heard. */
  get heardAtMs(): number {
    return this.#heardAtMs
  }

  /** Events that come while effects are carried out wait their turn. */
  handle(event: ConnectionEvent): void {
    if (this.#closing) return
    if (event.type === 'close') {
      this.#closing = true
      this.#events.length = 0
    }
    this.#events.push(event)
    if (!this.#busy) this.#work()
  }

  /** Says a text on the socket that there is; one that cannot take it is as good as closed. */
  send(text: string): void {
    if (this.#closing || !('attempt' in this.#state)) return
    const { attempt } = this.#state
    const failed = (error: unknown) => {
      this.#parts.error(error)
      this.handle({ type: 'socket-closed', attempt, code: 1006 })
    }
    try {
      containRejection(this.#socket?.send(text), failed)
    } catch (error) {
      failed(error)
    }
  }

  /** Something is due at this time, monotonic ms: a timer that comes before it looks at everything anyway. */
  armBefore(atMs: number): void {
    if (atMs < (this.#timer?.atMs ?? Number.POSITIVE_INFINITY)) this.arm()
  }

  /** One timer for the connection and everything that its subscriptions wait for. */
  arm(): void {
    const { clock, rules } = this.#parts.settings
    const closed = this.#state.name === 'closed'
    const othersMs = closed ? Number.POSITIVE_INFINITY : this.#parts.dueAtMs()
    const atMs = Math.min(dueAtMs(this.#state, rules) ?? Number.POSITIVE_INFINITY, othersMs)
    if (this.#timer?.atMs === atMs) return
    if (this.#timer !== undefined) clock.clearTimeout(this.#timer.handle)
    this.#timer = undefined
    if (atMs === Number.POSITIVE_INFINITY) return
    const delayMs = Math.max(0, Math.ceil(atMs - clock.monotonicNow()))
    this.#timer = { atMs, handle: clock.setTimeout(() => this.#onTimer(), Math.min(delayMs, 2_147_483_647)) }
  }

  #onTimer(): void {
    this.#timer = undefined
    this.#parts.onTime(this.#parts.settings.clock.monotonicNow())
    this.handle({ type: 'time' })
    this.arm()
  }

  #work(): void {
    const before = this.#state
    this.#busy = true
    try {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift())
        this.#step(event)
    } finally {
      this.#busy = false
    }
    // Most frames are data, which change no deadline.
    if (this.#state !== before) this.arm()
  }

  #step(event: ConnectionEvent): void {
    const { clock, rules, random } = this.#parts.settings
    const from = this.#state
    const { state, effects } = next(from, event, { nowMs: clock.monotonicNow(), random, rules })
    this.#state = state
    if (state.name !== from.name)
      this.#parts.moved(from.name, effects.find((effect) => effect.do === 'lost')?.reason)
    // A listener may have closed meanwhile: then nothing more is asked, opened, sent or told.
    for (const effect of effects) if (!this.#closing || effect.do === 'drop') this.#carryOut(effect)
  }

  #carryOut(effect: ConnectionEffect): void {
    if (effect.do === 'connect') void this.#connect(effect.attempt)
    else if (effect.do === 'open') this.#open(effect.attempt)
    else if (effect.do === 'send') this.send(effect.text)
    else if (effect.do === 'send-session') this.#sendSession()
    else if (effect.do === 'drop') this.#drop()
    else if (effect.do === 'ready') this.#parts.greeted()
    else if (effect.do === 'deliver') this.#parts.deliver(effect.frame, this.#heardAtMs)
    else if (effect.do === 'lost') this.#parts.lost(effect.error)
    else this.#parts.brokerage(effect)
  }

  async #connect(attempt: number): Promise<void> {
    this.#connecting?.abort()
    const connecting = new AbortController()
    this.#connecting = connecting
    try {
      const ticket = checkTicket(await this.#parts.settings.connect({ signal: connecting.signal }))
      if (connecting.signal.aborted) return
      this.#ticket = ticket
      this.handle({ type: 'connected', attempt })
    } catch (error) {
      if (connecting.signal.aborted) return
      this.handle({ type: 'connect-failed', attempt, error, retryAfterMs: readRetryAfterMs(error) })
    }
  }

  #open(attempt: number): void {
    const { url, userAgent, openSocket } = this.#parts.settings
    const ticket = this.#ticket
    if (ticket === undefined) return
    let address: SocketAddress | undefined
    const refused = (error: unknown) =>
      this.handle({
        type: 'socket-refused',
        attempt,
        error: socketError(error, address),
        status: readStatus(error),
      })
    const listener: SocketListener = {
      opened: () => this.handle({ type: 'socket-open', attempt }),
      closed: (code) => this.handle({ type: 'socket-closed', attempt, code }),
      refused,
      message: (data) => this.#message(attempt, data),
    }
    try {
      address = addressOf(url, userAgent, ticket)
      this.#socket = openSocket(address, listener)
      containRejection(this.#socket, refused)
    } catch (error) {
      refused(error)
    }
  }

  #sendSession(): void {
    if (this.#ticket !== undefined) this.send(sessionMessage(this.#ticket))
  }

  #message(attempt: number, data: string | Uint8Array): void {
    const state = this.#state
    if ((state.name !== 'open' && state.name !== 'greeting') || state.attempt !== attempt) return
    const text = textOf(data)
    const isQuote = text !== undefined && state.name === 'open' && !this.#busy && this.#quote.find(text)
    const frame = isQuote ? this.#quote : decodeFrame(text)
    if (frame === undefined) {
      this.#parts.error(badFrame())
      return
    }
    this.#heardAtMs = this.#parts.settings.clock.now()
    if (frame instanceof QuoteFrame || (!this.#busy && isData(state, attempt, frame))) this.#deliver(frame)
    else this.handle({ type: 'frame', attempt, frame })
  }

  /** Data goes straight to its subscriptions; what they set off waits until they have it. */
  #deliver(frame: Frame | QuoteFrame): void {
    this.#busy = true
    try {
      this.#parts.deliver(frame, this.#heardAtMs)
    } finally {
      this.#busy = false
    }
    if (this.#events.length > 0) this.#work()
  }

  #drop(): void {
    this.#connecting?.abort()
    this.#connecting = undefined
    this.#ticket = undefined
    const socket = this.#socket
    this.#socket = undefined
    try {
      containRejection(socket?.drop(), (error) => this.#parts.error(error))
    } catch (error) {
      this.#parts.error(error)
    }
  }
}

function badFrame(): StreamError {
  return new StreamError('ERR_STREAM_BAD_FRAME', 'IBKR sent a frame that is no JSON object; it was left out.')
}
