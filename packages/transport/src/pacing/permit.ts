/** Order in a queue: `high` before `normal` before `low`. Within one, callers take turns. */
export type Priority = 'high' | 'normal' | 'low'

/** A request that asks for a place. */
export interface PacingRequest {
  /** Whose limits count: equal values are one username. */
  readonly username: unknown
  /** The address that it leaves from: equal values share the penalty box. */
  readonly egress: unknown
  /** Upper case. */
  readonly method: string
  /** Below the API base: `/iserver/accounts`. */
  readonly path: string
  /** Equal values share a turn. Default: the username. */
  readonly caller?: unknown | undefined
  /** Whom {@link Pacing.drop} knows it by. */
  readonly owner?: unknown | undefined
  /** Default `normal`. */
  readonly priority?: Priority | undefined
  /** Ends the wait; the place goes to the next. */
  readonly signal?: AbortSignal | undefined
  /** Longest wait worth while, in milliseconds. Default: the pacing's `maxWaitMs`. */
  readonly maxWaitMs?: number | undefined
}

/** A place: the request may be sent now. */
export interface PacingPermit {
  /** When it was granted, in milliseconds since 1970. */
  readonly grantedAtMs: number
  /**
   * To be called once the request is over.
   *
   * @param sent - False if it never left the machine: the place is then given back.
   */
  release(sent: boolean): void
}
