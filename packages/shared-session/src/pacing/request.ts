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
  /** @param sent - False if it surely never left the machine: the place is then given back. */
  release(sent: boolean): void
}
