import { type Clock, inBackground } from '../clock.ts'
import type { StoreAccess } from '../store/store-access.ts'

const everyMs = 10_000
const presentForMs = 30_000

/** How many processes share something: each says every so often that it is there. */
export class ProcessCount {
  readonly #store: StoreAccess
  readonly #key: string
  readonly #holder: string
  readonly #clock: Clock
  #count = 1
  #timer: unknown
  #isClosed = false

  constructor(store: StoreAccess, key: string, holder: string, clock: Clock) {
    this.#store = store
    this.#key = `${key} present`
    this.#holder = holder
    this.#clock = clock
  }

  /** Processes, this one included, as was told last. */
  get last(): number {
    return this.#count
  }

  /** Asks now; the number last known if the store is away. */
  async ask(): Promise<number> {
    if (this.#isClosed) return this.#count
    if (this.#timer === undefined) this.#repeat()
    try {
      this.#count = Math.max(1, await this.#say(presentForMs))
    } catch {
      // The store's status has it; what was known last is the best guess.
    }
    return this.#count
  }

  /** Takes this process out of the count. @returns how many others there are; undefined if the store is away. */
  async close(): Promise<number | undefined> {
    this.#isClosed = true
    this.#clock.clearTimeout(this.#timer)
    try {
      return await this.#say(0)
    } catch {
      return undefined
    }
  }

  #repeat(): void {
    this.#timer = inBackground(this.#clock, everyMs, () => {
      if (this.#isClosed) return
      this.#repeat()
      void this.ask()
    })
  }

  async #say(forMs: number): Promise<number> {
    const request = {
      holder: this.#holder,
      presentForMs: forMs,
      counters: [],
      wishes: [],
      slackMs: 0,
      runningForMs: 0,
    }
    return (await this.#store.take(this.#key, request)).holders
  }
}
