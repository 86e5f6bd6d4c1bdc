import { explained } from '../explain/known-refusals.ts'
import { type ApiSession, hasEnded } from '../state/api-session.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import type { AcceptedSocket } from './accepted-socket.ts'
import type { StreamCaller } from './caller.ts'
import { greeting, type StatusArgs, statusArgs } from './greeting.ts'
import { Outlet, type SendingFaults } from './outlet.ts'
import { readStreamRequest } from './request.ts'
import { Subscribed } from './subscribed.ts'

/** What all connections share. */
export interface ConnectionParts {
  readonly state: SandboxState
  readonly faults: SendingFaults
  readonly note: (direction: 'received' | 'sent', text: string, note?: string) => void
}

/** One WebSocket: silent until it has greeted, then heartbeats, status and whatever was subscribed to. */
export class Connection {
  readonly #socket: AcceptedSocket
  readonly #caller: StreamCaller
  readonly #parts: ConnectionParts
  readonly #outlet: Outlet
  #session: ApiSession | undefined
  #subscribed: Subscribed | undefined
  #status: StatusArgs | undefined
  #heardAtMs: number
  readonly #timers: readonly NodeJS.Timeout[]

  constructor(socket: AcceptedSocket, caller: StreamCaller, parts: ConnectionParts) {
    const { stream } = parts.state.settings
    this.#socket = socket
    this.#caller = caller
    this.#parts = parts
    this.#outlet = new Outlet(socket, parts.faults, (text, note) => parts.note('sent', text, note))
    this.#heardAtMs = performance.now()
    this.#timers = [
      setTimeout(() => this.#begin(), stream.greetingDelayMs),
      setInterval(() => this.#beat(), stream.heartbeatMs),
      setInterval(() => this.update(), stream.updateMs),
    ]
    socket.on('message', (data) => this.#receive(textOfMessage(data)))
    // The gateway takes a pong that nobody asked for as a request without a topic.
    socket.on('pong', () => this.#refuse('(pong)', "Topic unknown 'null'", 'a pong that nobody asked for'))
    socket.on('close', (code) => this.#end(code))
    // A client that breaks the protocol or vanishes: ws closes the connection, and `close` tells it.
    socket.on('error', (error) => parts.note('received', '(error)', error.message))
  }

  get username(): string | undefined {
    return this.#session?.username
  }

  send(frame: object): void {
    this.#outlet.send(JSON.stringify(frame))
  }

  /** Sends a text as it stands, for faults. */
  sendText(text: string): void {
    this.#outlet.send(text, 'fault')
  }

  close(code: number): void {
    this.#socket.close(code)
  }

  /** Cuts the connection: no close frame, the lines of its market data stay taken. */
  drop(): void {
    this.#socket.terminate()
  }

  /** Tells what has changed since the last time. */
  update(): void {
    const { state } = this.#parts
    const nowMs = state.clock.nowMs()
    if (performance.now() - this.#heardAtMs > state.settings.stream.silenceMs) {
      this.#parts.note('sent', '(close)', 'the client was silent: send tic once a minute')
      this.close(1000)
      return
    }
    if (this.#session === undefined) return
    if (this.#session.loggedOut || hasEnded(this.#session, nowMs)) {
      this.#parts.note('sent', '(close)', 'its session has ended')
      this.close(1000)
      return
    }
    state.market.settle(nowMs)
    this.#tellStatus(this.#session, nowMs)
    this.#subscribed?.update(nowMs)
  }

  #begin(): void {
    if (this.#caller.session !== undefined) this.#greet(this.#caller.session)
    else this.send({ message: 'waiting for session' })
  }

  #greet(session: ApiSession): void {
    const { state } = this.#parts
    const nowMs = state.clock.nowMs()
    this.#session = session
    this.#status = statusArgs(state.brokerage.status(session, nowMs))
    const accountIds = state.users.accountIds(session.username)
    this.#subscribed = new Subscribed({ state, session, accountIds, send: (frame) => this.send(frame) })
    for (const frame of greeting(state, session, nowMs)) this.send(frame)
  }

  #beat(): void {
    if (this.#session !== undefined) this.send({ topic: 'system', hb: this.#parts.state.clock.nowMs() })
  }

  /** Each member that has changed, in a frame of its own. */
  #tellStatus(session: ApiSession, nowMs: number): void {
    const status = statusArgs(this.#parts.state.brokerage.status(session, nowMs))
    for (const [name, value] of Object.entries(status)) {
      if (this.#status?.[name as keyof StatusArgs] !== value)
        this.send({ topic: 'sts', args: { [name]: value } })
    }
    this.#status = status
  }

  #receive(text: string): void {
    this.#heardAtMs = performance.now()
    if (this.#session === undefined) this.#beforeGreeting(text)
    else if (text === 'tic') this.#answerTic(this.#session)
    else this.#request(text)
  }

  #beforeGreeting(text: string): void {
    const named = /^\s*\{\s*"session"\s*:\s*"([^"]*)"\s*\}\s*$/.exec(text)?.[1]
    const session = this.#caller.sessions.find(({ cookie }) => cookie === named)
    const isDropped = session === undefined || this.#caller.session !== undefined
    this.#parts.note('received', text, isDropped ? 'dropped: sent before system success' : undefined)
    if (!isDropped) this.#greet(session)
  }

  #answerTic(session: ApiSession): void {
    this.#parts.note('received', 'tic')
    this.send({ topic: 'tic', alive: true, id: session.cookie, lastAccessed: session.lastActivityMs })
  }

  #request(text: string): void {
    const request = readStreamRequest(text)
    if (request === undefined) {
      this.#refuse(text, 'Malformed request', 'write TOPIC, TOPIC+{json} or TOPIC+TARGET+{json}')
      return
    }
    const nowMs = this.#parts.state.clock.nowMs()
    const outcome = this.#subscribed?.request(request, nowMs, () => this.#parts.note('received', text))
    if (outcome === 'unknown') {
      this.#refuse(
        text,
        `Topic unknown '${request.topic.slice(0, 40)}'`,
        explained('no-such-operation').remedy,
      )
    } else if (outcome !== undefined) {
      const topic = [request.topic, ...request.targets].join('+')
      this.#refuse(text, outcome.error, outcome.remedy, { topic })
    }
  }

  #refuse(text: string, error: string, remedy: string, more: object = { code: 1 }): void {
    this.#parts.note('received', text.slice(0, 2_000), `refused: ${remedy}`)
    this.send({ ...more, error })
  }

  #end(code: number): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#parts.note('received', '(close)', `code ${code}`)
    this.#subscribed?.end(code !== 1006)
  }
}

function textOfMessage(data: Uint8Array | ArrayBuffer | Uint8Array[]): string {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : new Uint8Array(data)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
