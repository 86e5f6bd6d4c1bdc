import type { CallState } from '../call/call.ts'
import type { PacingRequest, Priority } from '../pacing/permit.ts'
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
  readonly #call: CallState

  constructor(call: CallState, { username, egress, owner, conversation }: Owner) {
    const { method, path, context } = call.request
    const { priority, caller = owner, maxWaitMs } = readRequestContext(context)
    this.username = username
    this.egress = egress
    this.method = method
    this.path = path
    this.owner = owner
    this.caller = caller
    this.conversation = conversation
    this.priority = priority
    this.maxWaitMs = maxWaitMs
    this.#call = call
  }

  /** Made for those that wait. */
  get signal(): AbortSignal {
    return this.#call.cancellation.signal
  }

  /** What is left when it is asked for: the request may have waited for a login before. */
  get timeLeftMs(): number {
    return this.#call.timeLeftMs
  }
}
