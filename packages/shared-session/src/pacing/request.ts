export type {
  PacingEvent,
  PacingPardon,
  PacingPenalty,
  PacingQueueStatus,
  PacingWait,
} from '@ibkr-auth/internal/pacing-events'

/** A request that asks for a place; the shape of `@ibkr-auth/transport`'s. */
export interface PacingRequest {
  readonly username: unknown
  readonly egress: unknown
  /** Upper case. */
  readonly method: string
  /** Below the API base. */
  readonly path: string
  readonly caller?: unknown
  readonly owner?: unknown
  /** The conversation it belongs to, by the value that `hold` was given. */
  readonly conversation?: unknown
  readonly priority?: 'high' | 'normal' | 'low' | undefined
  readonly signal?: AbortSignal | undefined
  readonly maxWaitMs?: number | undefined
}

/** A place: the request may be sent now. */
export interface PacingPermit {
  /**
   * To be called in the moment in which the request leaves: a place is for a certain moment, not for one long after it.
   *
   * @returns false if it is too late: the request must not be sent. Release the place, and ask for another.
   */
  use(): boolean
  /** @param sent - False if it surely never left the machine: the place is then given back. */
  release(sent: boolean): void
}
