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

/** A 429 has put an address into the penalty box. */
export interface PacingPenalty {
  readonly type: 'penalty'
  readonly egress: unknown
  /** In milliseconds since 1970. */
  readonly untilMs: number
}

/** A penalty was ended before its time. */
export interface PacingPardon {
  readonly type: 'pardon'
  readonly egress: unknown
}

/** A request begins to wait for a place. */
export interface PacingWait {
  readonly type: 'wait'
  readonly username: unknown
  readonly owner: unknown
  readonly method: string
  readonly path: string
  /** Name of the limit; undefined for the username's limit over all endpoints, or a conversation. */
  readonly limit: string | undefined
  /** How long it is going to take as things stand, in milliseconds. */
  readonly expectedMs: number
}

/** What a pacing tells of. */
export type PacingEvent = PacingPenalty | PacingPardon | PacingWait

/** Requests that wait for one limit. */
export interface PacingQueueStatus {
  /** Name of the limit; undefined for the username's limit over all endpoints. */
  readonly limit: string | undefined
  /** How many requests wait. */
  readonly queued: number
  /** When the next of them may go, in milliseconds from now; undefined if that is not known. */
  readonly expectedMs: number | undefined
}
