import type { TransportResponse } from '../http/response.ts'
import { Conversations, longestHoldMs } from '../pacing/conversations.ts'
import type { Pacing } from '../pacing/pacing.ts'
import type { Attempt, RequestContext, RequestOptions, TransportRequest } from '../request/types.ts'
import type { Timers } from '../timer-heap.ts'
import type { OwnCall } from './own-calls.ts'
import { Waiters } from './waiters.ts'

/** What is asked and answered with nothing in between. */
export interface Talk {
  /** Sends a request of the conversation. */
  request(request: TransportRequest): Promise<TransportResponse>
  get(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  post(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
}

const name = 'ibkr-auth:conversation'

/** One conversation; it holds others back from its first request until it is over. */
class Conversation {
  /** Undefined before its first request. */
  letGo: (() => void) | undefined
  isOver = false
}

/** Where requests pass one by one: a pacing, or what stands in for it. */
type Gate = Pick<Pacing, 'hold'>

/** Whose conversations they are. */
interface TalksHost {
  readonly pacedUsername: unknown
}

/** The conversations of a session: each keeps the others of its username back while it lasts. */
export class Talks {
  readonly #gate: Gate
  readonly #ownGate: OwnGate | undefined
  readonly #host: TalksHost
  #open: Set<Conversation> | undefined

  constructor(timers: Timers, pacing: Pacing | undefined, host: TalksHost) {
    this.#ownGate = pacing === undefined ? new OwnGate(timers) : undefined
    this.#gate = pacing ?? (this.#ownGate as OwnGate)
    this.#host = host
  }

  /** The conversation that a request is part of, for pacing; undefined if it is none's. */
  of(context: RequestContext): object | undefined {
    const conversation = context[name]
    return conversation instanceof Conversation ? conversation : undefined
  }

  /** Begins a conversation with its first request, and lets others wait where no pacing does; undefined if the attempt may pass at once. */
  pass(attempt: Attempt, call: OwnCall | undefined): Promise<void> | undefined {
    const conversation = attempt.context[name]
    if (conversation instanceof Conversation && !conversation.isOver) {
      conversation.letGo ??= this.#gate.hold(this.#host.pacedUsername, conversation)
    }
    return call === 'logout' ? undefined : this.#ownGate?.pass(attempt, conversation)
  }

  /** Holds a conversation until `converse` is settled. */
  async hold<Result>(
    send: (request: TransportRequest) => Promise<TransportResponse>,
    converse: (talk: Talk) => Promise<Result>,
  ): Promise<Result> {
    const conversation = new Conversation()
    const request = (one: TransportRequest): Promise<TransportResponse> =>
      send({ ...one, context: { priority: 'high', ...one.context, [name]: conversation } })
    const talk: Talk = {
      request,
      get: (url, options) => request({ ...options, method: 'GET', url }),
      post: (url, options) => request({ ...options, method: 'POST', url }),
    }
    try {
      this.#open ??= new Set()
      this.#open.add(conversation)
      return await converse(talk)
    } finally {
      this.#over(conversation)
    }
  }

  /** Lets everybody pass, at the session's end. */
  end(): void {
    for (const conversation of this.#open ?? []) this.#over(conversation)
  }

  #over(conversation: Conversation): void {
    this.#open?.delete(conversation)
    conversation.isOver = true
    conversation.letGo?.()
    conversation.letGo = undefined
  }
}

/** Lets the requests of one session wait for a conversation, where there is no pacing to do it. */
class OwnGate implements Gate {
  readonly #timers: Timers
  readonly #freed: Waiters
  readonly #conversations = new Conversations()

  constructor(timers: Timers) {
    this.#timers = timers
    this.#freed = new Waiters(timers)
  }

  hold(_username: unknown, conversation: unknown): () => void {
    const end = this.#conversations.begin(conversation)
    const timer = this.#timers.after(longestHoldMs, () => this.#freed.resolveAll())
    return () => {
      this.#timers.cancel(timer)
      end()
      this.#freed.resolveAll()
    }
  }

  pass({ method, path, signal }: Attempt, conversation: unknown): Promise<void> | undefined {
    if (this.#conversations.idle) return undefined
    const request = { username: undefined, egress: undefined, method, path, conversation }
    const isLet = (): boolean => this.#conversations.lets(request, this.#timers.monotonicNow())
    return isLet() ? undefined : this.#wait(isLet, signal)
  }

  async #wait(isLet: () => boolean, signal: AbortSignal): Promise<void> {
    while (!isLet()) await this.#freed.wait(signal)
  }
}
