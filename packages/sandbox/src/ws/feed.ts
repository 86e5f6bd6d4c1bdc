import type { ApiSession } from '../state/api-session.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import type { StreamRequest } from './request.ts'

/** What a topic needs in order to be served. */
export interface FeedContext {
  readonly state: SandboxState
  readonly session: ApiSession
  /** Accounts of the username. */
  readonly accountIds: readonly string[]
  send(frame: object): void
}

/** A subscription of one connection. */
export interface Feed {
  /** Equal for what replaces one another: asked for again, a subscription is renewed. */
  readonly key: string
  /** Sends what has changed; false once IBKR lets it lapse, which nobody is told. */
  readonly update?: ((nowMs: number) => boolean) | undefined
  /** Takes `inp+…`, for dialogues: what is to be done about it, or why nothing is. */
  readonly input?: ((request: StreamRequest, nowMs: number) => FeedRefusal | (() => void)) | undefined
  /** Ends it. */
  readonly end?: (() => void) | undefined
}

/** Why a topic is refused: IBKR's words for the client, and a remedy for the log. */
export class FeedRefusal {
  readonly error: string
  readonly remedy: string

  constructor(error: string, remedy: string) {
    this.error = error
    this.remedy = remedy
  }
}

/** Begins a subscription: the first frame may go out before it returns. */
export type StartFeed = (request: StreamRequest, context: FeedContext, nowMs: number) => Feed | FeedRefusal

/** Refuses an account that is not the caller's own. */
export function accountRefusal(accountId: string, { accountIds }: FeedContext): FeedRefusal | undefined {
  if (accountIds.includes(accountId)) return undefined
  return new FeedRefusal('account is not valid', `Name one of ${accountIds.join(', ')} behind the topic.`)
}

/** Calls `work` at most once in `everyMs`, the first time at once. */
export function every(everyMs: number, work: (nowMs: number) => void): (nowMs: number) => boolean {
  let nextMs = Number.NEGATIVE_INFINITY
  return (nowMs) => {
    if (nowMs >= nextMs) {
      nextMs = nowMs + everyMs
      work(nowMs)
    }
    return true
  }
}
