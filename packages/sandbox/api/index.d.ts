// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
import { KeyObject } from "node:crypto";
import { MemoryNonceStore, Verifier } from "@ibkr-auth/oauth1-signing/server";
import { ClientKeyRecord, MemoryReplayStore, VerificationKey } from "@ibkr-auth/sso-jwt/server";
import { Signer } from "@ibkr-auth/oauth1-signing";
import { DhParams } from "@ibkr-auth/dh-live-session-token";
type KeyInput = string | KeyObject;
interface CredentialsInput {
  readonly consumerKey?: string | undefined;
  readonly accessToken?: string | undefined;
  readonly username?: string | undefined;
  readonly accessTokens?: readonly AccessTokenInput[] | undefined;
  readonly users?: readonly UserInput[] | undefined;
  readonly firstParty?: boolean | undefined;
  readonly accessTokenSecret?: string | undefined;
  readonly realm?: string | undefined;
  readonly callbackUrl?: string | undefined;
  readonly dhPrime?: string | undefined;
  readonly dhGenerator?: number | string | undefined;
  readonly signingKey?: KeyInput | undefined;
  readonly encryptionKey?: KeyInput | undefined;
  readonly oauth2?: Oauth2CredentialsInput | undefined;
}
interface AccessTokenInput {
  readonly accessToken?: string | undefined;
  readonly accessTokenSecret?: string | undefined;
  readonly username: string;
}
interface UserInput {
  readonly username: string;
  readonly accounts: readonly string[];
}
interface Oauth2CredentialsInput {
  readonly clientId?: string | undefined;
  readonly keyId?: string | undefined;
  readonly credential?: string | undefined;
  readonly furtherCredentials?: readonly string[] | undefined;
  readonly furtherKeys?: readonly {
    readonly keyId: string;
    readonly privateKey: KeyInput;
  }[] | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly privateKey?: KeyInput | undefined;
}
interface LaterKey {
  now(): KeyObject;
  later(): Promise<KeyObject>;
}
interface CredentialKeys {
  readonly signing: KeyObject;
  readonly encryption: KeyObject;
  readonly oauth2: LaterKey;
  readonly furtherOauth2: ReadonlyMap<string, KeyObject>;
}
interface IssuedAccessToken {
  readonly accessToken: string;
  readonly accessTokenSecret: string;
  readonly username: string;
}
interface CredentialFields {
  readonly consumerKey: string;
  readonly accessToken: string;
  readonly accessTokenSecret: string;
  readonly username: string;
  readonly accessTokens: readonly IssuedAccessToken[];
  readonly users: readonly UserInput[];
  readonly realm: string;
  readonly callbackUrl: string;
  readonly dhPrime: string;
  readonly dhGenerator: number | string;
  readonly oauth2: {
    readonly clientId: string;
    readonly keyId: string;
    readonly credential: string;
    readonly furtherCredentials: readonly string[];
    readonly scopes: readonly string[];
  };
}
interface CredentialsFile extends CredentialFields {
  readonly baseUrl: string;
  readonly gatewayUrl: string;
  readonly oauth2Url: string;
}
declare class Oauth2Credentials {
  #private;
  readonly clientId: string;
  readonly keyId: string;
  readonly credential: string;
  readonly furtherCredentials: readonly string[];
  readonly scopes: readonly string[];
  constructor(fields: CredentialFields["oauth2"], key: LaterKey);
  get privateKey(): string;
  ready(): Promise<void>;
}
declare class SandboxCredentials {
  #private;
  readonly consumerKey: string;
  readonly accessToken: string;
  readonly accessTokenSecret: string;
  readonly username: string;
  readonly accessTokens: readonly IssuedAccessToken[];
  readonly users: readonly UserInput[];
  readonly realm: string;
  readonly callbackUrl: string;
  readonly dhPrime: string;
  readonly dhGenerator: number | string;
  readonly oauth2: Oauth2Credentials;
  readonly baseUrl: string;
  readonly gatewayUrl: string;
  readonly oauth2Url: string;
  readonly authorizeUrl: string;
  readonly certificateAuthority: string | undefined;
  constructor(fields: CredentialFields, keys: CredentialKeys, origin: string, certificateAuthority?: string);
  get signingKey(): string;
  get encryptionKey(): string;
  get dhParams(): string;
  toJSON(): CredentialsFile;
}
declare function readCredentials(file: string): Promise<CredentialsInput>;
declare function writeCredentials(directory: string, credentials: SandboxCredentials): Promise<void>;
declare const codes: readonly ["ERR_SANDBOX_INVALID_INPUT", "ERR_SANDBOX_HOST_NOT_LOOPBACK", "ERR_SANDBOX_CREDENTIALS_UNREADABLE", "ERR_SANDBOX_CREDENTIALS_UNWRITABLE", "ERR_SANDBOX_CONNECTION_DROPPED"];
type SandboxErrorCode = (typeof codes)[number];
declare class SandboxError extends Error {
  override readonly name = "SandboxError";
  readonly code: SandboxErrorCode;
  constructor(code: SandboxErrorCode, message: string, options?: {
    readonly cause?: unknown;
  });
}
declare function isSandboxError(value: unknown): value is SandboxError;
declare const signatureMistakeNames: readonly ["query-omitted", "query-signed", "query-in-url", "values-encoded-once", "values-not-encoded", "wrong-percent-encoding", "form-omitted", "body-signed", "realm-signed", "parameter-not-signed", "parameters-unsorted", "method-case", "wrong-method", "wrong-scheme", "wrong-host", "wrong-port", "wrong-path", "prefix-missing", "prefix-wrong", "prefix-unexpected", "wrong-key", "lst-as-text", "lst-with-ampersand", "leading-zero-byte", "secret-as-text", "lst-replaced", "wrong-signature-method", "signature-encoding", "timestamp-milliseconds", "timestamp-malformed", "clock-off", "nonce-reused"];
declare const checkedMistakeNames: readonly ["missing-parameter", "duplicate-parameter", "malformed-authorization", "missing-authorization", "unknown-consumer-key", "wrong-realm", "missing-realm", "unknown-token", "first-party-consumer", "lst-missing", "lst-expired", "wrong-verifier", "token-used", "challenge-out-of-range", "wrong-bearer", "unknown-bearer", "bearer-expired", "scope-missing", "address-mismatch", "wrong-content-type", "malformed-token-request", "jwt-malformed", "jwt-wrapped", "jwt-algorithm", "jwt-unknown-key", "jwt-wrong-key", "jwt-audience", "jwt-issuer", "jwt-expired", "jwt-lifetime", "jwt-issued-in-future", "jwt-milliseconds", "jwt-claim", "jwt-replayed", "user-agent-missing", "content-length-missing", "host-not-allowed", "cross-origin", "body-too-large", "malformed-body", "store-full", "no-brokerage-session", "accounts-not-loaded", "logged-out", "reply-void", "paced", "penalty-box", "not-in-sandbox", "no-such-operation", "upgrade-missing", "stream-token-missing"];
type SignatureMistakeName = (typeof signatureMistakeNames)[number];
type CheckedMistakeName = (typeof checkedMistakeNames)[number];
type MistakeName = SignatureMistakeName | CheckedMistakeName | "unknown";
type StrictForm = "rfc5849" | "omit";
interface Explanation {
  readonly mistake: MistakeName;
  readonly summary: string;
  readonly remedy: string;
  readonly detail?: string | undefined;
  readonly expectedBaseString?: string | undefined;
  readonly receivedBaseString?: string | undefined;
  readonly indistinguishableFrom?: readonly MistakeName[] | undefined;
}
interface Instrument {
  readonly conid: number;
  readonly symbol: string;
  readonly secType: "STK" | "IND" | "CASH" | "OPT";
  readonly companyName: string;
  readonly exchange: string;
  readonly currency: string;
  readonly level: number;
  readonly tick: number;
  readonly isTradable: boolean;
  readonly option?: OptionTerms | undefined;
}
interface OptionTerms {
  readonly underlyingConid: number;
  readonly strike: number;
  readonly right: "C" | "P";
  readonly description: string;
  readonly multiplier: number;
}
interface OrderFields {
  readonly conid: number;
  readonly side: "BUY" | "SELL" | "EXER";
  readonly orderType: string;
  readonly quantity: number;
  readonly price: number | undefined;
  readonly auxPrice: number | undefined;
  readonly timeInForce: string;
  readonly customerOrderId: string | undefined;
  readonly parentId: string | undefined;
  readonly isSingleGroup: boolean;
}
type OrderStatus = "PreSubmitted" | "Submitted" | "Filled" | "PendingCancel" | "Cancelled" | "Inactive";
interface Order extends OrderFields {
  readonly orderId: number;
  readonly accountId: string;
  readonly parentOrderId: number | undefined;
  readonly groupId: number | undefined;
  readonly placedAtMs: number;
  readonly status: OrderStatus;
  readonly filledQuantity: number;
  readonly averagePrice: number | undefined;
  readonly reason: string | undefined;
  readonly changedAtMs: number;
}
interface Execution {
  readonly executionId: string;
  readonly order: Order;
  readonly quantity: number;
  readonly price: number;
  readonly commission: number;
  readonly atMs: number;
}
type NewOrder = OrderFields & Pick<Order, "accountId" | "placedAtMs">;
declare class OrderBook {
  #private;
  place(orders: readonly NewOrder[], status?: OrderStatus | undefined): readonly Order[] | undefined;
  find(orderId: number): Order | undefined;
  findByCustomerOrderId(accountId: string, customerOrderId: string | undefined): Order | undefined;
  list(accountIds?: readonly string[]): readonly Order[];
  executions(accountIds?: readonly string[]): readonly Execution[];
  open(): readonly Order[];
  modify(order: Order, fields: OrderFields, atMs: number): Order;
  isWaiting(order: Order): boolean;
  trigger(order: Order, atMs: number): Order;
  cancel(order: Order, atMs: number): Order;
  reject(order: Order, reason: string, atMs: number): Order;
  complete(order: Order, atMs: number): Order;
  fill(order: Order, quantity: number, price: number, atMs: number): Execution;
  empty(): void;
  onChange(listener: (order: Order) => void): () => void;
  onExecution(listener: (execution: Execution) => void): () => void;
}
type Availability = "real-time" | "delayed" | "frozen" | "none";
interface Quote {
  readonly last: number;
  readonly bid: number | undefined;
  readonly ask: number | undefined;
  readonly bidSize: number;
  readonly askSize: number;
  readonly volume: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly availability: Availability;
}
declare class Quotes {
  #private;
  constructor(seed: number);
  get instruments(): readonly Instrument[];
  quote(conid: number, nowMs: number): Quote | undefined;
  priceAt(instrument: Instrument, atMs: number): number;
  setPrice(conid: number, price: number | undefined): void;
  setAvailability(conid: number, availability: Availability): void;
  onPrice(listener: (conid: number) => void): () => void;
  snapshotFields(conid: number, nowMs: number): Readonly<Record<string, string>>;
}
interface Question {
  readonly messageId: string;
  readonly text: string;
}
type OrderOutcome = {
  readonly kind: "placed";
  readonly orders: readonly Order[];
} | {
  readonly kind: "question";
  readonly replyId: string;
  readonly question: Question;
} | {
  readonly kind: "refused";
  readonly error: string;
};
declare class OrderDesk {
  #private;
  constructor(book: OrderBook, quotes: Quotes);
  place(username: string, orders: readonly NewOrder[], nowMs: number): OrderOutcome;
  modify(username: string, orderId: number, fields: OrderFields, nowMs: number): OrderOutcome;
  reply(username: string, replyId: string, isConfirmed: boolean): OrderOutcome | "void" | "unknown";
  voidQuestion(username: string): void;
  suppress(username: string, messageIds: readonly string[]): void;
  resetSuppressed(username: string): void;
  askNext(messageIds: readonly string[]): void;
  rejectNext(reason: string | undefined): void;
}
interface Position {
  readonly accountId: string;
  readonly conid: number;
  readonly quantity: number;
  readonly averagePrice: number;
  readonly realizedPnl: number;
}
interface Balance {
  readonly cash: number;
  readonly positionsValue: number;
  readonly netLiquidation: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
}
declare class Portfolio {
  #private;
  apply({
    order,
    quantity,
    price,
    commission
  }: Execution): void;
  exercise({
    accountId,
    conid,
    quantity
  }: Position, option: OptionTerms): void;
  position(accountId: string, conid: number): Position;
  set(position: Position): void;
  list(accountId: string): readonly Position[];
  cash(accountId: string): number;
  balance(accountId: string, quotes: Quotes, nowMs: number): Balance;
}
declare class Subscriptions {
  #private;
  request(session: object, conid: number, nowMs: number): boolean;
  renew(session: object, conid: number, nowMs: number): boolean;
  isRunning(session: object, conid: number, nowMs: number): boolean;
  end(session: object, conid: number): boolean;
  endAll(session: object): void;
}
declare class Market {
  #private;
  readonly quotes: Quotes;
  readonly subscriptions: Subscriptions;
  readonly orders: OrderBook;
  readonly desk: OrderDesk;
  readonly portfolio: Portfolio;
  fillsMarketable: boolean;
  constructor(seed: number);
  fill(order: Order, quantity: number | undefined, price: number | undefined, nowMs: number): Execution;
  exercise(position: Position, option: OptionTerms, isFinal: boolean, nowMs: number): void;
  settle(nowMs: number): void;
}
interface PacingOptions {
  readonly penaltyMs?: number | undefined;
}
type PacingRefusal = "limit" | "penalty";
declare class PacingBox {
  #private;
  constructor(penaltyMs?: number);
  refusal(username: string, method: string, path: string, nowMs: number): PacingRefusal | undefined;
  penaltyUntilMs(username: string, nowMs: number): number | undefined;
  pardon(): void;
}
interface StreamOptions {
  readonly greetingDelayMs?: number | undefined;
  readonly heartbeatMs?: number | undefined;
  readonly updateMs?: number | undefined;
  readonly silenceMs?: number | undefined;
  readonly binary?: boolean | undefined;
}
interface StreamSettings {
  readonly greetingDelayMs: number;
  readonly heartbeatMs: number;
  readonly updateMs: number;
  readonly silenceMs: number;
  readonly binary: boolean;
}
type QuerySigningOption = StrictForm | "both";
interface SandboxOptions {
  readonly credentials?: CredentialsInput | readonly CredentialsInput[] | undefined;
  readonly querySigning?: QuerySigningOption | undefined;
  readonly lenient?: boolean | undefined;
  readonly firstParty?: boolean | undefined;
  readonly clockToleranceSeconds?: number | undefined;
  readonly liveSessionTokenLifetimeMs?: number | undefined;
  readonly liveSessionTokensPerAccessToken?: number | undefined;
  readonly tokenEndEndsBrokerageSession?: boolean | undefined;
  readonly accessTokenLifetimeSeconds?: number | undefined;
  readonly pacing?: boolean | PacingOptions | undefined;
  readonly idleTimeoutMs?: number | undefined;
  readonly requestTokenLifetimeMs?: number | undefined;
  readonly publicAddress?: string | undefined;
  readonly nonceCapacity?: number | undefined;
  readonly logCapacity?: number | undefined;
  readonly maximumBodyBytes?: number | undefined;
  readonly allowedHosts?: readonly string[] | undefined;
  readonly stream?: StreamOptions | undefined;
  readonly seed?: number | undefined;
  readonly now?: (() => number) | undefined;
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}
interface CreateSandboxOptions extends SandboxOptions {
  readonly origin?: string | undefined;
}
interface StartSandboxOptions extends SandboxOptions {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly tls?: boolean | undefined;
  readonly allowNonLoopback?: boolean | undefined;
}
interface Settings {
  readonly strictForms: readonly StrictForm[];
  readonly lenient: boolean;
  readonly firstParty: boolean;
  readonly clockToleranceSeconds: number;
  readonly liveSessionTokenLifetimeMs: number;
  readonly liveSessionTokensPerAccessToken: number;
  readonly tokenEndEndsBrokerageSession: boolean;
  readonly accessTokenLifetimeSeconds: number;
  readonly pacing: PacingOptions | undefined;
  readonly idleTimeoutMs: number;
  readonly requestTokenLifetimeMs: number;
  readonly publicAddress: string | undefined;
  readonly nonceCapacity: number;
  readonly logCapacity: number;
  readonly maximumBodyBytes: number;
  readonly allowedHosts: readonly string[];
  readonly stream: StreamSettings;
  readonly seed: number;
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}
interface ApiSession {
  readonly kind: "oauth1" | "sso";
  readonly username: string;
  readonly createdAtMs: number;
  readonly cookie: string;
  readonly uuid: string;
  readonly expiresAtMs: number;
  readonly ip: string | undefined;
  lastActivityMs: number;
  cookiesSent: boolean;
  ordersFetched: boolean;
  selectedAccountId: string | undefined;
  loggedOut: boolean;
  endedByFault: boolean;
}
interface ExchangeRecord {
  readonly challengeHex: string;
  readonly exponent: Uint8Array;
  readonly prime: bigint;
  readonly accessTokenSecret: Uint8Array;
}
declare class LiveSession {
  #private;
  readonly session: ApiSession;
  readonly expiresAtMs: number;
  readonly signer: Signer<string>;
  constructor(token: Uint8Array, session: ApiSession, exchange: ExchangeRecord);
  isLive(nowMs: number): boolean;
  reveal(): Uint8Array;
  sharedSecret(): bigint;
  revealExchange(): ExchangeRecord;
}
interface AccessToken {
  readonly value: string;
  readonly consumerKey: string;
  readonly username: string;
  readonly secret: Uint8Array;
  readonly encryptedSecret: string;
  liveSessions: readonly LiveSession[];
  replaced: readonly LiveSession[];
}
declare class AccessTokens {
  #private;
  constructor(capacity?: number);
  add(token: AccessToken): boolean;
  find(value: string): AccessToken | undefined;
  ofConsumer(consumerKey: string): readonly AccessToken[];
  all(): readonly AccessToken[];
}
declare class ExpiringMap<Value extends {
  readonly expiresAtMs: number;
}> {
  #private;
  constructor(capacity: number);
  get size(): number;
  get(key: string): Value | undefined;
  set(key: string, value: Value, nowMs: number): boolean;
  delete(key: string): void;
  values(): IterableIterator<Value>;
}
interface GatewayBearer {
  readonly kind: "gateway";
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
  readonly expiresAtMs: number;
}
interface SsoBearer {
  readonly kind: "sso";
  readonly session: ApiSession;
  readonly addresses: readonly string[];
  readonly expiresAtMs: number;
}
type Bearer = GatewayBearer | SsoBearer;
type Bearers = ExpiringMap<Bearer>;
interface BrokerageStatus {
  readonly authenticated: boolean;
  readonly established: boolean;
  readonly competing: boolean;
  readonly connected: boolean;
}
declare class BrokerageSessions {
  #private;
  constructor(idleTimeoutMs: number, endsWithToken: boolean);
  onChange(listener: (username: string) => void): () => void;
  holder(username: string, nowMs: number): ApiSession | "elsewhere" | undefined;
  init(session: ApiSession, compete: boolean, nowMs: number): BrokerageStatus;
  status(session: ApiSession, nowMs: number): BrokerageStatus;
  loadAccounts(session: ApiSession): void;
  end(session: ApiSession): void;
  lose(username?: string): void;
  takeElsewhere(username: string): void;
}
interface BrowserSession {
  readonly username: string;
  readonly expiresAtMs: number;
  used: boolean;
}
declare class BrowserSessions {
  #private;
  open(username: string, nowMs: number): string | undefined;
  use(id: string, nowMs: number): BrowserSession | undefined;
}
declare class Clock {
  #private;
  offsetMs: number;
  constructor(now: () => number);
  nowMs(): number;
}
interface Consumer {
  readonly consumerKey: string;
  readonly realm: string;
  readonly callbackUrl: string;
  readonly signingKey: KeyObject;
  readonly encryptionKey: KeyObject;
  readonly verifier: Verifier;
  readonly dhParams: DhParams;
  readonly firstParty: boolean;
}
interface Oauth2Client {
  readonly clientId: string;
  readonly keys: ReadonlyMap<string, () => Promise<VerificationKey>>;
  readonly scopes: readonly string[];
  readonly credentials: readonly string[];
}
declare class Oauth2Clients {
  #private;
  constructor(clients: readonly Oauth2Client[]);
  find(clientId: string): Oauth2Client | undefined;
  all(): readonly Oauth2Client[];
  findKey(keyId: string, clientId?: string): Promise<ClientKeyRecord | undefined>;
}
interface RequestToken {
  readonly value: string;
  readonly consumerKey: string;
  readonly expiresAtMs: number;
  username: string | undefined;
  verifier: string | undefined;
  state: "issued" | "approved" | "cancelled" | "used";
}
declare class RequestTokens {
  #private;
  constructor(lifetimeMs: number, capacity?: number);
  issue(consumerKey: string, nowMs: number): RequestToken | undefined;
  find(value: string, nowMs: number): RequestToken | undefined;
  approve(token: RequestToken, username: string): string;
}
interface Account {
  readonly accountId: string;
  readonly isPaper: boolean;
}
interface User {
  readonly username: string;
  readonly accounts: readonly Account[];
}
declare class Users {
  #private;
  constructor(accountsByUsername: ReadonlyMap<string, readonly string[]>);
  find(username: string): User | undefined;
  all(): readonly User[];
  accountIds(username: string): readonly string[];
  isPaper(username: string): boolean;
}
interface SandboxState {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly origin: string;
  readonly consumers: ReadonlyMap<string, Consumer>;
  readonly clients: Oauth2Clients;
  readonly users: Users;
  readonly requestTokens: RequestTokens;
  readonly accessTokens: AccessTokens;
  readonly brokerage: BrokerageSessions;
  readonly bearers: Bearers;
  readonly browserSessions: BrowserSessions;
  readonly market: Market;
  readonly pacing: PacingBox | undefined;
  readonly nonces: MemoryNonceStore;
  readonly tokenIds: MemoryReplayStore;
  readonly closing: AbortController;
  liveSessionTokenLifetimeMs: number;
}
type FaultMoment = "before" | "after";
type FaultEffect = {
  readonly kind: "status";
  readonly status: number;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  readonly when?: FaultMoment | undefined;
} | {
  readonly kind: "pacing";
  readonly retryAfterSeconds?: number | undefined;
} | {
  readonly kind: "delay";
  readonly ms: number;
} | {
  readonly kind: "drop";
  readonly when?: FaultMoment | undefined;
} | {
  readonly kind: "truncate";
  readonly bytes?: number | undefined;
} | {
  readonly kind: "garbage";
  readonly when?: FaultMoment | undefined;
} | {
  readonly kind: "html";
  readonly status?: number | undefined;
  readonly when?: FaultMoment | undefined;
};
interface FaultScope {
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly times?: number | "unlimited" | undefined;
  readonly skip?: number | undefined;
  readonly probability?: number | undefined;
}
type FaultRule = FaultEffect & FaultScope;
interface FaultHandle {
  readonly id: number;
  readonly rule: FaultRule;
  readonly hits: number;
  remove(): void;
}
declare class FaultRules {
  #private;
  constructor(seed: number);
  add(input: FaultRule): FaultHandle;
  onChange(listener: () => void): () => void;
  remove(id: number): void;
  clear(): void;
  reseed(seed: number): void;
  list(): readonly {
    readonly id: number;
    readonly rule: FaultRule;
    readonly hits: number;
  }[];
  strike(method: string, path: string): FaultRule | undefined;
}
declare class Faults {
  #private;
  constructor(rules: FaultRules, state: SandboxState);
  add(rule: FaultRule): FaultHandle;
  onChange(listener: () => void): () => void;
  list(): readonly {
    readonly id: number;
    readonly rule: FaultRule;
    readonly hits: number;
  }[];
  remove(id: number): void;
  clear(): void;
  reseed(seed: number): void;
  expireLiveSessionTokens(): void;
  setLiveSessionTokenLifetime(ms: number): void;
  setClockOffset(ms: number): void;
  pardonPacing(): void;
  loseBrokerageSession(username?: string): void;
  compete(username?: string): void;
}
type Verdict = "accepted" | "refused" | "open" | "fault";
interface LogEntry {
  readonly id: number;
  readonly atMs: number;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly verdict: Verdict;
  readonly client?: string | undefined;
  readonly signedAs?: string | undefined;
  readonly explanation?: Explanation | undefined;
  readonly fault?: string | undefined;
}
declare function formatEntry(entry: LogEntry): string;
declare class RequestLog {
  #private;
  constructor(capacity: number);
  get entries(): readonly LogEntry[];
  get last(): LogEntry | undefined;
  get refused(): readonly LogEntry[];
  get(id: number): LogEntry | undefined;
  subscribe(listener: (entry: LogEntry) => void): () => void;
  onClear(listener: () => void): () => void;
  clear(): void;
  add(entry: LogEntry): void;
}
declare class MarketScript {
  #private;
  constructor(market: Market, now: () => number);
  get instruments(): readonly Instrument[];
  quote(conid: number): Quote;
  get executions(): readonly Execution[];
  setPrice(conid: number, price: number | undefined): void;
  setAvailability(conid: number, availability: Availability): void;
  onPrice(listener: (conid: number) => void): () => void;
  onOrder(listener: (order: Order) => void): () => void;
  fill(orderId: number, options?: {
    readonly quantity?: number | undefined;
    readonly price?: number | undefined;
  }): Execution;
  reject(orderId: number, reason: string): void;
  cancel(orderId: number): void;
  rejectNext(reason: string | undefined): void;
  askNext(...messageIds: readonly string[]): void;
  fillMarketable(isWanted: boolean): void;
  setPosition(accountId: string, conid: number, quantity: number, averagePrice?: number | undefined): void;
  emptyBook(): void;
}
interface AcceptedSocket {
  readonly OPEN: number;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string | Uint8Array, options: {
    readonly binary: boolean;
    readonly fin: boolean;
  }): void;
  close(code?: number): void;
  terminate(): void;
  on(event: "message", listener: (data: Uint8Array | ArrayBuffer | Uint8Array[]) => void): unknown;
  on(event: "pong", listener: () => void): unknown;
  on(event: "close", listener: (code: number) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  once(event: "close", listener: () => void): unknown;
}
interface StreamCaller {
  readonly sessions: readonly ApiSession[];
  readonly session: ApiSession | undefined;
}
interface FrameEntry {
  readonly connection: number;
  readonly atMs: number;
  readonly direction: "received" | "sent";
  readonly text: string;
  readonly note?: string | undefined;
}
declare class FrameLog {
  #private;
  constructor(capacity: number);
  get entries(): readonly FrameEntry[];
  subscribe(listener: (entry: FrameEntry) => void): () => void;
  clear(): void;
  add(entry: FrameEntry): void;
}
declare class Streams {
  #private;
  readonly frames: FrameLog;
  constructor(state: SandboxState);
  get open(): number;
  drop(): void;
  close(code?: number): void;
  freeze(isFrozen?: boolean): void;
  slow(delayMs: number): void;
  split(isSplit?: boolean): void;
  binary(isBinary?: boolean): void;
  garbage(text?: string): void;
  status(args: Readonly<Record<string, boolean | string>>): void;
  notify(notification: Readonly<Record<string, unknown>>): void;
  bulletin(message: string): void;
  accept(socket: AcceptedSocket, caller: StreamCaller): void;
}
interface Approval {
  readonly verifier: string;
  readonly callbackUrl: string;
}
interface ApproveOptions {
  readonly username?: string | undefined;
  readonly redirectUri?: string | undefined;
}
interface Sandbox {
  readonly url: string;
  readonly credentials: SandboxCredentials;
  readonly registrations: readonly SandboxCredentials[];
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly market: MarketScript;
  readonly streams: Streams;
  readonly orders: readonly Order[];
  approve(requestToken: string, options?: ApproveOptions | undefined): Approval;
  handle(request: Request, options?: {
    readonly asSent?: boolean | undefined;
  }): Promise<Response>;
}
declare function createSandbox(options?: CreateSandboxOptions): Promise<Sandbox>;
interface RunningSandbox extends Sandbox, AsyncDisposable {
  close(): Promise<void>;
}
declare function startSandbox(options?: StartSandboxOptions): Promise<RunningSandbox>;
export { type AccessTokenInput, type Approval, type ApproveOptions, type Availability, type CreateSandboxOptions, type CredentialsFile, type CredentialsInput, type Execution, type Explanation, type FaultEffect, type FaultHandle, type FaultMoment, type FaultRule, type FaultScope, type Faults, type FrameEntry, type FrameLog, type Instrument, type IssuedAccessToken, type KeyInput, type LogEntry, type MarketScript, type MistakeName, type Oauth2Credentials, type Oauth2CredentialsInput, type Order, type OrderFields, type OrderStatus, type PacingOptions, type QuerySigningOption, type Quote, type RequestLog, type RunningSandbox, type Sandbox, type SandboxCredentials, SandboxError, type SandboxErrorCode, type SandboxOptions, type StartSandboxOptions, type StreamOptions, type Streams, type UserInput, type Verdict, createSandbox, formatEntry, isSandboxError, readCredentials, startSandbox, writeCredentials };