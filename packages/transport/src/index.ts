export type { AuthorizationHeaders, Authorize, AuthorizeRequest } from './authorize.ts'
export { type BearerToken, bearer } from './bearer.ts'
export { type Clock, systemClock } from './clock.ts'
export type { ConnectionOptions, TlsMaterial, TlsOptions } from './connection-options.ts'
export { type ConnectionDispatcher, createDispatcher } from './create-dispatcher.ts'
export { createTransport } from './create-transport.ts'
export {
  type AttemptEndEvent,
  onTransportEvent,
  type RequestEvent,
  type RetryEvent,
  type TransportEvents,
  type WaitEvent,
} from './diagnostics.ts'
export type {
  DispatchController,
  DispatchHandler,
  DispatchHeaders,
  DispatchRequest,
  HttpDispatcher,
} from './dispatcher.ts'
export { type TransportErrorCode, transportErrorCodes } from './error-codes.ts'
export type { Attempt, Interceptor, Next, RequestContext } from './interceptor.ts'
export type { CookieOptions, RetryOptions, TransportOptions } from './options.ts'
export {
  documentedPenaltyMs,
  globalPacingWindow,
  ibkrPacingLimits,
  type PacingLimit,
  type PacingWindow,
} from './pacing/limits.ts'
export {
  createPacing,
  type Pacing,
  type PacingOptions,
  type PacingPenalty,
  sharedPacing,
} from './pacing/pacing.ts'
export type { PacingPermit, PacingRequest, Priority } from './pacing/request.ts'
export type { Parameters, ParameterValue, RequestOptions, Timeouts, TransportRequest } from './request.ts'
export { ResponseHeaders } from './response-headers.ts'
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
export type { Transport } from './transport.ts'
export { isTransportError, type Sent, TransportError, type TransportErrorDetails } from './transport-error.ts'
export { type StreamedResponse, TransportResponse } from './transport-response.ts'
