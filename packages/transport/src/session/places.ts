import type { Pacing } from '../pacing/pacing.ts'
import type { PacingPermit, PacingRequest } from '../pacing/permit.ts'
import { UsernameQueue } from '../pacing/queue.ts'
import { queueFull, waitTooLong } from '../pacing/refusals.ts'
import type { Timers } from '../timer-heap.ts'

/** Where the requests of a session get their places: its pacing, or what stands in for it. */
export type Places = Pick<Pacing, 'acquire' | 'hold' | 'drop'>

/** The places of a session that is not paced: as many as are asked for, but for conversations. */
export class UnpacedPlaces implements Places {
  readonly #queue: UsernameQueue

  constructor(timers: Timers) {
    const nothing = (): void => undefined
    this.#queue = new UsernameQueue({
      timers,
      global: { requests: Number.MAX_SAFE_INTEGER, intervalMs: 0 },
      marginMs: 0,
      maxWaitMs: Number.POSITIVE_INFINITY,
      maxQueued: Number.POSITIVE_INFINITY,
      tooLong: waitTooLong,
      full: queueFull,
      onWait: nothing,
      onIdle: nothing,
    })
  }

  acquire(request: PacingRequest): PacingPermit | Promise<PacingPermit> {
    return this.#queue.acquire(request, undefined)
  }

  hold(_username: unknown, conversation: unknown): () => void {
    return this.#queue.hold(conversation)
  }

  drop(_username: unknown, owner: unknown, error: Error): void {
    this.#queue.refuse((request) => request.owner === owner, error)
  }
}
