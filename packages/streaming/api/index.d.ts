// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
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
interface ListenerErrorEvent {
  readonly listener: string;
  readonly error: unknown;
}
interface ListenerErrors {
  readonly "ibkr-auth:listener-error": ListenerErrorEvent;
}
interface ToldError {
  readonly code: string | undefined;
  readonly message: string;
}
interface StreamBrokerage {
  readonly authenticated?: boolean | undefined;
  readonly connected?: boolean | undefined;
  readonly established?: boolean | undefined;
  readonly competing?: boolean | undefined;
  readonly message?: string | undefined;
}
type LostReason = "connect-failed" | "refused" | "timeout" | "no-greeting" | "no-heartbeat" | "closed" | "competing" | "new-credential";
interface Counts {
  readonly failures: number;
  readonly pauses: number;
}
type ConnectionState = {
  readonly name: "idle";
} | {
  readonly name: "connecting";
  readonly counts: Counts;
  readonly attempt: number;
  readonly sinceMs: number;
} | {
  readonly name: "opening";
  readonly counts: Counts;
  readonly attempt: number;
  readonly sinceMs: number;
} | {
  readonly name: "greeting";
  readonly counts: Counts;
  readonly attempt: number;
  readonly sinceMs: number;
  readonly sessionSent: boolean;
} | {
  readonly name: "open";
  readonly counts: Counts;
  readonly attempt: number;
  readonly sinceMs: number;
  readonly heartbeatAtMs: number;
  readonly ticAtMs: number;
  readonly brokerage: StreamBrokerage;
} | {
  readonly name: "waiting";
  readonly counts: Counts;
  readonly attempt: number;
  readonly untilMs: number;
  readonly reason: LostReason;
} | {
  readonly name: "paused";
  readonly counts: Counts;
  readonly attempt: number;
  readonly untilMs: number;
  readonly reason: LostReason;
} | {
  readonly name: "closed";
};
type StreamState = ConnectionState["name"];
type Frame = Readonly<Record<string, unknown>>;
type StaleReason = "not-connected" | "renewal-refused" | "no-brokerage-session";
type StreamItem<Value> = {
  readonly kind: "update";
  readonly value: Value;
  readonly receivedAtMs: number; /** `undefined`: as current as IBKR's heartbeat and the last renewal show. Silence alone proves nothing. */
  readonly stale: StaleReason | undefined;
} | {
  readonly kind: "gap";
  readonly fromMs: number;
  readonly toMs: number;
} | {
  readonly kind: "caught-up";
  readonly value: unknown;
  readonly fromMs: number;
  readonly toMs: number;
};
interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}
type StreamEvent = {
  readonly type: "state";
  readonly atMs: number;
  readonly from: StreamState;
  readonly to: StreamState;
  readonly reason: LostReason | undefined;
} | {
  readonly type: "error";
  readonly atMs: number;
  readonly error: unknown;
} | ({
  readonly type: "gap";
  readonly atMs: number;
} & Gap) | {
  readonly type: "brokerage";
  readonly atMs: number;
  readonly brokerage: StreamBrokerage;
};
type StreamListener = (event: StreamEvent) => void;
type Told<Type extends StreamEvent["type"]> = Extract<StreamEvent, {
  readonly type: Type;
}> & StreamIdentity;
interface StreamIdentity {
  readonly stream: number;
}
interface ToldStreamError extends StreamIdentity {
  readonly type: "error";
  readonly atMs: number;
  readonly error: ToldError;
}
interface StreamEvents extends ListenerErrors {
  readonly "ibkr-auth:stream:state": Told<"state">;
  readonly "ibkr-auth:stream:gap": Told<"gap">;
  readonly "ibkr-auth:stream:brokerage": Told<"brokerage">;
  readonly "ibkr-auth:stream:error": ToldStreamError;
}
declare function onStreamEvent<Name extends keyof StreamEvents>(name: Name, listener: (event: StreamEvents[Name]) => void): () => void;
interface Clock {
  now(): number;
  monotonicNow(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}
declare const systemClock: Clock;
interface ConnectionRules {
  readonly connectTimeoutMs: number;
  readonly openTimeoutMs: number;
  readonly greetingTimeoutMs: number;
  readonly heartbeatTimeoutMs: number;
  readonly ticIntervalMs: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  readonly pauseBaseMs: number;
}
declare const codes: readonly ["ERR_STREAM_INVALID_INPUT", "ERR_STREAM_CLOSED", "ERR_STREAM_REFUSED", "ERR_STREAM_BAD_FRAME", "ERR_STREAM_SUBSCRIPTION_REFUSED", "ERR_STREAM_LIMIT", "ERR_STREAM_OVERFLOW"];
type StreamErrorCode = (typeof codes)[number];
declare class StreamError extends Error {
  override readonly name = "StreamError";
  readonly code: StreamErrorCode;
  readonly status: number | undefined;
  constructor(code: StreamErrorCode, message: string, options?: {
    readonly status?: number | undefined;
    readonly cause?: unknown;
  });
}
declare function isStreamError(value: unknown): value is StreamError;
interface SocketListener {
  opened(): void;
  message(data: string | Uint8Array): void;
  closed(code: number): void;
  refused(error: StreamError): void;
}
interface StreamSocket {
  send(text: string): void;
  drop(): void;
}
interface SocketAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}
type OpenSocket = (address: SocketAddress, listener: SocketListener) => StreamSocket;
interface StreamDispatcher {
  dispatch(options: never, handler: never): boolean;
}
type SecretTextLike = string | {
  reveal(): string;
};
interface Topic<Value> {
  readonly subscribe: string;
  readonly unsubscribe: (serverId: string | undefined) => string | undefined;
  readonly frameTopic: string;
  readonly asked: boolean;
  readonly delivery: "newest" | "every";
  readonly renewAfterMs: number | undefined;
  readonly confirmed: "by-frame" | "by-asking";
  readonly takes: "market-data-line" | "history-request" | undefined;
  readonly read: (frame: Frame, previous: Value | undefined, receivedAtMs: number) => Value | undefined;
}
interface SubscribeOptions {
  readonly catchUp?: ((gap: Gap) => unknown) | undefined;
  readonly queueCapacity?: number | undefined;
}
interface Subscription<Value> extends AsyncIterable<StreamItem<Value>> {
  readonly topic: string;
  readonly confirmed: Promise<void>;
  on(listener: (item: StreamItem<Value>) => void): () => void;
  close(): void;
  [Symbol.asyncDispose](): Promise<void>;
}
interface Limits {
  readonly marketDataLines: number;
  readonly historyRequests: number;
}
interface StreamTicket {
  readonly query: {
    readonly name: "oauth_token" | "bearer_token";
    readonly value: SecretTextLike;
  };
  readonly session: string;
}
interface StreamOptions {
  readonly url: string;
  readonly connect: (context: {
    readonly signal: AbortSignal;
  }) => Promise<StreamTicket>;
  readonly onCredential?: ((listener: () => void) => () => void) | undefined;
  readonly dispatcher?: StreamDispatcher | undefined;
  readonly openSocket?: OpenSocket | undefined;
  readonly userAgent?: string | undefined;
  readonly rules?: Partial<ConnectionRules> | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly maximumFrameBytes?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
}
interface StreamHealth {
  readonly ok: boolean;
  readonly waitingFor: StreamWaitingFor | undefined;
  readonly remedy: string | undefined;
}
interface StreamWaitingFor {
  readonly what: "answer" | "retry" | "other-session" | "caller";
  readonly untilMs: number | undefined;
  readonly why: string;
}
interface StreamStatus {
  readonly id: number;
  readonly state: StreamState;
  readonly sinceMs: number;
  readonly reason: LostReason | undefined;
  readonly lastError: string | undefined;
  readonly retryAtMs: number | undefined;
  readonly heartbeatAtMs: number | undefined;
  readonly brokerage: StreamBrokerage;
  readonly connections: number;
  readonly marketDataLines: {
    readonly taken: number;
    readonly limit: number;
  };
  readonly subscriptions: readonly {
    readonly topic: string;
    readonly confirmed: boolean;
    readonly stale: StaleReason | undefined;
    readonly receivedAtMs: number | undefined;
    readonly readers: number;
  }[];
}
interface Stream {
  subscribe<Value>(topic: Topic<Value>, options?: SubscribeOptions): Subscription<Value>;
  ready(options?: {
    readonly signal?: AbortSignal | undefined;
  }): Promise<void>;
  status(): StreamStatus;
  health(): StreamHealth;
  on(listener: StreamListener): () => void;
  close(): void;
  [Symbol.asyncDispose](): Promise<void>;
}
declare function createStream(options: StreamOptions): Stream;
declare const names: readonly ["last", "symbol", "high", "low", "marketValue", "averagePrice", "unrealizedProfitAndLoss", "change", "changePercent", "bid", "askSize", "ask", "volume", "bidSize", "exchange", "contractId", "marketDataMarker", "availability", "lastSize", "markPrice", "open", "close", "priorClose"];
type MarketDataFieldName = (typeof names)[number];
declare const marketDataFields: Readonly<Record<MarketDataFieldName, string>>;
type MarketDataField = MarketDataFieldName | `${number}`;
type Availability = "real-time" | "delayed" | "frozen" | "frozen-delayed" | "not-subscribed" | "unknown";
interface Quote {
  readonly conid: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly availability: Availability;
  readonly updatedAtMs: number | undefined;
  readonly receivedAtMs: number;
}
declare function marketData(conid: number, fields: readonly MarketDataField[], options?: {
  readonly exchange?: string | undefined;
}): Topic<Quote>;
type Row = Readonly<Record<string, unknown>>;
declare function orders(filters?: readonly string[]): Topic<readonly Row[]>;
declare function trades(options?: {
  readonly realtimeUpdatesOnly?: boolean | undefined;
  readonly days?: number | undefined;
}): Topic<readonly Row[]>;
declare function profitAndLoss(): Topic<Readonly<Record<string, Row>>>;
type AccountValues = Readonly<Record<string, Row>>;
declare function accountSummary(accountId: string, options?: {
  readonly keys?: readonly string[] | undefined;
  readonly fields?: readonly string[] | undefined;
}): Topic<AccountValues>;
declare function ledger(accountId: string, options?: {
  readonly keys?: readonly string[] | undefined;
  readonly fields?: readonly string[] | undefined;
}): Topic<AccountValues>;
interface HistoryOptions {
  readonly period: string;
  readonly bar: string;
  readonly exchange?: string | undefined;
  readonly outsideRth?: boolean | undefined;
  readonly source?: "midpoint" | "trades" | "bid_ask" | "bid" | "ask" | undefined;
  readonly format?: string | undefined;
}
declare function history(conid: number, options: HistoryOptions): Topic<Row>;
declare function depth(accountId: string, conid: number, options?: {
  readonly exchange?: string | undefined;
}): Topic<readonly Row[]>;
declare function notifications(): Topic<readonly Row[]>;
declare function bulletins(): Topic<readonly Row[]>;
declare function topic(subscribe: string, options?: {
  readonly unsubscribe?: string | undefined;
  readonly frameTopic?: string | undefined;
}): Topic<Row>;
export { type AccountValues, type Availability, type Clock, type ConnectionRules, type Frame, type Gap, type Health, type Healthy, type HistoryOptions, type Limits, type LostReason, type MarketDataField, type MarketDataFieldName, type OpenSocket, type OverallHealth, type PartHealth, type Quote, type Row, type SocketAddress, type SocketListener, type StaleReason, type Stream, type StreamBrokerage, type StreamDispatcher, StreamError, type StreamErrorCode, type StreamEvent, type StreamEvents, type StreamHealth, type StreamIdentity, type StreamItem, type StreamListener, type StreamOptions, type StreamSocket, type StreamState, type StreamStatus, type StreamTicket, type StreamWaitingFor, type SubscribeOptions, type Subscription, type ToldStreamError, type Topic, accountSummary, bulletins, createStream, depth, healthOf, history, isStreamError, ledger, marketData, marketDataFields, notifications, onStreamEvent, orders, profitAndLoss, systemClock, topic, trades };