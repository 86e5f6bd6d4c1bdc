// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
import { KeyObject } from "node:crypto";
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
declare class Faults {
  #private;
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
  get entries(): readonly LogEntry[];
  get last(): LogEntry | undefined;
  get refused(): readonly LogEntry[];
  get(id: number): LogEntry | undefined;
  subscribe(listener: (entry: LogEntry) => void): () => void;
  clear(): void;
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
declare class MarketScript {
  #private;
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
interface PacingOptions {
  readonly penaltyMs?: number | undefined;
}
interface StreamOptions {
  readonly greetingDelayMs?: number | undefined;
  readonly heartbeatMs?: number | undefined;
  readonly updateMs?: number | undefined;
  readonly silenceMs?: number | undefined;
  readonly binary?: boolean | undefined;
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
interface FrameEntry {
  readonly connection: number;
  readonly atMs: number;
  readonly direction: "received" | "sent";
  readonly text: string;
  readonly note?: string | undefined;
}
declare class FrameLog {
  #private;
  get entries(): readonly FrameEntry[];
  subscribe(listener: (entry: FrameEntry) => void): () => void;
  clear(): void;
}
declare class Streams {
  #private;
  readonly frames: FrameLog;
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