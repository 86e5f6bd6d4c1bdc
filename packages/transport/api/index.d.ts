// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
import { Readable } from "node:stream";

// packages/transport/src/clock.d.ts
interface Clock {
  now(): number;
  readonly monotonicNow?: (() => number) | undefined;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}
declare const systemClock: Clock;
type TlsMaterial = string | Uint8Array | readonly (string | Uint8Array)[];
interface TlsOptions {
  readonly ca?: TlsMaterial | undefined;
  readonly cert?: TlsMaterial | undefined;
  readonly key?: TlsMaterial | undefined;
  readonly passphrase?: string | undefined;
  readonly servername?: string | undefined;
}
interface ConnectionOptions {
  readonly proxy?: string | URL | "environment" | false | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly maxConnections?: number | undefined;
  readonly connectTimeoutMs?: number | undefined;
  readonly keepAliveMs?: number | undefined;
  readonly unrepeatableMaxIdleMs?: number | undefined;
  readonly maxHeaderBytes?: number | undefined;
}
interface DispatchRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: string[];
  readonly body: string | Uint8Array | null;
  readonly idempotent: boolean;
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
}
interface DispatchController {
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}
type DispatchHeaders = Record<string, string | string[] | undefined>;
interface DispatchHandler {
  onRequestStart(controller: DispatchController, context: unknown): void;
  onResponseStart(controller: DispatchController, status: number, headers: DispatchHeaders): void;
  onResponseData(controller: DispatchController, chunk: Uint8Array): void;
  onResponseEnd(controller: DispatchController, trailers: DispatchHeaders): void;
  onResponseError(controller: DispatchController, error: Error): void;
}
interface HttpDispatcher {
  dispatch(request: DispatchRequest, handler: DispatchHandler): boolean;
}
interface ResponseHead {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly url: string;
}
interface ResponseDetails {
  readonly stream?: Readable | undefined;
  readonly complete?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
}
declare class TransportResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Uint8Array;
  readonly url: string;
  readonly stream: Readable | undefined;
  readonly complete: boolean;
  readonly retryAfterMs: number | undefined;
  constructor(head: ResponseHead, body: Uint8Array, rest?: ResponseDetails);
  get ok(): boolean;
  withRetryAfter(retryAfterMs: number): TransportResponse;
  text(): string;
  json<T = unknown>(): T;
}
interface StreamedResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly url: string;
  readonly body: Readable;
}
declare class ResponseHeaders {
  #private;
  constructor(values: DispatchHeaders);
  get(name: string): string | null;
  getAll(name: string): readonly string[];
  has(name: string): boolean;
  [Symbol.iterator](): Generator<[name: string, value: string]>;
}
type ParameterValue = string | number | boolean | undefined | readonly (string | number | boolean)[];
type Parameters = Readonly<Record<string, ParameterValue>>;
interface Timeouts {
  readonly connectMs?: number | undefined;
  readonly headersMs?: number | undefined;
  readonly bodyMs?: number | undefined;
  readonly totalMs?: number | undefined;
}
interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly query?: Parameters | undefined;
  readonly body?: string | Uint8Array | undefined;
  readonly json?: unknown | undefined;
  readonly form?: Parameters | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: Timeouts | undefined;
  readonly idempotent?: boolean | undefined;
  readonly retryLimit?: number | undefined;
  readonly authorize?: Authorize | false | undefined;
  readonly throwHttpErrors?: boolean | undefined;
  readonly maxResponseBytes?: number | undefined;
  readonly context?: RequestContext | undefined;
}
interface TransportRequest extends RequestOptions {
  readonly method: string;
  readonly url: string | URL;
}
interface AuthorizeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly attempt: number;
  readonly now: () => number;
  readonly clockSkewMs: number;
}
type AuthorizationHeaders = Readonly<Record<string, string>>;
type Authorize = (request: AuthorizeRequest) => AuthorizationHeaders | Promise<AuthorizationHeaders>;
type RequestContext = Readonly<Record<string, unknown>>;
interface Attempt {
  readonly call: number;
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly idempotent: boolean;
  readonly number: number;
  readonly signal: AbortSignal;
  readonly timeLeftMs: number;
  readonly authorize: Authorize | undefined;
  readonly mayLeave?: (() => boolean) | undefined;
  readonly context: RequestContext;
  readonly dispatcher: HttpDispatcher;
}
type Next = (attempt: Attempt) => Promise<TransportResponse>;
type Interceptor = (attempt: Attempt, next: Next) => Promise<TransportResponse>;
interface RetryOptions {
  readonly limit?: number | undefined;
  readonly baseDelayMs?: number | undefined;
  readonly maxDelayMs?: number | undefined;
}
interface CookieOptions {
  readonly names?: readonly string[] | undefined;
}
interface TransportOptions {
  readonly baseUrl: string;
  readonly authorize?: Authorize | undefined;
  readonly interceptors?: readonly Interceptor[] | undefined;
  readonly dispatcher?: HttpDispatcher | undefined;
  readonly connection?: ConnectionOptions | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly userAgent?: string | undefined;
  readonly timeouts?: Timeouts | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly maxResponseBytes?: number | undefined;
  readonly cookies?: CookieOptions | false | undefined;
  readonly throwHttpErrors?: boolean | undefined;
  readonly allowPlainHttp?: readonly string[] | undefined;
  readonly clockSkewLimitMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
}
interface ListenerErrorEvent {
  readonly listener: string;
  readonly error: unknown;
}
interface ListenerErrors {
  readonly "ibkr-auth:listener-error": ListenerErrorEvent;
}
declare const errorCodes: readonly ["ERR_TRANSPORT_INVALID_INPUT", "ERR_TRANSPORT_OUT_OF_SCOPE", "ERR_TRANSPORT_CLOSED", "ERR_TRANSPORT_AUTHORIZE_FAILED", "ERR_TRANSPORT_ABORTED", "ERR_TRANSPORT_UNREACHABLE", "ERR_TRANSPORT_TIMEOUT", "ERR_TRANSPORT_AMBIGUOUS", "ERR_TRANSPORT_BAD_RESPONSE", "ERR_TRANSPORT_TOO_LARGE", "ERR_TRANSPORT_REDIRECT", "ERR_TRANSPORT_REQUEST_REFUSED", "ERR_TRANSPORT_UNAUTHENTICATED", "ERR_TRANSPORT_CLOCK_SKEW", "ERR_TRANSPORT_FORBIDDEN", "ERR_TRANSPORT_PACED", "ERR_TRANSPORT_SERVER_ERROR", "ERR_TRANSPORT_PENALTY_BOX", "ERR_TRANSPORT_PACING_WAIT", "ERR_TRANSPORT_SESSION_CLOSED", "ERR_TRANSPORT_SESSION_FAILED", "ERR_TRANSPORT_SESSION_UNAVAILABLE", "ERR_TRANSPORT_MAINTENANCE", "ERR_TRANSPORT_COMPETING_SESSION", "ERR_TRANSPORT_BROKERAGE_UNAVAILABLE"];
type TransportErrorCode = (typeof errorCodes)[number];
declare const transportErrorCodes: readonly TransportErrorCode[];
type Sent = "no" | "maybe" | "yes";
interface TransportErrorDetails {
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly status?: number | undefined;
  readonly serverMessage?: string | undefined;
  readonly attempts?: number | undefined;
  readonly elapsedMs?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly retryable?: boolean | undefined;
  readonly sent?: Sent | undefined;
  readonly response?: TransportResponse | undefined;
  readonly cause?: unknown | undefined;
}
declare class TransportError extends Error {
  #private;
  override readonly name = "TransportError";
  readonly code: TransportErrorCode;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly status: number | undefined;
  readonly serverMessage: string | undefined;
  readonly attempts: number;
  readonly elapsedMs: number;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;
  readonly sent: Sent;
  constructor(code: TransportErrorCode, message: string, details?: TransportErrorDetails);
  get response(): TransportResponse | undefined;
}
declare function isTransportError(value: unknown): value is TransportError;
type RequestPurpose = "establish" | "brokerage" | "question" | "logout";
interface RequestOrigin {
  readonly session?: number | undefined;
  readonly purpose?: RequestPurpose | undefined;
}
interface RequestEvent extends RequestOrigin {
  readonly call: number;
  readonly method: string;
  readonly origin: string;
  readonly path: string;
  readonly attempt: number;
}
interface CallEndEvent extends RequestEvent {
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly elapsedMs: number;
}
interface AttemptEndEvent extends RequestEvent {
  readonly status: number | undefined;
  readonly code: TransportErrorCode | undefined;
  readonly sent: Sent;
  readonly elapsedMs: number;
}
interface RetryEvent extends RequestEvent {
  readonly delayMs: number;
  readonly reason: string;
}
type WaitReason = "pacing" | "retry" | "login" | "brokerage" | "question";
interface WaitEvent extends RequestEvent {
  readonly reason: WaitReason;
}
interface WaitEndEvent extends WaitEvent {
  readonly elapsedMs: number;
  readonly code: string | undefined;
}
interface TransportEvents extends ListenerErrors {
  readonly "ibkr-auth:transport:call-start": RequestEvent;
  readonly "ibkr-auth:transport:call-end": CallEndEvent;
  readonly "ibkr-auth:transport:attempt-start": RequestEvent;
  readonly "ibkr-auth:transport:attempt-end": AttemptEndEvent;
  readonly "ibkr-auth:transport:wait-start": WaitEvent;
  readonly "ibkr-auth:transport:wait-end": WaitEndEvent;
  readonly "ibkr-auth:transport:retry": RetryEvent;
}
declare function onTransportEvent<Name extends keyof TransportEvents>(name: Name, listener: (event: TransportEvents[Name]) => void): () => void;
interface Transport {
  request(request: TransportRequest): Promise<TransportResponse>;
  stream(request: TransportRequest): Promise<StreamedResponse>;
  get(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
  post(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
  put(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
  patch(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
  delete(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
  readonly clockSkewMs: number;
  readonly claimedClockSkewMs: number | undefined;
  resetClockSkew(): void;
  now(): number;
  readonly dispatcher: HttpDispatcher;
  clearCookies(): void;
  cookies(): readonly string[];
  addCookies(cookies: readonly string[]): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
declare function createTransport(options: TransportOptions): Transport;
interface ConnectionDispatcher extends HttpDispatcher {
  close(): Promise<void>;
  destroy(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
declare function createDispatcher(options?: ConnectionOptions): ConnectionDispatcher;
type BearerToken = string | {
  reveal(): string | Uint8Array;
};
declare function bearer(source: () => BearerToken | Promise<BearerToken>): Authorize;
export { type Attempt, type AttemptEndEvent, type AuthorizationHeaders, type Authorize, type AuthorizeRequest, type BearerToken, type CallEndEvent, type Clock, type ConnectionDispatcher, type ConnectionOptions, type CookieOptions, type DispatchController, type DispatchHandler, type DispatchHeaders, type DispatchRequest, type HttpDispatcher, type Interceptor, type ListenerErrorEvent, type Next, type ParameterValue, type Parameters, type RequestContext, type RequestEvent, type RequestOptions, type RequestOrigin, type RequestPurpose, ResponseHeaders, type RetryEvent, type RetryOptions, type Sent, type StreamedResponse, type Timeouts, type TlsMaterial, type TlsOptions, type Transport, TransportError, type TransportErrorCode, type TransportErrorDetails, type TransportEvents, type TransportOptions, type TransportRequest, TransportResponse, type WaitEndEvent, type WaitEvent, type WaitReason, bearer, createDispatcher, createTransport, isTransportError, onTransportEvent, systemClock, transportErrorCodes };