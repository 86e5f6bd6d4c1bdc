import { Listeners } from '../listeners.ts'

/** A message of a WebSocket as the log keeps it. */
export interface FrameEntry {
  /** Which connection, counted from 1. */
  readonly connection: number
  /** Epoch milliseconds by the clock of the sandbox. */
  readonly atMs: number
  /** Seen from the sandbox. */
  readonly direction: 'received' | 'sent'
  /** At most 2,000 characters; values of sessions are masked. */
  readonly text: string
  /** What became of it, where that is not plain: why it was refused or dropped, or which fault struck. */
  readonly note?: string | undefined
}

/** The newest messages of all WebSockets; the oldest make room. */
export class FrameLog {
  readonly #capacity: number
  readonly #listeners = new Listeners<FrameEntry>()
  #frames: FrameEntry[] = []

  /** @internal */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Oldest first. */
  get entries(): readonly FrameEntry[] {
    return this.#frames.slice(-this.#capacity)
  }

  /** Calls back for each message to come; the function returned ends that. What a listener throws becomes a warning. */
  subscribe(listener: (entry: FrameEntry) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Forgets all messages. */
  clear(): void {
    this.#frames = []
  }

  /** Adds a message. @internal */
  add(entry: FrameEntry): void {
    // Cut in half now and then: to move every entry for each new one would cost more than to send it.
    if (this.#frames.length >= 2 * this.#capacity) this.#frames = this.#frames.slice(-this.#capacity)
    this.#frames.push(entry)
    this.#listeners.tell(entry)
  }
}
