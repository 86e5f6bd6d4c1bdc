/** What IBKR asks after an order is void if anything comes between, and nobody else should wait for long: this much at the most. */
export const longestConversationMs = 5_000

/** A conversation that holds back the other requests of its username. */
export interface Conversation {
  /** Whatever names it: requests that carry the same value are its own. */
  readonly conversation: unknown
  /** On the monotonic clock; undefined while another goes before. */
  untilMs: number | undefined
}

/** A request, as far as conversations go by it. */
export interface ConversationRequest {
  /** Upper case. */
  readonly method: string
  /** Below the API base. */
  readonly path: string
  readonly conversation?: unknown
}

const orderPath = /^\/iserver\/account\/[^/?]+\/order\/[^/?]/

/** A cancellation of an order comes before everything. */
export function cancelsOrder({ method, path }: ConversationRequest): boolean {
  return method === 'DELETE' && orderPath.test(path)
}

export function belongsTo({ conversation }: ConversationRequest, to: Conversation): boolean {
  return conversation !== undefined && conversation === to.conversation
}

/** The conversations of one username, one after the other, each for its time at the most. */
export class Conversations<One extends Conversation> {
  readonly #forMs: number
  readonly #all: One[] = []

  /** @param forMs - The longest that each may hold others back, in milliseconds. */
  constructor(forMs: number) {
    this.#forMs = forMs
  }

  /** True if nobody holds anything. */
  get idle(): boolean {
    return this.#all.length === 0
  }

  add(one: One): void {
    this.#all.push(one)
  }

  /** @returns false if it was over already. */
  end(one: One): boolean {
    const place = this.#all.indexOf(one)
    if (place === -1) return false
    this.#all.splice(place, 1)
    return true
  }

  /** The one whose turn it is, and that has time left. */
  current(nowMs: number): One | undefined {
    for (let one = this.#all[0]; one !== undefined; one = this.#all[0]) {
      one.untilMs ??= nowMs + this.#forMs
      if (nowMs < one.untilMs) return one
      this.#all.shift()
    }
    return undefined
  }

  /** Whether a request need not wait for a conversation of others. */
  lets(request: ConversationRequest, nowMs: number): boolean {
    const current = this.current(nowMs)
    return current === undefined || belongsTo(request, current) || cancelsOrder(request)
  }
}
