// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
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
interface Clock {
  now(): number;
  readonly monotonicNow?: (() => number) | undefined;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}
declare const sharedSessionErrorCodes: readonly ["ERR_SHARED_SESSION_INVALID_INPUT", "ERR_SHARED_SESSION_CLOSED", "ERR_SHARED_SESSION_STORE_UNAVAILABLE", "ERR_SHARED_SESSION_STORE_FULL", "ERR_SHARED_SESSION_STORE_BROKEN", "ERR_SHARED_SESSION_UNREADABLE", "ERR_SHARED_SESSION_BAD_CREDENTIAL", "ERR_SHARED_SESSION_CLOCK", "ERR_SHARED_SESSION_REFUSED_HERE", "ERR_SHARED_SESSION_LOGIN_FAILED", "ERR_SHARED_SESSION_PENALTY_BOX", "ERR_SHARED_SESSION_PACING_WAIT"];
type SharedSessionErrorCode = (typeof sharedSessionErrorCodes)[number];
interface SharedSessionErrorDetails {
  readonly cause?: unknown;
  readonly retryAfterMs?: number | undefined;
}
declare class SharedSessionError extends Error {
  override readonly name = "SharedSessionError";
  readonly code: SharedSessionErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;
  constructor(code: SharedSessionErrorCode, message: string, details?: SharedSessionErrorDetails);
}
declare function isSharedSessionError(value: unknown): value is SharedSessionError;
type SealingKey = Uint8Array | string | {
  reveal(): Uint8Array | string;
};
interface SealingOptions {
  readonly seal?: SealingKey | readonly SealingKey[] | undefined;
  readonly sealed?: false | undefined;
}
interface CounterWindow {
  readonly places: number;
  readonly intervalMs: number;
}
interface Counter {
  readonly name: string;
  readonly windows: readonly CounterWindow[];
  readonly concurrent?: number | undefined;
}
interface Wish {
  readonly counters: readonly number[];
  readonly count: number;
  readonly id: string;
  readonly passes?: boolean | undefined;
  readonly conversation?: string | undefined;
}
interface Conversation {
  readonly id: string;
  readonly forMs: number;
  readonly quietMs?: number | undefined;
}
interface PlaceReference {
  readonly counter: string;
  readonly id: string;
}
interface TakeRequest {
  readonly holder: string;
  readonly presentForMs: number;
  readonly counters: readonly Counter[];
  readonly wishes: readonly Wish[];
  readonly slackMs: number;
  readonly returned?: readonly PlaceReference[] | undefined;
  readonly finished?: readonly PlaceReference[] | undefined;
  readonly running?: readonly PlaceReference[] | undefined;
  readonly runningForMs: number;
  readonly converse?: Conversation | undefined;
  readonly conversed?: readonly string[] | undefined;
}
interface TakeAnswer {
  readonly granted: readonly number[];
  readonly waitMs: readonly number[];
  readonly holders: number;
  readonly conversation: string | undefined;
  readonly nowMs: number;
}
interface StoredEntry {
  readonly value: string | undefined;
  readonly revision: number;
  readonly nowMs: number;
}
interface WriteOutcome {
  readonly written: boolean;
  readonly nowMs: number;
}
type StopWatching = () => void;
interface Store {
  read(key: string): Promise<StoredEntry>;
  compareAndSet(key: string, expectedRevision: number, value: string | undefined, ttlMs: number): Promise<WriteOutcome>;
  watch(key: string, listener: () => void): Promise<StopWatching>;
  readonly take?: ((key: string, request: TakeRequest) => Promise<TakeAnswer>) | undefined;
}
interface StoreStatus {
  readonly available: boolean;
  readonly sinceMs: number;
  readonly lastError: string | undefined;
  readonly clockDifferenceMs: number | undefined;
}
type EstablishReason = "first" | "scheduled" | "expired" | "refused" | "renew";
interface CredentialLike {
  readonly authorize: (request: never) => unknown;
  readonly expiresAtMs: number;
  readonly username?: string | undefined;
  readonly cookies?: readonly string[] | undefined;
}
interface ContextLike {
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly reason?: EstablishReason | undefined;
  readonly replaces?: unknown;
  readonly transport?: object | undefined;
}
interface Announcing {
  readonly announce: () => Promise<void>;
}
interface SessionLike {
  renew(): Promise<unknown>;
  readonly cookies?: (() => readonly string[]) | undefined;
}
interface LentCredential<C extends CredentialLike> {
  readonly authorize: C["authorize"];
  readonly expiresAtMs: number;
  readonly adopted: boolean;
  readonly logout: () => Promise<boolean>;
  readonly close: () => void;
  readonly username?: string | undefined;
  readonly cookies?: readonly string[] | undefined;
}
interface ShareCredentialOptions<C extends CredentialLike, X extends ContextLike> extends SealingOptions {
  readonly store: Store;
  readonly key: string;
  readonly establish: (context: X & Announcing) => Promise<C>;
  readonly encode: (credential: C) => string | Promise<string>;
  readonly decode: (data: string, context: X) => C | Promise<C>;
  readonly probe?: ((session: SessionLike) => Promise<unknown>) | undefined;
  readonly whenAway?: "wait" | "alone" | undefined;
  readonly logout?: "never" | "last" | undefined;
  readonly leaseMs?: number | undefined;
  readonly answerMs?: number | undefined;
  readonly pollMs?: number | undefined;
  readonly storeTimeoutMs?: number | undefined;
  readonly clockToleranceMs?: number | undefined;
  readonly clock?: Clock | undefined;
}
interface SharedCredentialStatus {
  readonly store: StoreStatus;
  readonly generation: number | undefined;
  readonly expiresAtMs: number | undefined;
  readonly loggingIn: "here" | "elsewhere" | "no";
  readonly heldBack: boolean;
  readonly processes: number;
  readonly unpublished: boolean;
  readonly lastError: string | undefined;
}
interface SharedEstablish<C extends CredentialLike, X extends ContextLike> {
  (context: X): Promise<LentCredential<C>>;
  follow(session: SessionLike): () => void;
  status(): SharedCredentialStatus;
  close(): Promise<void>;
}
declare function shareCredential<C extends CredentialLike, X extends ContextLike>(options: ShareCredentialOptions<C, X>): SharedEstablish<C, X>;
interface BrokerageReport {
  readonly authenticated: boolean;
  readonly connected: boolean;
  readonly competing: boolean;
  readonly established?: boolean | undefined;
  readonly atMs: number;
}
interface BrokerageProof {
  readonly atMs: number;
}
interface LeadershipNews {
  readonly leads: boolean;
  readonly report: BrokerageReport | undefined;
  readonly proof: BrokerageProof | undefined;
  readonly wanted: boolean;
}
interface ShareLeadershipOptions extends SealingOptions {
  readonly store: Store;
  readonly key: string;
  readonly leaseMs?: number | undefined;
  readonly whenAway?: "wait" | "alone" | undefined;
  readonly pollMs?: number | undefined;
  readonly storeTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}
interface LeadershipStatus extends LeadershipNews {
  readonly store: StoreStatus;
  readonly lastError: string | undefined;
}
interface SharedLeadership {
  readonly leads: boolean;
  publish(report: BrokerageReport): void;
  subscribe(listener: (news: LeadershipNews) => void): () => void;
  want(): void;
  status(): LeadershipStatus;
  close(): Promise<void>;
}
declare function shareLeadership(options: ShareLeadershipOptions): SharedLeadership;
interface SharePacingOptions {
  readonly store: Store;
  readonly key: string;
  readonly global: PacingWindow;
  readonly limits: readonly PacingLimit[];
  readonly egress?: string | undefined;
  readonly marginMs?: number | undefined;
  readonly penaltyMs?: number | undefined;
  readonly maxWaitMs?: number | undefined;
  readonly maxQueued?: number | undefined;
  readonly conversationMs?: number | undefined;
  readonly pollMs?: number | undefined;
  readonly assumedProcesses?: number | undefined;
  readonly storeTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
}
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
interface PacingRequest {
  readonly username: unknown;
  readonly egress: unknown;
  readonly method: string;
  readonly path: string;
  readonly caller?: unknown;
  readonly owner?: unknown;
  readonly conversation?: unknown;
  readonly priority?: "high" | "normal" | "low" | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly maxWaitMs?: number | undefined;
}
interface PacingPermit {
  use(): boolean;
  release(sent: boolean): void;
}
interface SharedPacing {
  acquire(request: PacingRequest): Promise<PacingPermit>;
  penalize(egress: unknown, retryAfterMs?: number): PacingPenalty;
  pardon(egress: unknown): void;
  penaltyUntilMs(egress: unknown): number | undefined;
  queued(username: unknown): number;
  waits(username: unknown): readonly PacingQueueStatus[];
  drop(username: unknown, owner: unknown, error: Error): void;
  hold(username: unknown, conversation: unknown): () => void;
  subscribe(listener: (event: PacingEvent) => void): () => void;
  status(): SharedPacingStatus;
  close(): Promise<void>;
}
interface SharedPacingStatus {
  readonly store: StoreStatus;
  readonly lastError: string | undefined;
  readonly usernames: readonly {
    readonly username: string;
    readonly queued: number; /** Processes that share it, as far as is known. */
    readonly processes: number; /** True while this process goes by its share of each window, since the store is away. */
    readonly alone: boolean;
  }[];
}
declare function sharePacing(options: SharePacingOptions): SharedPacing;
type Remembered = "new" | "seen" | "full";
interface SharedMemoryOptions {
  readonly store: Store;
  readonly key: string;
  readonly clockToleranceMs?: number | undefined;
  readonly atLeastMs?: number | undefined;
  readonly storeTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}
interface SharedNonceStore {
  record(use: SharedNonceUse, nowMs: number): Promise<Remembered>;
}
interface SharedNonceUse {
  readonly consumerKey: string;
  readonly token: string;
  readonly timestampSeconds: number;
  readonly nonce: string;
  readonly expiresAtMs: number;
}
interface SharedReplayStore {
  record(use: SharedReplayUse, nowMs: number): Promise<Remembered>;
}
interface SharedReplayUse {
  readonly clientId: string;
  readonly jti: string;
  readonly expiresAtMs: number;
}
declare function sharedNonceStore(options: SharedMemoryOptions): SharedNonceStore;
declare function sharedReplayStore(options: SharedMemoryOptions): SharedReplayStore;
interface ListenerErrorEvent {
  readonly listener: string;
  readonly error: unknown;
}
interface ListenerErrors {
  readonly "ibkr-auth:listener-error": ListenerErrorEvent;
}
interface StoreOperationEvent {
  readonly operation: "read" | "compareAndSet" | "take" | "watch";
  readonly key: string;
  readonly outcome: "done" | "conflict" | "failed";
  readonly code: string | undefined;
  readonly elapsedMs: number;
}
interface StoreEvents extends ListenerErrors {
  readonly "ibkr-auth:store:operation": StoreOperationEvent;
}
declare function onStoreEvent<Name extends keyof StoreEvents>(name: Name, listener: (event: StoreEvents[Name]) => void): () => void;
interface FileStoreOptions {
  readonly pollMs?: number | undefined;
  readonly now?: (() => number) | undefined;
}
declare function fileStore(directory: string, options?: FileStoreOptions): Store;
interface MemoryStoreOptions {
  readonly now?: (() => number) | undefined;
  readonly capacity?: number | undefined;
}
declare function memoryStore(options?: MemoryStoreOptions): Store;
interface IoRedisLike {
  defineCommand: unknown;
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  duplicate(): IoRedisSubscriberLike;
}
interface IoRedisSubscriberLike {
  on(event: string, listener: (...values: unknown[]) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}
interface NodeRedisLike {
  eval(script: string, input: NodeRedisInput): Promise<unknown>;
  evalSha(sha1: string, input: NodeRedisInput): Promise<unknown>;
  duplicate(): NodeRedisSubscriberLike;
}
interface NodeRedisInput {
  keys: string[];
  arguments: string[];
}
interface NodeRedisSubscriberLike {
  on(event: string, listener: (...values: unknown[]) => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: () => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  readonly destroy?: (() => void) | undefined;
}
type RedisClientLike = IoRedisLike | NodeRedisLike;
interface RedisStoreOptions {
  readonly prefix?: string | undefined;
}
interface RedisStore extends Store {
  take(key: string, request: TakeRequest): Promise<TakeAnswer>;
  close(): void;
}
declare function redisStore(client: RedisClientLike, options?: RedisStoreOptions): RedisStore;
export { type Announcing, type BrokerageProof, type BrokerageReport, type Clock, type ContextLike, type Conversation, type Counter, type CounterWindow, type CredentialLike, type EstablishReason, type FileStoreOptions, type IoRedisLike, type IoRedisSubscriberLike, type LeadershipNews, type LeadershipStatus, type LentCredential, type MemoryStoreOptions, type NodeRedisInput, type NodeRedisLike, type NodeRedisSubscriberLike, type PacingEvent, type PacingLimit, type PacingPardon, type PacingPenalty, type PacingPermit, type PacingQueueStatus, type PacingRequest, type PacingWait, type PacingWindow, type PlaceReference, type RedisClientLike, type RedisStore, type RedisStoreOptions, type Remembered, type SealingKey, type SealingOptions, type SessionLike, type ShareCredentialOptions, type ShareLeadershipOptions, type SharePacingOptions, type SharedCredentialStatus, type SharedEstablish, type SharedLeadership, type SharedMemoryOptions, type SharedNonceStore, type SharedNonceUse, type SharedPacing, type SharedPacingStatus, type SharedReplayStore, type SharedReplayUse, SharedSessionError, type SharedSessionErrorCode, type SharedSessionErrorDetails, type StopWatching, type Store, type StoreEvents, type StoreOperationEvent, type StoreStatus, type StoredEntry, type TakeAnswer, type TakeRequest, type Wish, type WriteOutcome, fileStore, isSharedSessionError, memoryStore, onStoreEvent, redisStore, shareCredential, shareLeadership, sharePacing, sharedNonceStore, sharedReplayStore, sharedSessionErrorCodes };