import type { PacingQueueStatus } from '@ibkr-auth/internal/pacing-events'
import type { MaintenanceKind } from './maintenance.ts'
import type { BrokerageState, SessionState } from './states.ts'

/** A snapshot of a session for people and probes; plain data without secrets. Times are milliseconds since 1970. */
export interface SessionStatus {
  /** Number of the session within this process, as channels name it. */
  readonly id: number
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
  /** Whether IBKR has ever accepted a credential of this session: then it does not give up by itself. */
  readonly proven: boolean
  /** Logins that are left now, in whole numbers. */
  readonly loginsLeft: number
  readonly lastError: StatusError | undefined
  readonly brokerage: BrokerageStatus
  /** What is waited for, and why; undefined if nothing is. */
  readonly waitingFor: WaitingFor | undefined
  /** Requests of this username that wait for a free place, of all sessions that share the pacing. */
  readonly queued: number
  /** What they wait for, and how long. */
  readonly waits: readonly PacingQueueStatus[]
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
  /** False while accounts are not loaded; undefined where IBKR does not tell. */
  readonly established: boolean | undefined
  /** IBKR's own words with that answer: `message`, then `fail`. */
  readonly message: string | undefined
  readonly fail: string | undefined
  /** When a status last proved it to be this session's own, for `takeOver: 'own'`; undefined if none counts now. */
  readonly provenAtMs: number | undefined
  /** When requests last kept it alive. */
  readonly lastActivityAtMs: number | undefined
  /** When it is tried again, in milliseconds since 1970; undefined if that is not timed. */
  readonly nextAttemptAtMs: number | undefined
  /** Attempts to open it that failed in a row. */
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

/** What a session waits for. */
export interface WaitingFor {
  /**
   * - `answer`: of IBKR, or of `establish()`.
   * - `retry`: the pause after a failure.
   * - `login-budget`: a login that is left, after too many in a short time.
   * - `penalty`: the end of the address's time in the penalty box.
   * - `other-session`: the end of a session of the username elsewhere.
   * - `leader`: the process that keeps the brokerage session for the others.
   * - `caller`: you; nothing goes on by itself.
   */
  readonly what: 'answer' | 'retry' | 'login-budget' | 'penalty' | 'other-session' | 'leader' | 'caller'
  /** Until when, if that is known. */
  readonly untilMs: number | undefined
  /** In words. */
  readonly why: string
}

/** The answers to: is it working, what is it waiting for, what can I do. Plain data without secrets. */
export interface SessionHealth {
  /** Whether requests outside of `/iserver` are answered now; false from a refusal (401, 410) that puts the credential in question to its answer. */
  readonly reading: boolean
  /** Whether requests under `/iserver` are, orders included; undefined if the caller looks after the brokerage session. */
  readonly trading: boolean | undefined
  /** Whether it works as far as it was asked to. */
  readonly ok: boolean
  readonly waitingFor: WaitingFor | undefined
  /** What can be done about it; undefined if nothing need be. */
  readonly remedy: string | undefined
}
