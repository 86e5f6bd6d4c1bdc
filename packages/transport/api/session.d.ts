// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
import { Readable } from "node:stream";

// packages/internal/src/health.d.ts
interface Health {
  readonly ok: boolean;
  readonly waitingFor?: {
    readonly what: string; /** Milliseconds since 1970, if it is known. */
    readonly untilMs: number | undefined; /** In words. */
    readonly why: string;
  } | undefined;
  readonly remedy?: string | undefined;
}
interface Healthy {
  health(): Health;
}
interface PartHealth extends Health {
  readonly name: string;
}
interface OverallHealth {
  readonly ok: boolean;
  readonly parts: readonly PartHealth[];
}
declare function healthOf(parts: readonly Healthy[] | Readonly<Record<string, Healthy>>): OverallHealth;
interface PacingPenalty {
  readonly type: "penalty";
  readonly egress: unknown;
  readonly untilMs: number;
}
interface PacingPardon {
  readonly type: "pardon";
  readonly egress: unknown;
}
interface PacingWait {
  readonly type: "wait";
  readonly username: unknown;
  readonly owner: unknown;
  readonly method: string;
  readonly path: string;
  readonly limit: string | undefined;
  readonly expectedMs: number;
}
type PacingEvent = PacingPenalty | PacingPardon | PacingWait;
interface PacingQueueStatus {
  readonly limit: string | undefined;
  readonly queued: number;
  readonly expectedMs: number | undefined;
}
interface PenaltyMessage {
  readonly type: "penalty";
  readonly egress?: string | undefined;
  readonly untilMs: number;
}
interface PardonMessage {
  readonly type: "pardon";
  readonly egress?: string | undefined;
}
interface PacingWaitMessage {
  readonly type: "wait";
  readonly username?: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly limit: string | undefined;
  readonly expectedMs: number;
}
interface PacingEvents {
  readonly "ibkr-auth:pacing:wait": PacingWaitMessage;
  readonly "ibkr-auth:pacing:penalty": PenaltyMessage;
  readonly "ibkr-auth:pacing:pardon": PardonMessage;
}
interface PacingWindow {
  readonly requests: number;
  readonly intervalMs: number;
}
interface PacingLimit {
  readonly name: string;
  readonly methods: readonly string[];
  readonly paths: readonly string[];
  readonly windows: readonly PacingWindow[];
  readonly concurrent?: number | undefined;
}
declare const globalPacingWindow: PacingWindow;
declare const ibkrPacingLimits: readonly PacingLimit[];
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
declare const documentedPenaltyMs: number;
interface Clock {
  now(): number;
  readonly monotonicNow?: (() => number) | undefined;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}
type Priority = "high" | "normal" | "low";
interface PacingRequest {
  readonly username: unknown;
  readonly egress: unknown;
  readonly method: string;
  readonly path: string;
  readonly caller?: unknown;
  readonly owner?: unknown;
  readonly conversation?: unknown;
  readonly priority?: Priority | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly maxWaitMs?: number | undefined;
  readonly timeLeftMs?: number | undefined;
}
interface PacingPermit {
  readonly use?: (() => boolean) | undefined;
  release(sent: boolean): void;
}
interface PacingOptions {
  readonly global?: PacingWindow | undefined;
  readonly limits?: readonly PacingLimit[] | undefined;
  readonly marginMs?: number | undefined;
  readonly penaltyMs?: number | undefined;
  readonly maxWaitMs?: number | undefined;
  readonly maxQueued?: number | undefined;
  readonly clock?: Clock | undefined;
}
interface Pacing {
  acquire(request: PacingRequest): PacingPermit | Promise<PacingPermit>;
  penalize(egress: unknown, retryAfterMs?: number): PacingPenalty;
  pardon(egress: unknown): void;
  penaltyUntilMs(egress: unknown): number | undefined;
  queued(username: unknown): number;
  waits(username: unknown): readonly PacingQueueStatus[];
  drop(username: unknown, owner: unknown, error: Error): void;
  hold(username: unknown, conversation: unknown): () => void;
  subscribe(listener: (event: PacingEvent) => void): () => void;
}
declare function createPacing(options?: PacingOptions): Pacing;
declare function sharedPacing(clock?: Clock): Pacing;
interface ListenerErrorEvent {
  readonly listener: string;
  readonly error: unknown;
}
interface ListenerErrors {
  readonly "ibkr-auth:listener-error": ListenerErrorEvent;
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
interface SessionCredential {
  readonly authorize: Authorize;
  readonly expiresAtMs: number;
  readonly username?: string | undefined;
  readonly cookies?: readonly string[] | undefined;
  readonly brokerageProof?: BrokerageProof | undefined;
  readonly adopted?: boolean | undefined;
  readonly logout?: boolean | (() => boolean | Promise<boolean>) | undefined;
  readonly close?: (() => void | Promise<void>) | undefined;
}
interface BrokerageProof {
  readonly atMs: number;
}
type EstablishReason = "first" | "scheduled" | "expired" | "refused" | "renew";
interface EstablishContext {
  readonly transport: EstablishTransport;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly replaces: SessionCredential | undefined;
  readonly reason: EstablishReason;
}
interface EstablishTransport {
  request(request: TransportRequest): Promise<TransportResponse>;
}
type Establish = (context: EstablishContext) => Promise<SessionCredential>;
type MaintenanceKind = "daily-reset" | "weekend";
interface MaintenanceWindow {
  readonly kind: MaintenanceKind;
  readonly timeZone: string;
  readonly days?: readonly number[] | undefined;
  readonly startMinute: number;
  readonly durationMinutes: number;
}
declare const ibkrMaintenanceWindows: readonly MaintenanceWindow[];
declare function maintenanceAt(windows: readonly MaintenanceWindow[], atMs: number): MaintenanceKind | undefined;
declare const sessionTransitions: TransitionTable<SessionState, SessionTrigger>;
type SessionState = "idle" | "establishing" | "active" | "questioned" | "renewing" | "waiting" | "failed" | "closing" | "closed";
type SessionTrigger = "start" | "established" | "establish-failed" | "establish-rejected" | "renewal-due" | "renew" | "expired" | "refused" | "accepted" | "unaccepted" | "unaccepted-again" | "never-accepted" | "login-budget" | "retry-due" | "close" | "closed";
declare const brokerageTransitions: TransitionTable<BrokerageState, BrokerageTrigger>;
type BrokerageState = "closed" | "following" | "initializing" | "settling" | "loading-accounts" | "checking" | "open" | "competing" | "waiting";
type BrokerageTrigger = "wanted" | "led" | "followed" | "initialized" | "settled" | "loaded" | "healthy" | "lost" | "accounts-missing" | "doubted" | "competing" | "failed" | "retry-due" | "taken" | "abandoned";
type TransitionTable<State extends string, Trigger extends string> = Readonly<Record<State, Readonly<Partial<Record<Trigger, State>>>>>;
type SessionEvent = SessionStateEvent | BrokerageStateEvent | LoginStartEvent | LoginEndEvent | SessionEstablishedEvent | SessionErrorEvent | PenaltyEvent | PardonEvent | PacingWaitEvent | KeepAliveEvent | ClocksPartedEvent;
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
interface LoginStartEvent {
  readonly type: "login-start";
  readonly atMs: number;
  readonly reason: EstablishReason;
}
type LoginOutcome = "established" | "adopted" | "failed" | "abandoned";
interface LoginEndEvent {
  readonly type: "login-end";
  readonly atMs: number;
  readonly reason: EstablishReason;
  readonly outcome: LoginOutcome;
  readonly code: string | undefined;
  readonly elapsedMs: number;
}
interface SessionEstablishedEvent {
  readonly type: "established";
  readonly atMs: number;
  readonly expiresAtMs: number;
}
interface SessionErrorEvent {
  readonly type: "error";
  readonly atMs: number;
  readonly during: "establish" | "brokerage" | "keep-alive" | "logout" | "release" | "callback";
  readonly error: unknown;
  readonly retryAtMs: number | undefined;
  readonly maintenance: MaintenanceKind | undefined;
}
interface PenaltyEvent {
  readonly type: "penalty";
  readonly atMs: number;
  readonly untilMs: number;
}
interface PardonEvent {
  readonly type: "pardon";
  readonly atMs: number;
}
interface PacingWaitEvent {
  readonly type: "wait";
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly limit: string | undefined;
  readonly expectedMs: number;
}
interface KeepAliveEvent {
  readonly type: "keep-alive";
  readonly atMs: number;
  readonly authenticated: boolean;
  readonly connected: boolean;
  readonly competing: boolean;
}
interface ClocksPartedEvent {
  readonly type: "clocks-parted";
  readonly atMs: number;
  readonly byMs: number;
}
type SessionListener = (event: SessionEvent) => void;
interface SessionStatus {
  readonly id: number;
  readonly state: SessionState;
  readonly sinceMs: number;
  readonly username: string | undefined;
  readonly expiresAtMs: number | undefined;
  readonly nextAttemptAtMs: number | undefined;
  readonly established: number;
  readonly failures: number;
  readonly proven: boolean;
  readonly loginsLeft: number;
  readonly lastError: StatusError | undefined;
  readonly brokerage: BrokerageStatus;
  readonly waitingFor: WaitingFor | undefined;
  readonly queued: number;
  readonly waits: readonly PacingQueueStatus[];
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
  readonly established: boolean | undefined;
  readonly message: string | undefined;
  readonly fail: string | undefined;
  readonly provenAtMs: number | undefined;
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
interface WaitingFor {
  readonly what: "answer" | "retry" | "login-budget" | "penalty" | "other-session" | "leader" | "caller";
  readonly untilMs: number | undefined;
  readonly why: string;
}
interface SessionHealth {
  readonly reading: boolean;
  readonly trading: boolean | undefined;
  readonly ok: boolean;
  readonly waitingFor: WaitingFor | undefined;
  readonly remedy: string | undefined;
}
interface SessionIdentity {
  readonly session: number;
  readonly username: string | undefined;
}
interface ToldSessionError extends Omit<SessionErrorEvent, "error"> {
  readonly error: StatusError;
}
interface SessionEvents extends ListenerErrors, PacingEvents {
  readonly "ibkr-auth:session:state": SessionStateEvent & SessionIdentity;
  readonly "ibkr-auth:session:brokerage": BrokerageStateEvent & SessionIdentity;
  readonly "ibkr-auth:session:login-start": LoginStartEvent & SessionIdentity;
  readonly "ibkr-auth:session:login-end": LoginEndEvent & SessionIdentity;
  readonly "ibkr-auth:session:established": SessionEstablishedEvent & SessionIdentity;
  readonly "ibkr-auth:session:keep-alive": KeepAliveEvent & SessionIdentity;
  readonly "ibkr-auth:session:error": ToldSessionError & SessionIdentity;
  readonly "ibkr-auth:session:clocks-parted": ClocksPartedEvent & SessionIdentity;
}
declare function onSessionEvent<Name extends keyof SessionEvents>(name: Name, listener: (event: SessionEvents[Name]) => void): () => void;
interface Conversation {
  request(request: TransportRequest): Promise<TransportResponse>;
  get(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
  post(url: string | URL, options?: RequestOptions): Promise<TransportResponse>;
}
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
interface BrokerageLeadership {
  readonly leads: boolean;
  publish(report: PublishedBrokerageReport): void;
  subscribe(listener: (told: LeadershipNews) => void): () => void;
  readonly want?: (() => void) | undefined;
}
interface LeadershipNews {
  readonly leads: boolean;
  readonly report: PublishedBrokerageReport | undefined;
  readonly proof: BrokerageProof | undefined;
  readonly wanted?: boolean | undefined;
}
interface PublishedBrokerageReport {
  readonly authenticated: boolean;
  readonly connected: boolean;
  readonly competing: boolean;
  readonly established?: boolean | undefined;
  readonly atMs: number;
}
type TakeOver = "own" | "never" | "always";
interface SessionOptions extends Omit<TransportOptions, "authorize"> {
  readonly establish: Establish;
  readonly username?: string | undefined;
  readonly renewal?: RenewalOptions | undefined;
  readonly logins?: LoginOptions | undefined;
  readonly probe?: readonly string[] | undefined;
  readonly brokerage?: BrokerageOptions | false | undefined;
  readonly pacing?: Pacing | false | undefined;
  readonly egress?: string | undefined;
  readonly maintenance?: readonly MaintenanceWindow[] | undefined;
  readonly isPermanent?: ((error: unknown) => boolean) | undefined;
  readonly logout?: boolean | undefined;
  readonly closeTimeoutMs?: number | undefined;
}
interface RenewalOptions {
  readonly aheadMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly backoff?: BackoffOptions | undefined;
  readonly patience?: number | undefined;
}
interface LoginOptions {
  readonly size?: number | undefined;
  readonly refillMs?: number | undefined;
}
interface BackoffOptions {
  readonly baseMs?: number | undefined;
  readonly maxMs?: number | undefined;
}
interface BrokerageOptions {
  readonly takeOver?: TakeOver | undefined;
  readonly leadership?: BrokerageLeadership | undefined;
  readonly settleMs?: number | undefined;
  readonly accountsPauseMs?: number | undefined;
  readonly accountsAttempts?: number | undefined;
  readonly keepAliveMs?: number | undefined;
  readonly backoff?: BackoffOptions | undefined;
  readonly patience?: number | undefined;
}
interface SessionRequestContext {
  readonly priority?: Priority | undefined;
  readonly caller?: string | undefined;
  readonly maxWaitMs?: number | undefined;
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
interface Session extends Transport {
  ready(options?: ReadyOptions): Promise<void>;
  renew(): Promise<void>;
  openBrokerage(options?: OpenBrokerageOptions): Promise<void>;
  conversation<Result>(converse: (talk: Conversation) => Promise<Result>): Promise<Result>;
  status(): SessionStatus;
  health(): SessionHealth;
  subscribe(listener: SessionListener): () => void;
  onCredential(listener: (credential: SessionCredential) => void): () => void;
  cookies(): readonly string[];
  brokerageProof(): BrokerageProof | undefined;
  close(): Promise<void>;
}
interface ReadyOptions {
  readonly brokerage?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}
interface OpenBrokerageOptions {
  readonly takeOver?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}
declare function createSession(options: SessionOptions): Session;
export { type BackoffOptions, type BrokerageLeadership, type BrokerageOptions, type BrokerageProof, type BrokerageState, type BrokerageStateEvent, type BrokerageStatus, type BrokerageTrigger, type ClocksPartedEvent, type Conversation, type Establish, type EstablishContext, type EstablishReason, type EstablishTransport, type Health, type Healthy, type KeepAliveEvent, type LeadershipNews, type LoginEndEvent, type LoginOptions, type LoginOutcome, type LoginStartEvent, type MaintenanceKind, type MaintenanceWindow, type OpenBrokerageOptions, type OverallHealth, type Pacing, type PacingEvent, type PacingEvents, type PacingLimit, type PacingOptions, type PacingPardon, type PacingPenalty, type PacingPermit, type PacingQueueStatus, type PacingRequest, type PacingWait, type PacingWaitEvent, type PacingWaitMessage, type PacingWindow, type PardonEvent, type PardonMessage, type PartHealth, type PenaltyEvent, type PenaltyMessage, type Priority, type PublishedBrokerageReport, type ReadyOptions, type RenewalOptions, type Session, type SessionCredential, type SessionErrorEvent, type SessionEstablishedEvent, type SessionEvent, type SessionEvents, type SessionHealth, type SessionIdentity, type SessionListener, type SessionOptions, type SessionRequestContext, type SessionState, type SessionStateEvent, type SessionStatus, type SessionTrigger, type StatusError, type TakeOver, type ToldSessionError, type TransitionTable, type WaitingFor, brokerageTransitions, createPacing, createSession, documentedPenaltyMs, globalPacingWindow, healthOf, ibkrMaintenanceWindows, ibkrPacingLimits, maintenanceAt, onSessionEvent, sessionTransitions, sharedPacing };