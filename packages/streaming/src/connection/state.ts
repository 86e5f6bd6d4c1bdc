/** Brokerage status as `sts` frames tell it, merged from their deltas; `undefined` is what was never told. */
export interface StreamBrokerage {
  readonly authenticated?: boolean | undefined
  readonly connected?: boolean | undefined
  readonly established?: boolean | undefined
  readonly competing?: boolean | undefined
  /** IBKR's words; `undefined` where it said none, or took them back with an empty text. */
  readonly message?: string | undefined
  readonly fail?: string | undefined
}

/** Why a connection is not there. */
export type LostReason =
  | 'connect-failed'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'no-greeting'
  | 'no-heartbeat'
  | 'closed'
  | 'competing'
  | 'no-brokerage-session'
  | 'new-credential'

/** Counted over connections: a greeting forgets failures, ten calm minutes forget pauses. */
export interface Counts {
  readonly failures: number
  /** Connections in a row that were greeted and lost at once. */
  readonly brief: number
  readonly pauses: number
}

/** The life of a stream; each member is there only in the states it belongs to. All times are monotonic ms. */
export type ConnectionState =
  | { readonly name: 'idle' }
  | {
      readonly name: 'connecting'
      readonly counts: Counts
      readonly attempt: number
      readonly sinceMs: number
    }
  | { readonly name: 'opening'; readonly counts: Counts; readonly attempt: number; readonly sinceMs: number }
  | {
      readonly name: 'greeting'
      readonly counts: Counts
      readonly attempt: number
      readonly sinceMs: number
      readonly sessionSent: boolean
      /** What `sts` frames told before the greeting: their order is not promised. */
      readonly brokerage: StreamBrokerage
    }
  | {
      readonly name: 'open'
      readonly counts: Counts
      readonly attempt: number
      readonly sinceMs: number
      readonly heartbeatAtMs: number
      readonly ticAtMs: number
      readonly brokerage: StreamBrokerage
      /** Since when there is no brokerage session; `undefined` while there is one. */
      readonly brokerageLostAtMs: number | undefined
    }
  | {
      readonly name: 'waiting'
      readonly counts: Counts
      readonly attempt: number
      readonly untilMs: number
      readonly reason: LostReason
    }
  | {
      readonly name: 'paused'
      readonly counts: Counts
      readonly attempt: number
      readonly untilMs: number
      readonly reason: LostReason
      /** The address is barred (429): no other credential helps before it is over. */
      readonly barred: boolean
    }
  | { readonly name: 'closed' }

/** Name of a state. */
export type StreamState = ConnectionState['name']

/** What happens to a connection. `attempt` says which one an answer belongs to: those of earlier ones are stale. */
export type ConnectionEvent =
  | { readonly type: 'start' }
  | { readonly type: 'connected'; readonly attempt: number }
  | {
      readonly type: 'connect-failed'
      readonly attempt: number
      readonly error: unknown
      /** What the error asks to wait at least, ms; 0 if nothing. */
      readonly retryAfterMs: number
    }
  | { readonly type: 'socket-open'; readonly attempt: number }
  | {
      readonly type: 'socket-refused'
      readonly attempt: number
      readonly error: unknown
      /** HTTP status of the answer; `undefined` if there was none. */
      readonly status: number | undefined
    }
  | { readonly type: 'socket-closed'; readonly attempt: number; readonly code: number }
  | { readonly type: 'frame'; readonly attempt: number; readonly frame: Frame }
  | { readonly type: 'credential' }
  | { readonly type: 'time' }
  | { readonly type: 'close' }

/** A frame of the server: one JSON object. */
export type Frame = Readonly<Record<string, unknown>>

/** What is to be done about it, in this order. */
export type ConnectionEffect =
  | { readonly do: 'connect'; readonly attempt: number }
  | { readonly do: 'open'; readonly attempt: number }
  | { readonly do: 'send-session' }
  | { readonly do: 'send'; readonly text: string }
  | { readonly do: 'drop' }
  | { readonly do: 'ready' }
  | { readonly do: 'deliver'; readonly frame: Frame }
  | { readonly do: 'lost'; readonly reason: LostReason; readonly error: unknown }
  | {
      readonly do: 'brokerage'
      readonly brokerage: StreamBrokerage
      /** Whether this made it go, or come back. */
      readonly change: 'lost' | 'back' | undefined
    }

/** A state and what led to it leaves to do. */
export interface Step {
  readonly state: ConnectionState
  readonly effects: readonly ConnectionEffect[]
}
