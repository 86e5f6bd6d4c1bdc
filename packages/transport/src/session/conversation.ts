import type { TransportResponse } from '../http/response.ts'
import type { Pacing } from '../pacing/pacing.ts'
import type { RequestContext, RequestOptions, TransportRequest } from '../request/types.ts'

/** What is asked and answered with nothing in between. */
export interface Conversation {
  /** Sends a request of the conversation. */
  request(request: TransportRequest): Promise<TransportResponse>
  get(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
  post(url: string | URL, options?: RequestOptions): Promise<TransportResponse>
}

const name = 'ibkr-auth:conversation'

/** What the requests of one conversation carry in their context; it holds others back from the first of them until it is over. */
class Hold {
  /** Undefined before its first request. */
  letGo: (() => void) | undefined
  isOver = false
}

/** Whose conversations they are. */
interface ConversationsHost {
  readonly places: Pick<Pacing, 'hold'>
  readonly pacedUsername: unknown
}

/** The conversations of a session: each keeps the others of its username back while it lasts. */
export class Conversations {
  readonly #host: ConversationsHost
  #open: Set<Hold> | undefined

  constructor(host: ConversationsHost) {
    this.#host = host
  }

  /** The conversation that a request is part of, which begins with its first one; undefined if it is none's. */
  of(context: RequestContext): object | undefined {
    const conversation = context[name]
    if (!(conversation instanceof Hold)) return undefined
    const { places, pacedUsername } = this.#host
    if (!conversation.isOver) conversation.letGo ??= places.hold(pacedUsername, conversation)
    return conversation
  }

  /** Holds a conversation until `converse` is settled. */
  async hold<Result>(
    send: (request: TransportRequest) => Promise<TransportResponse>,
    converse: (talk: Conversation) => Promise<Result>,
  ): Promise<Result> {
    const conversation = new Hold()
    const request = (one: TransportRequest): Promise<TransportResponse> =>
      send({ ...one, context: { priority: 'high', ...one.context, [name]: conversation } })
    const talk: Conversation = {
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

  #over(conversation: Hold): void {
    this.#open?.delete(conversation)
    conversation.isOver = true
    conversation.letGo?.()
    conversation.letGo = undefined
  }
}
