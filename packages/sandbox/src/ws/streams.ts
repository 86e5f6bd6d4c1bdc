import { invalidInput } from '../errors.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import type { AcceptedSocket } from './accepted-socket.ts'
import type { StreamCaller } from './caller.ts'
import { Connection } from './connection.ts'
import { FrameLog } from './frame-log.ts'
import { frameNotes, type SendingFaults } from './outlet.ts'

/** The WebSockets that are open, and what can go wrong with them. */
export class Streams {
  /** Every message, both ways. */
  readonly frames: FrameLog
  readonly #state: SandboxState
  readonly #connections = new Set<Connection>()
  readonly #faults: SendingFaults
  #lastId = 0

  /** @internal */
  constructor(state: SandboxState) {
    this.#state = state
    this.frames = new FrameLog(state.settings.logCapacity)
    const { binary: isBinary } = state.settings.stream
    this.#faults = { isFrozen: false, isSplit: false, isBinary, delayMs: 0 }
    state.brokerage.onChange(() => this.#update())
    state.market.quotes.onPrice(() => this.#settle())
  }

  /** WebSockets that are open. */
  get open(): number {
    return this.#connections.size
  }

  /** Cuts all of them without a close frame, as a network does. */
  drop(): void {
    for (const connection of this.#connections) connection.drop()
  }

  /** Closes all of them with a code, as IBKR does with 1000 at restarts and logins elsewhere. */
  close(code = 1000): void {
    if (code !== 1000 && !(code >= 3000 && code <= 4999) && !(code >= 1001 && code <= 1003)) {
      throw invalidInput('code must be 1000 to 1003, or 3000 to 4999')
    }
    for (const connection of this.#connections) connection.close(code)
  }

  /** Stays open and sends nothing any more, heartbeats neither, until it is thawed with false. */
  freeze(isFrozen = true): void {
    this.#faults.isFrozen = isFrozen
  }

  /** Sends each message so many milliseconds late, one after the other; 0 ends that. */
  slow(delayMs: number): void {
    if (!Number.isSafeInteger(delayMs) || delayMs < 0 || delayMs > 3_600_000) {
      throw invalidInput('slow must be an integer of ms from 0 to 3600000')
    }
    this.#faults.delayMs = delayMs
  }

  /** Sends each message in several frames, cut without regard to characters. */
  split(isSplit = true): void {
    this.#faults.isSplit = isSplit
  }

  /** Sends binary frames in place of text. */
  binary(isBinary = true): void {
    this.#faults.isBinary = isBinary
  }

  /** Sends a text as it stands to all; by default one that is no JSON. */
  garbage(text = '{"topic":"smd+2655'): void {
    for (const connection of this.#connections) connection.sendText(text)
  }

  /** Sends members of `sts` to all, such as `{ competing: true }`; what the sandbox knows stays as it is. */
  status(args: Readonly<Record<string, boolean | string>>): void {
    for (const connection of this.#connections) connection.send({ topic: 'sts', args })
  }

  /** Sends a notification (`ntf`) to all. */
  notify(notification: Readonly<Record<string, unknown>>): void {
    for (const connection of this.#connections) connection.send({ topic: 'ntf', args: [notification] })
  }

  /** Sends a bulletin (`blt`) to all. */
  bulletin(message: string): void {
    const id = this.#state.clock.nowMs()
    for (const connection of this.#connections) {
      connection.send({ topic: 'blt', args: [{ id, exchanges: '', message }] })
    }
  }

  /** Takes a WebSocket whose upgrade was accepted. @internal */
  accept(socket: AcceptedSocket, caller: StreamCaller): void {
    const state = this.#state
    const secrets = caller.sessions.map(({ cookie }) => cookie)
    const note = frameNotes(
      this.frames,
      ++this.#lastId,
      () => state.clock.nowMs(),
      () => secrets,
    )
    const connection = new Connection(socket, caller, { state, faults: this.#faults, note })
    this.#connections.add(connection)
    socket.once('close', () => this.#connections.delete(connection))
  }

  /** A change of the brokerage session is told at once, as IBKR does. */
  #update(): void {
    // Not within the change itself: whoever makes it has not finished.
    queueMicrotask(() => {
      for (const connection of this.#connections) connection.update()
    })
  }

  /** A price that a script sets can fill orders, which is told at once; the quote waits for its turn. */
  #settle(): void {
    if (this.#connections.size > 0) this.#state.market.settle(this.#state.clock.nowMs())
  }
}
