// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
import { Readable } from "node:stream";
interface AuthorizeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly attempt: number;
  readonly now: () => number;
  readonly clockSkewMs: number;
}
type AuthorizationHeaders = Readonly<Record<string, string>>;
type Authorize = (request: AuthorizeRequest) => AuthorizationHeaders | Promise<AuthorizationHeaders>;
type BearerToken = string | {
  reveal(): string | Uint8Array;
};
declare function bearer(source: () => BearerToken | Promise<BearerToken>): Authorize;
interface Clock {
  now(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}
declare const systemClock: Clock;
type TlsMaterial = string | Uint8Array | readonly (string | Uint8Array)[];
interface ConnectionOptions {
  readonly proxy?: string | URL | "environment" | false;
  readonly tls?: TlsOptions;
  readonly maxConnections?: number;
  readonly connectTimeoutMs?: number;
  readonly keepAliveMs?: number;
  readonly maxHeaderBytes?: number;
}
interface TlsOptions {
  readonly ca?: TlsMaterial;
  readonly cert?: TlsMaterial;
  readonly key?: TlsMaterial;
  readonly passphrase?: string;
  readonly servername?: string;
}
interface DispatchRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: string[];
  readonly body: string | Uint8Array | null;
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
interface ConnectionDispatcher extends HttpDispatcher {
  close(): Promise<void>;
  destroy(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
declare function createDispatcher(options?: ConnectionOptions): ConnectionDispatcher;
declare class ResponseHeaders {
  #private;
  constructor(values: DispatchHeaders);
  get(name: string): string | null;
  getAll(name: string): readonly string[];
  has(name: string): boolean;
  [Symbol.iterator](): Generator<[name: string, value: string]>;
}
interface ResponseHead {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly url: string;
}
declare class TransportResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Uint8Array;
  readonly url: string;
  readonly stream: Readable | undefined;
  readonly complete: boolean;
  constructor(head: ResponseHead, body: Uint8Array, rest?: {
    readonly stream?: Readable;
    readonly complete?: boolean;
  });
  get ok(): boolean;
  text(): string;
  json<T = unknown>(): T;
}
interface StreamedResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly url: string;
  readonly body: Readable;
}
type RequestContext = Readonly<Record<string, unknown>>;
interface Attempt {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly idempotent: boolean;
  readonly number: number;
  readonly signal: AbortSignal;
  readonly authorize: Authorize | undefined;
  readonly context: RequestContext;
  readonly dispatcher: HttpDispatcher;
}
type Next = (attempt: Attempt) => Promise<TransportResponse>;
type Interceptor = (attempt: Attempt, next: Next) => Promise<TransportResponse>;
type ParameterValue = string | number | boolean | undefined | readonly (string | number | boolean)[];
type Parameters = Readonly<Record<string, ParameterValue>>;
interface Timeouts {
  readonly connectMs?: number;
  readonly headersMs?: number;
  readonly bodyMs?: number;
  readonly totalMs?: number;
}
interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Parameters;
  readonly body?: string | Uint8Array;
  readonly json?: unknown;
  readonly form?: Parameters;
  readonly signal?: AbortSignal;
  readonly timeouts?: Timeouts;
  readonly idempotent?: boolean;
  readonly retryLimit?: number;
  readonly authorize?: Authorize | false;
  readonly throwHttpErrors?: boolean;
  readonly maxResponseBytes?: number;
  readonly context?: RequestContext;
}
interface TransportRequest extends RequestOptions {
  readonly method: string;
  readonly url: string | URL;
}
interface RetryOptions {
  readonly limit?: number;
  readonly baseDelayMs?: number;
  readonly maxDelayMs?: number;
}
interface CookieOptions {
  readonly names?: readonly string[];
}
interface TransportOptions {
  readonly origin: string;
  readonly pathPrefix?: string;
  readonly authorize?: Authorize;
  readonly interceptors?: readonly Interceptor[];
  readonly dispatcher?: HttpDispatcher;
  readonly connection?: ConnectionOptions;
  readonly headers?: Readonly<Record<string, string>>;
  readonly userAgent?: string;
  readonly timeouts?: Timeouts;
  readonly retry?: RetryOptions;
  readonly maxResponseBytes?: number;
  readonly cookies?: CookieOptions | false;
  readonly throwHttpErrors?: boolean;
  readonly allowPlainHttp?: readonly string[];
  readonly clockSkewLimitMs?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}
interface Transport {
  request(request: TransportRequest): Promise<TransportResponse>;
  stream(request: TransportRequest): Promise<StreamedResponse>;
  get(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
  post(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
  put(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
  patch(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
  delete(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
  readonly clockSkewMs: number;
  now(): number;
  readonly dispatcher: HttpDispatcher;
  clearCookies(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
declare function createTransport(options: TransportOptions): Transport;
declare const pacingErrorCodes: readonly ["ERR_TRANSPORT_PENALTY_BOX", "ERR_TRANSPORT_PACING_WAIT"];
declare const sessionErrorCodes: readonly ["ERR_TRANSPORT_SESSION_CLOSED", "ERR_TRANSPORT_SESSION_FAILED", "ERR_TRANSPORT_SESSION_UNAVAILABLE", "ERR_TRANSPORT_MAINTENANCE", "ERR_TRANSPORT_COMPETING_SESSION", "ERR_TRANSPORT_BROKERAGE_UNAVAILABLE"];
declare const requestErrorCodes: readonly ["ERR_TRANSPORT_INVALID_INPUT", "ERR_TRANSPORT_OUT_OF_SCOPE", "ERR_TRANSPORT_CLOSED", "ERR_TRANSPORT_AUTHORIZE_FAILED", "ERR_TRANSPORT_ABORTED", "ERR_TRANSPORT_UNREACHABLE", "ERR_TRANSPORT_TIMEOUT", "ERR_TRANSPORT_AMBIGUOUS", "ERR_TRANSPORT_BAD_RESPONSE", "ERR_TRANSPORT_TOO_LARGE", "ERR_TRANSPORT_REDIRECT", "ERR_TRANSPORT_REQUEST_REFUSED", "ERR_TRANSPORT_UNAUTHENTICATED", "ERR_TRANSPORT_CLOCK_SKEW", "ERR_TRANSPORT_FORBIDDEN", "ERR_TRANSPORT_PACED", "ERR_TRANSPORT_SERVER_ERROR"];
type TransportErrorCode = (typeof requestErrorCodes)[number] | (typeof sessionErrorCodes)[number] | (typeof pacingErrorCodes)[number];
declare const transportErrorCodes: readonly TransportErrorCode[];
type Sent = "no" | "maybe" | "yes";
interface TransportErrorDetails {
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly serverMessage?: string;
  readonly attempts?: number;
  readonly elapsedMs?: number;
  readonly retryAfterMs?: number;
  readonly retryable?: boolean;
  readonly sent?: Sent;
  readonly response?: TransportResponse;
  readonly cause?: unknown;
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
interface RequestEvent {
  readonly call: number;
  readonly method: string;
  readonly origin: string;
  readonly path: string;
  readonly attempt: number;
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
interface WaitEvent extends RequestEvent {
  readonly delayMs: number;
  readonly reason: string;
}
interface TransportEvents {
  readonly "ibkr-auth:transport:attempt-start": RequestEvent;
  readonly "ibkr-auth:transport:attempt-end": AttemptEndEvent;
  readonly "ibkr-auth:transport:wait": WaitEvent;
  readonly "ibkr-auth:transport:retry": RetryEvent;
}
declare function onTransportEvent<Name extends keyof TransportEvents>(name: Name, listener: (event: TransportEvents[Name]) => void): () => void;
interface PacingWindow {
  readonly requests: number;
  readonly intervalMs: number;
}
interface PacingLimit {
  readonly name: string;
  readonly methods: readonly string[];
  readonly paths: readonly string[];
  readonly windows: readonly PacingWindow[];
  readonly concurrent?: number;
}
declare const globalPacingWindow: PacingWindow;
declare const documentedPenaltyMs: number;
declare const ibkrPacingLimits: readonly PacingLimit[];
type Priority = "high" | "normal" | "low";
interface PacingRequest {
  readonly username: unknown;
  readonly egress: unknown;
  readonly method: string;
  readonly path: string;
  readonly caller?: unknown;
  readonly owner?: unknown;
  readonly priority?: Priority;
  readonly signal?: AbortSignal;
  readonly maxWaitMs?: number;
}
interface PacingPermit {
  readonly grantedAtMs: number;
  release(sent: boolean): void;
}
interface PacingOptions {
  readonly global?: PacingWindow;
  readonly limits?: readonly PacingLimit[];
  readonly marginMs?: number;
  readonly penaltyMs?: number;
  readonly maxWaitMs?: number;
  readonly clock?: Clock;
}
interface PacingPenalty {
  readonly egress: unknown;
  readonly untilMs: number;
}
interface Pacing {
  acquire(request: PacingRequest): PacingPermit | Promise<PacingPermit>;
  penalize(egress: unknown, retryAfterMs?: number): PacingPenalty;
  penaltyUntilMs(egress: unknown): number | undefined;
  queued(username: unknown): number;
  drop(username: unknown, owner: unknown, error: Error): void;
  subscribe(listener: (penalty: PacingPenalty) => void): () => void;
}
declare function createPacing(options?: PacingOptions): Pacing;
declare function sharedPacing(clock?: Clock): Pacing;
declare const sessionTransitions: TransitionTable<SessionState, SessionTrigger>;
type SessionState = "idle" | "establishing" | "active" | "renewing" | "waiting" | "failed" | "closing" | "closed";
type SessionTrigger = "start" | "established" | "establish-failed" | "establish-rejected" | "renewal-due" | "renew" | "expired" | "refused" | "refused-in-maintenance" | "refused-again" | "retry-due" | "close" | "closed";
type TransitionTable<State extends string, Trigger extends string> = Readonly<Record<State, Readonly<Partial<Record<Trigger, State>>>>>;
declare const brokerageTransitions: TransitionTable<BrokerageState, BrokerageTrigger>;
type BrokerageState = "closed" | "initializing" | "settling" | "loading-accounts" | "checking" | "open" | "competing" | "waiting";
type BrokerageTrigger = "wanted" | "initialized" | "settled" | "loaded" | "healthy" | "lost" | "accounts-missing" | "doubted" | "competing" | "failed" | "retry-due" | "taken" | "abandoned";
interface SessionCredential {
  readonly authorize: Authorize;
  readonly expiresAtMs: number;
  readonly username?: string;
  close?(): void | Promise<void>;
}
interface EstablishContext {
  readonly transport: EstablishTransport;
  readonly signal: AbortSignal;
  readonly now: () => number;
}
interface EstablishTransport {
  request(request: TransportRequest): Promise<TransportResponse>;
}
type Establish = (context: EstablishContext) => Promise<SessionCredential>;
type MaintenanceKind = "nightly-reset" | "saturday";
interface MaintenanceWindow {
  readonly kind: MaintenanceKind;
  readonly timeZone: string;
  readonly days?: readonly number[];
  readonly startMinute: number;
  readonly durationMinutes: number;
}
declare const ibkrMaintenanceWindows: readonly MaintenanceWindow[];
declare function maintenanceAt(windows: readonly MaintenanceWindow[], atMs: number): MaintenanceKind | undefined;
interface SessionOptions extends Omit<TransportOptions, "authorize"> {
  readonly establish: Establish;
  readonly username?: string;
  readonly renewal?: RenewalOptions;
  readonly brokerage?: BrokerageOptions | false;
  readonly pacing?: Pacing | false;
  readonly egress?: string;
  readonly maintenance?: readonly MaintenanceWindow[];
  readonly isPermanent?: (error: unknown) => boolean;
  readonly logout?: boolean;
  readonly closeTimeoutMs?: number;
}
interface RenewalOptions {
  readonly aheadMs?: number;
  readonly timeoutMs?: number;
  readonly backoff?: BackoffOptions;
  readonly patience?: number;
}
interface BackoffOptions {
  readonly baseMs?: number;
  readonly maxMs?: number;
}
interface BrokerageOptions {
  readonly compete?: boolean;
  readonly settleMs?: number;
  readonly accountsPauseMs?: number;
  readonly accountsAttempts?: number;
  readonly keepAliveMs?: number;
  readonly backoff?: BackoffOptions;
  readonly patience?: number;
}
interface SessionRequestContext {
  readonly priority?: Priority;
  readonly caller?: string;
  readonly maxWaitMs?: number;
}
type SessionEvent = SessionStateEvent | BrokerageStateEvent | SessionEstablishedEvent | SessionErrorEvent | PenaltyEvent | KeepAliveEvent;
interface SessionStateEvent {
  readonly type: "state";
  readonly atMs: number;
  readonly from: SessionState;
  readonly to: SessionState;
  readonly trigger: SessionTrigger;
}
interface BrokerageStateEvent {
  readonly type: "brokerage";
  readonly atMs: number;
  readonly from: BrokerageState;
  readonly to: BrokerageState;
  readonly trigger: BrokerageTrigger;
}
interface SessionEstablishedEvent {
  readonly type: "established";
  readonly atMs: number;
  readonly expiresAtMs: number;
}
interface SessionErrorEvent {
  readonly type: "error";
  readonly atMs: number;
  readonly during: "establish" | "brokerage" | "keep-alive" | "logout" | "release";
  readonly error: unknown;
  readonly retryAtMs: number | undefined;
  readonly maintenance: MaintenanceKind | undefined;
}
interface PenaltyEvent {
  readonly type: "penalty";
  readonly atMs: number;
  readonly untilMs: number;
}
interface KeepAliveEvent {
  readonly type: "keep-alive";
  readonly atMs: number;
  readonly authenticated: boolean;
  readonly connected: boolean;
  readonly competing: boolean;
}
type SessionListener = (event: SessionEvent) => void;
interface SessionStatus {
  readonly state: SessionState;
  readonly sinceMs: number;
  readonly username: string | undefined;
  readonly expiresAtMs: number | undefined;
  readonly nextAttemptAtMs: number | undefined;
  readonly established: number;
  readonly failures: number;
  readonly lastError: StatusError | undefined;
  readonly brokerage: BrokerageStatus;
  readonly queued: number;
  readonly penaltyUntilMs: number | undefined;
  readonly maintenance: MaintenanceKind | undefined;
  readonly clockSkewMs: number;
}
interface BrokerageStatus {
  readonly state: BrokerageState;
  readonly sinceMs: number;
  readonly authenticated: boolean;
  readonly connected: boolean;
  readonly competing: boolean;
  readonly lastActivityAtMs: number | undefined;
  readonly nextAttemptAtMs: number | undefined;
  readonly failures: number;
  readonly lastError: StatusError | undefined;
}
interface StatusError {
  readonly atMs: number;
  readonly code: string | undefined;
  readonly message: string;
}
interface Session extends Transport {
  ready(options?: ReadyOptions): Promise<void>;
  renew(): Promise<void>;
  openBrokerage(options?: OpenBrokerageOptions): Promise<void>;
  status(): SessionStatus;
  subscribe(listener: SessionListener): () => void;
  close(): Promise<void>;
}
interface ReadyOptions {
  readonly brokerage?: boolean;
  readonly signal?: AbortSignal;
}
interface OpenBrokerageOptions {
  readonly compete?: boolean;
  readonly signal?: AbortSignal;
}
declare function createSession(options: SessionOptions): Session;
export { type Attempt, type AttemptEndEvent, type AuthorizationHeaders, type Authorize, type AuthorizeRequest, type BackoffOptions, type BearerToken, type BrokerageOptions, type BrokerageState, type BrokerageStateEvent, type BrokerageStatus, type BrokerageTrigger, type Clock, type ConnectionDispatcher, type ConnectionOptions, type CookieOptions, type DispatchController, type DispatchHandler, type DispatchHeaders, type DispatchRequest, type Establish, type EstablishContext, type EstablishTransport, type HttpDispatcher, type Interceptor, type KeepAliveEvent, type MaintenanceKind, type MaintenanceWindow, type Next, type OpenBrokerageOptions, type Pacing, type PacingLimit, type PacingOptions, type PacingPenalty, type PacingPermit, type PacingRequest, type PacingWindow, type ParameterValue, type Parameters, type PenaltyEvent, type Priority, type ReadyOptions, type RenewalOptions, type RequestContext, type RequestEvent, type RequestOptions, ResponseHeaders, type RetryEvent, type RetryOptions, type Sent, type Session, type SessionCredential, type SessionErrorEvent, type SessionEstablishedEvent, type SessionEvent, type SessionListener, type SessionOptions, type SessionRequestContext, type SessionState, type SessionStateEvent, type SessionStatus, type SessionTrigger, type StatusError, type StreamedResponse, type Timeouts, type TlsMaterial, type TlsOptions, type TransitionTable, type Transport, TransportError, type TransportErrorCode, type TransportErrorDetails, type TransportEvents, type TransportOptions, type TransportRequest, TransportResponse, type WaitEvent, bearer, brokerageTransitions, createDispatcher, createPacing, createSession, createTransport, documentedPenaltyMs, globalPacingWindow, ibkrMaintenanceWindows, ibkrPacingLimits, isTransportError, maintenanceAt, onTransportEvent, sessionTransitions, sharedPacing, systemClock, transportErrorCodes };