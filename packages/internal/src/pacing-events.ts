/** A 429 has put an address into the penalty box. */
export interface PacingPenalty {
  readonly type: 'penalty'
  /** The address, as requests name it. */
  readonly egress: unknown
  /** In milliseconds since 1970. */
  readonly untilMs: number
}

/** A penalty was ended before its time. */
export interface PacingPardon {
  readonly type: 'pardon'
  /** The address, as requests name it. */
  readonly egress: unknown
}

/** A request begins to wait for a place. */
export interface PacingWait {
  readonly type: 'wait'
  readonly username: unknown
  /** Whom `drop` knows the request by. */
  readonly owner: unknown
  readonly method: string
  /** Below the API base. */
  readonly path: string
  /** Name of the limit; undefined if it is the username's limit over all endpoints, or a conversation. */
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
  /** When the next of them may go, in milliseconds from now; undefined if that is not known or hangs on requests that are running. */
  readonly expectedMs: number | undefined
}
