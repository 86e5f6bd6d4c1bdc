import type { PacingRequest, Priority } from '../pacing/permit.ts'
import type { Attempt } from '../request/types.ts'
import { readRequestContext } from './request-context.ts'

/** Whose attempt it is. */
interface Owner {
  readonly username: unknown
  readonly egress: unknown
  readonly owner: unknown
  readonly conversation: object | undefined
}

/** An attempt as it asks its pacing for a place. */
export class PlaceRequest implements PacingRequest {
  readonly username: unknown
  readonly egress: unknown
  readonly method: string
  readonly path: string
  readonly owner: unknown
  readonly caller: unknown
  readonly conversation: object | undefined
  readonly priority: Priority | undefined
  readonly maxWaitMs: number | undefined
  readonly timeLeftMs: number
  readonly #attempt: Attempt

  constructor(attempt: Attempt, { username, egress, owner, conversation }: Owner) {
    const { priority, caller = owner, maxWaitMs } = readRequestContext(attempt.context)
    this.username = username
    this.egress = egress
    this.method = attempt.method
    this.path = attempt.path
    this.owner = owner
    this.caller = caller
    this.conversation = conversation
    this.priority = priority
    this.maxWaitMs = maxWaitMs
    this.timeLeftMs = attempt.timeLeftMs
    this.#attempt = attempt
  }

  /** Made for those that wait. */
  get signal(): AbortSignal {
    return this.#attempt.signal
  }
}
