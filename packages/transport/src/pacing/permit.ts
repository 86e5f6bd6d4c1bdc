/** Order in a queue: `high` before `normal` before `low`, until a wait of 10 s moves it up by one. Within one, callers take turns. */
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
  readonly caller?: unknown
  /** Whom {@link Pacing.drop} knows it by. */
  readonly owner?: unknown
  /** The conversation it belongs to, by the value that {@link Pacing.hold} was given. */
  readonly conversation?: unknown
  /** Default `normal`. */
  readonly priority?: Priority | undefined
  /** Ends the wait; the place goes to the next. */
  readonly signal?: AbortSignal | undefined
  /** Longest wait worth while, in milliseconds. Default: the pacing's `maxWaitMs`. */
  readonly maxWaitMs?: number | undefined
  /** How long the call it belongs to may still take, in milliseconds: a place that comes later is none. Default: for ever. */
  readonly timeLeftMs?: number | undefined
}

/** A place: the request may be sent now. */
export interface PacingPermit {
  /**
   * Called in the moment in which the request leaves, on a connection that is open: opening one may take longer than a place lasts. A
   * permit without it is good for ever.
   *
   * @returns false if it is too late: the request is not sent, the place is released, and another one asked for.
   */
  readonly use?: (() => boolean) | undefined
  /**
   * To be called once the request is over.
   *
   * @param sent - False only if surely nothing left the machine: the place is then given back.
   */
  release(sent: boolean): void
}
