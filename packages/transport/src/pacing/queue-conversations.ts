import {
  belongsTo,
  type Conversation,
  Conversations,
  longestConversationMs,
} from '@ibkr-auth/internal/conversations'
import type { PacingRequest } from './permit.ts'

/** What was sent before a conversation may still be on its way, and come between: its first request waits for the answers, so long at the most. */
const quietMs = 1_000

interface Begun extends Conversation {
  /** Whether a request of it has gone out. */
  hasBegun: boolean
}

/** Conversations of a username as its queue goes by them. All times are monotonic. */
export class QueueConversations {
  readonly #all = new Conversations<Begun>(longestConversationMs)

  /** True if nobody holds anything. */
  get idle(): boolean {
    return this.#all.idle
  }

  /** @returns Ends the conversation. */
  begin(conversation: unknown): () => void {
    const begun: Begun = { conversation, untilMs: undefined, hasBegun: false }
    this.#all.add(begun)
    return () => this.#all.end(begun)
  }

  /** When a request may go as far as conversations are concerned; `nowMs` if now. `running`: how many others are on their way. */
  freeAtMs(request: PacingRequest, running: number, nowMs: number): number {
    const current = this.#all.current(nowMs)
    if (current?.untilMs === undefined) return nowMs
    if (!belongsTo(request, current)) return this.#all.lets(request, nowMs) ? nowMs : current.untilMs
    if (current.hasBegun || running === 0) return nowMs
    return Math.max(nowMs, current.untilMs - longestConversationMs + quietMs)
  }

  /** A request goes out. */
  note(request: PacingRequest, nowMs: number): void {
    if (this.idle) return
    const current = this.#all.current(nowMs)
    if (current !== undefined && belongsTo(request, current)) current.hasBegun = true
  }
}
