import type { BrokerageState, BrokerageTrigger } from './brokerage-states.ts'
import type { MaintenanceKind } from './maintenance.ts'
import type { SessionState, SessionTrigger } from './session-states.ts'

/** What a session tells its listeners, told apart by `type`. Never holds a secret. */
export type SessionEvent =
  | SessionStateEvent
  | BrokerageStateEvent
  | SessionEstablishedEvent
  | SessionErrorEvent
  | PenaltyEvent
  | KeepAliveEvent

/** The session moved along its table. */
export interface SessionStateEvent {
  readonly type: 'state'
  readonly atMs: number
  readonly from: SessionState
  readonly to: SessionState
  readonly trigger: SessionTrigger
}

/** The brokerage session moved along its table. */
export interface BrokerageStateEvent {
  readonly type: 'brokerage'
  readonly atMs: number
  readonly from: BrokerageState
  readonly to: BrokerageState
  readonly trigger: BrokerageTrigger
}

/** There is a new credential. */
export interface SessionEstablishedEvent {
  readonly type: 'established'
  readonly atMs: number
  readonly expiresAtMs: number
}

/** Something failed that no request reports, or that requests only report later. */
export interface SessionErrorEvent {
  readonly type: 'error'
  readonly atMs: number
  readonly during: 'establish' | 'brokerage' | 'keep-alive' | 'logout' | 'release'
  readonly error: unknown
  /** When it is tried again; undefined if it is not. */
  readonly retryAtMs: number | undefined
  /** What IBKR's calendar has at this time. */
  readonly maintenance: MaintenanceKind | undefined
}

/** A 429 has put the egress address of this session into the penalty box, whoever caused it. */
export interface PenaltyEvent {
  readonly type: 'penalty'
  readonly atMs: number
  readonly untilMs: number
}

/** A `tickle` was answered. */
export interface KeepAliveEvent {
  readonly type: 'keep-alive'
  readonly atMs: number
  readonly authenticated: boolean
  readonly connected: boolean
  readonly competing: boolean
}

/** Hears events as they happen. What it throws is thrown again outside the session. */
export type SessionListener = (event: SessionEvent) => void
