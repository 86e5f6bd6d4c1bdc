import type { BrokerageState } from './brokerage-states.ts'
import type { MaintenanceKind } from './maintenance.ts'
import type { SessionState } from './session-states.ts'

/** A snapshot of a session for people and probes; plain data without secrets. Times are milliseconds since 1970. */
export interface SessionStatus {
  readonly state: SessionState
  /** When it got into that state. */
  readonly sinceMs: number
  readonly username: string | undefined
  /** Expiry of the current credential, on the server's clock. */
  readonly expiresAtMs: number | undefined
  /** When it will be replaced, or when the next attempt to get one is due. */
  readonly nextAttemptAtMs: number | undefined
  /** Credentials obtained so far. */
  readonly established: number
  /** Failed attempts since the last credential. */
  readonly failures: number
  readonly lastError: StatusError | undefined
  readonly brokerage: BrokerageStatus
  /** Requests of this username that wait for a free place, of all sessions that share the pacing. */
  readonly queued: number
  /** End of the penalty of the egress address, if it is in the penalty box. */
  readonly penaltyUntilMs: number | undefined
  /** Whether IBKR's calendar has maintenance now. */
  readonly maintenance: MaintenanceKind | undefined
  /** How far the server's clock is ahead, in milliseconds. */
  readonly clockSkewMs: number
}

/** What is known about the brokerage session. */
export interface BrokerageStatus {
  readonly state: BrokerageState
  readonly sinceMs: number
  /** The last answer of `ssodh/init`, `auth/status` or `tickle`. */
  readonly authenticated: boolean
  readonly connected: boolean
  readonly competing: boolean
  /** When requests last kept it alive. */
  readonly lastActivityAtMs: number | undefined
  readonly nextAttemptAtMs: number | undefined
  readonly failures: number
  readonly lastError: StatusError | undefined
}

/** An error as a probe shows it. */
export interface StatusError {
  readonly atMs: number
  /** The error's `code`, if it has one. */
  readonly code: string | undefined
  readonly message: string
}
