export {
  type Health,
  type Healthy,
  healthOf,
  type OverallHealth,
  type PartHealth,
} from '@ibkr-auth/internal/health'
export type {
  PacingEvents,
  PacingWaitMessage,
  PardonMessage,
  PenaltyMessage,
} from '@ibkr-auth/internal/pacing-channels'
export type {
  PacingEvent,
  PacingPardon,
  PacingPenalty,
  PacingQueueStatus,
  PacingWait,
} from '@ibkr-auth/internal/pacing-events'
export {
  globalPacingWindow,
  ibkrPacingLimits,
  type PacingLimit,
  type PacingWindow,
} from '@ibkr-auth/internal/pacing-limits'
export { documentedPenaltyMs } from './call/retry-rules.ts'
export { createPacing, type Pacing, type PacingOptions, sharedPacing } from './pacing/pacing.ts'
export type { PacingPermit, PacingRequest, Priority } from './pacing/permit.ts'
export {
  onSessionEvent,
  type SessionEvents,
  type SessionIdentity,
  type ToldSessionError,
} from './session/channels.ts'
export type { Conversation } from './session/conversation.ts'
export { createSession } from './session/create-session.ts'
export type {
  BrokerageProof,
  Establish,
  EstablishContext,
  EstablishReason,
  EstablishTransport,
  SessionCredential,
} from './session/credential.ts'
export type {
  BrokerageStateEvent,
  ClocksPartedEvent,
  KeepAliveEvent,
  LoginEndEvent,
  LoginOutcome,
  LoginStartEvent,
  PacingWaitEvent,
  PardonEvent,
  PenaltyEvent,
  SessionErrorEvent,
  SessionEstablishedEvent,
  SessionEvent,
  SessionListener,
  SessionStateEvent,
} from './session/events.ts'
export type {
  BrokerageLeadership,
  LeadershipNews,
  PublishedBrokerageReport,
} from './session/leadership.ts'
export {
  ibkrMaintenanceWindows,
  type MaintenanceKind,
  type MaintenanceWindow,
  maintenanceAt,
} from './session/maintenance.ts'
export type {
  BackoffOptions,
  BrokerageOptions,
  LoginOptions,
  RenewalOptions,
  SessionOptions,
  SessionRequestContext,
} from './session/options.ts'
export type { TakeOver } from './session/proof.ts'
export type { OpenBrokerageOptions, ReadyOptions, Session } from './session/session.ts'
export {
  type BrokerageState,
  type BrokerageTrigger,
  brokerageTransitions,
  type SessionState,
  type SessionTrigger,
  sessionTransitions,
  type TransitionTable,
} from './session/states.ts'
export type {
  BrokerageStatus,
  SessionHealth,
  SessionStatus,
  StatusError,
  WaitingFor,
} from './session/status.ts'
