import { Listeners } from '../listeners.ts'
import type { LogEntry } from './entry.ts'

/** The newest requests with their verdicts; the oldest make room. */
export class RequestLog {
  readonly #capacity: number
  readonly #ring: LogEntry[] = []
  readonly #listeners = new Listeners<LogEntry>()
  readonly #clears = new Listeners<undefined>()
  #next = 0

  /** @internal */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Oldest first. */
  get entries(): readonly LogEntry[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
  }

  /** The newest entry. */
  get last(): LogEntry | undefined {
    return this.#ring[(this.#next || this.#ring.length) - 1]
  }

  /** Entries that were refused, oldest first. */
  get refused(): readonly LogEntry[] {
    return this.entries.filter((entry) => entry.verdict === 'refused')
  }

  /** The entry with the id that an answer carried as `x-sandbox-request`. */
  get(id: number): LogEntry | undefined {
    return this.#ring.find((entry) => entry.id === id)
  }

  /** Calls back for each entry to come; the function returned ends that. What a listener throws becomes a warning. */
  subscribe(listener: (entry: LogEntry) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Calls back when the log is emptied; the function returned ends that. @internal */
  onClear(listener: () => void): () => void {
    return this.#clears.add(listener)
  }

  /** Forgets all entries. */
  clear(): void {
    this.#ring.length = 0
    this.#next = 0
    this.#clears.tell(undefined)
  }

  /** Adds an entry. @internal */
  add(entry: LogEntry): void {
    if (this.#ring.length < this.#capacity) this.#ring.push(entry)
    else {
      this.#ring[this.#next] = entry
      this.#next = (this.#next + 1) % this.#capacity
    }
    this.#listeners.tell(entry)
  }
}
