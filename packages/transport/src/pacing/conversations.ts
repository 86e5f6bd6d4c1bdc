import type { PacingRequest } from './permit.ts'

/** What IBKR asks after an order is void if anything comes between, and nobody else should wait for long: this much at the most. */
export const longestHoldMs = 5_000

interface Hold {
  readonly conversation: unknown
  /** On the monotonic clock; undefined while another holds. */
  endsAtMs: number | undefined
}

/** A cancellation of an order comes before everything. */
const orderPath = /^\/iserver\/account\/[^/?]+\/order\/[^/?]/

/** Conversations that hold back the other requests of a username, one at a time, 5 s each at the most. */
export class Conversations {
  readonly #holds: Hold[] = []

  /** True if nobody holds anything. */
  get idle(): boolean {
    return this.#holds.length === 0
  }

  /** @returns Ends the conversation. */
  begin(conversation: unknown): () => void {
    const hold: Hold = { conversation, endsAtMs: undefined }
    this.#holds.push(hold)
    return () => {
      const place = this.#holds.indexOf(hold)
      if (place !== -1) this.#holds.splice(place, 1)
    }
  }

  /** When the conversation that holds at present has to end; undefined if none does. */
  endsAtMs(nowMs: number): number | undefined {
    return this.#current(nowMs)?.endsAtMs
  }

  /** Whether a request need not wait for a conversation of others. */
  lets({ method, path, conversation }: PacingRequest, nowMs: number): boolean {
    const hold = this.#current(nowMs)
    if (hold === undefined) return true
    if (conversation !== undefined && hold.conversation === conversation) return true
    return method === 'DELETE' && orderPath.test(path)
  }

  #current(nowMs: number): Hold | undefined {
    for (let hold = this.#holds[0]; hold !== undefined; hold = this.#holds[0]) {
      hold.endsAtMs ??= nowMs + longestHoldMs
      if (nowMs < hold.endsAtMs) return hold
      this.#holds.shift()
    }
    return undefined
  }
}
