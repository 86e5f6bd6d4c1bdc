export type { AuthorizationHeaders, Authorize, AuthorizeRequest } from './authorize.ts'
export { type BearerToken, bearer } from './bearer.ts'
export { type Clock, systemClock } from './clock.ts'
export type { ConnectionOptions, TlsMaterial, TlsOptions } from './connection-options.ts'
export { type ConnectionDispatcher, createDispatcher } from './create-dispatcher.ts'
export { createTransport } from './create-transport.ts'
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
export type { Parameters, ParameterValue, RequestOptions, Timeouts, TransportRequest } from './request.ts'
export { ResponseHeaders } from './response-headers.ts'
export type { Transport } from './transport.ts'
export { isTransportError, type Sent, TransportError, type TransportErrorDetails } from './transport-error.ts'
export { type StreamedResponse, TransportResponse } from './transport-response.ts'
