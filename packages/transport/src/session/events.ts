import type { EstablishReason } from './credential.ts'
import type { MaintenanceKind } from './maintenance.ts'
import type { BrokerageState, BrokerageTrigger, SessionState, SessionTrigger } from './states.ts'

/** What a session tells its listeners, told apart by `type`. Never holds a secret. */
export type SessionEvent =
  | SessionStateEvent
  | BrokerageStateEvent
  | LoginStartEvent
  | LoginEndEvent
  | SessionEstablishedEvent
  | SessionErrorEvent
  | PenaltyEvent
  | PardonEvent
  | PacingWaitEvent
  | KeepAliveEvent
  | ClocksPartedEvent

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

/** `establish()` is called. */
export interface LoginStartEvent {
  readonly type: 'login-start'
  readonly atMs: number
  /** Why a credential is wanted, as `establish()` is told. */
  readonly reason: EstablishReason
}

/**
 * What came of a login: a credential, made (`established`) or taken over from another process (`adopted`); an error; or nothing, since
 * the session was closed meanwhile.
 */
export type LoginOutcome = 'established' | 'adopted' | 'failed' | 'abandoned'

/** `establish()` has answered, or is waited for no longer. */
export interface LoginEndEvent {
  readonly type: 'login-end'
  readonly atMs: number
  readonly reason: EstablishReason
  readonly outcome: LoginOutcome
  /** Code or name of the error that it failed with. */
  readonly code: string | undefined
  /** How long it took, in milliseconds. */
  readonly elapsedMs: number
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
  /** `callback`: something that the caller gave (a listener, `isPermanent`, `random`, a leadership) has thrown or answered with nonsense. */
  readonly during: 'establish' | 'brokerage' | 'keep-alive' | 'logout' | 'release' | 'callback'
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

/** The penalty of this session's egress address was ended before its time. */
export interface PardonEvent {
  readonly type: 'pardon'
  readonly atMs: number
}

/** A request of this session begins to wait for a place. */
export interface PacingWaitEvent {
  readonly type: 'wait'
  readonly atMs: number
  readonly method: string
  readonly path: string
  /** Name of the limit; undefined if it is the username's limit over all endpoints, or a conversation. */
  readonly limit: string | undefined
  /** How long it is going to take as things stand, in milliseconds. */
  readonly expectedMs: number
}

/** A `tickle` was answered. */
export interface KeepAliveEvent {
  readonly type: 'keep-alive'
  readonly atMs: number
  readonly authenticated: boolean
  readonly connected: boolean
  readonly competing: boolean
}

/** The wall clock went another way than the monotonic one: the machine has slept, or its clock was set. */
export interface ClocksPartedEvent {
  readonly type: 'clocks-parted'
  readonly atMs: number
  /** How far the wall clock went ahead; negative if it was set back. */
  readonly byMs: number
}

/** Hears events as they happen. What it throws is told to the others as an event of type `error`. */
export type SessionListener = (event: SessionEvent) => void
