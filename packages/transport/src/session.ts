export {
  globalPacingWindow,
  ibkrPacingLimits,
  type PacingLimit,
  type PacingWindow,
} from '@ibkr-auth/internal/pacing-limits'
export { documentedPenaltyMs } from './call/retry-rules.ts'
export {
  createPacing,
  type Pacing,
  type PacingEvent,
  type PacingOptions,
  type PacingPardon,
  type PacingPenalty,
  type PacingQueueStatus,
  type PacingWait,
  sharedPacing,
} from './pacing/pacing.ts'
export type { PacingPermit, PacingRequest, Priority } from './pacing/permit.ts'
export {
  type BrokerageState,
  type BrokerageTrigger,
  brokerageTransitions,
} from './session/brokerage-states.ts'
export { createSession } from './session/create-session.ts'
export type {
  Establish,
  EstablishContext,
  EstablishTransport,
  SessionCredential,
} from './session/credential.ts'
export type {
  BrokerageStateEvent,
  KeepAliveEvent,
  PenaltyEvent,
  SessionErrorEvent,
  SessionEstablishedEvent,
  SessionEvent,
  SessionListener,
  SessionStateEvent,
} from './session/events.ts'
export {
  ibkrMaintenanceWindows,
  type MaintenanceKind,
  type MaintenanceWindow,
  maintenanceAt,
} from './session/maintenance.ts'
export type {
  BackoffOptions,
  BrokerageOptions,
  RenewalOptions,
  SessionOptions,
  SessionRequestContext,
} from './session/options.ts'
export type { OpenBrokerageOptions, ReadyOptions, Session } from './session/session.ts'
export {
  type SessionState,
  type SessionTrigger,
  sessionTransitions,
  type TransitionTable,
} from './session/session-states.ts'
export type { BrokerageStatus, SessionStatus, StatusError } from './session/status.ts'
