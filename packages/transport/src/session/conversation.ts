import type { TransportResponse } from '../http/response.ts'
import type { Pacing } from '../pacing/pacing.ts'
import type { RequestContext, RequestOptions, TransportRequest } from '../request/types.ts'

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

/** Whose conversations they are. */
interface TalksHost {
  readonly places: Pick<Pacing, 'hold'>
  readonly pacedUsername: unknown
}

/** The conversations of a session: each keeps the others of its username back while it lasts. */
export class Talks {
  readonly #host: TalksHost
  #open: Set<Conversation> | undefined

  constructor(host: TalksHost) {
    this.#host = host
  }

  /** The conversation that a request is part of, which begins with its first one; undefined if it is none's. */
  of(context: RequestContext): object | undefined {
    const conversation = context[name]
    if (!(conversation instanceof Conversation)) return undefined
    const { places, pacedUsername } = this.#host
    if (!conversation.isOver) conversation.letGo ??= places.hold(pacedUsername, conversation)
    return conversation
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
