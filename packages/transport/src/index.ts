export type { CookieOptions, RetryOptions, TransportOptions } from './call/options.ts'
export { createTransport, type Transport } from './call/transport.ts'
export { type Clock, systemClock } from './clock.ts'
export {
  isTransportError,
  type Sent,
  TransportError,
  type TransportErrorCode,
  type TransportErrorDetails,
  transportErrorCodes,
} from './errors.ts'
export {
  type AttemptEndEvent,
  type CallEndEvent,
  type ListenerErrorEvent,
  onTransportEvent,
  type RequestEvent,
  type RequestOrigin,
  type RequestPurpose,
  type RetryEvent,
  type TransportEvents,
  type WaitEndEvent,
  type WaitEvent,
  type WaitReason,
} from './events.ts'
export type { ConnectionOptions } from './http/connection-options.ts'
export type {
  DispatchController,
  DispatchHandler,
  DispatchHeaders,
  DispatchRequest,
  HttpDispatcher,
} from './http/dispatcher.ts'
export { type ConnectionDispatcher, createDispatcher } from './http/dispatchers.ts'
export { ResponseHeaders, type StreamedResponse, TransportResponse } from './http/response.ts'
export type { TlsMaterial, TlsOptions } from './http/tls.ts'
export { type BearerToken, bearer } from './request/bearer.ts'
export type {
  Attempt,
  AuthorizationHeaders,
  Authorize,
  AuthorizeRequest,
  Interceptor,
  Next,
  Parameters,
  ParameterValue,
  RequestContext,
  RequestOptions,
  Timeouts,
  TransportRequest,
} from './request/types.ts'
