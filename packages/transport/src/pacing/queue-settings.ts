import type { PacingWindow } from '@ibkr-auth/internal/pacing-limits'
import type { Timers } from '../timer-heap.ts'
import type { PacingRequest } from './permit.ts'

/** What a queue is made of. */
export interface QueueSettings {
  readonly timers: Timers
  readonly global: PacingWindow
  readonly marginMs: number
  readonly maxWaitMs: number
  readonly maxQueued: number
  /** Refusals, made where the wording lives. */
  readonly tooLong: (limit: string | undefined, waitMs: number) => Error
  readonly full: (queued: number, waitMs: number) => Error
  /** A request begins to wait; the wait is what the queue lets expect. */
  readonly onWait: (request: PacingRequest, limit: string | undefined, expectedMs: number) => void
  /** Called when the queue has nothing left to remember. */
  readonly onIdle: () => void
}
