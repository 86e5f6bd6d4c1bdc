// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
interface Clock {
  now(): number;
  monotonicNow(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}
declare const systemClock: Clock;
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
  readonly fail?: string | undefined;
}
type LostReason = "connect-failed" | "refused" | "unreachable" | "timeout" | "no-greeting" | "no-heartbeat" | "closed" | "competing" | "no-brokerage-session" | "new-credential";
interface Counts {
  readonly failures: number;
  readonly brief: number;
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
  readonly sessionSent: boolean; /** What `sts` frames told before the greeting: their order is not promised. */
  readonly brokerage: StreamBrokerage;
} | {
  readonly name: "open";
  readonly counts: Counts;
  readonly attempt: number;
  readonly sinceMs: number;
  readonly heartbeatAtMs: number;
  readonly ticAtMs: number;
  readonly brokerage: StreamBrokerage; /** Since when there is no brokerage session; `undefined` while there is one. */
  readonly brokerageLostAtMs: number | undefined;
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
  readonly reason: LostReason; /** The address is barred (429): no other credential helps before it is over. */
  readonly barred: boolean;
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
interface ConnectionRules {
  readonly connectTimeoutMs: number;
  readonly openTimeoutMs: number;
  readonly greetingTimeoutMs: number;
  readonly heartbeatTimeoutMs: number;
  readonly ticIntervalMs: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  readonly pauseBaseMs: number;
  readonly penaltyMs: number;
  readonly brokerageTimeoutMs: number;
  readonly catchUpTimeoutMs: number;
}
interface SocketListener {
  opened(): void;
  message(data: string | Uint8Array): void;
  closed(code: number): void;
  refused(error: unknown): void;
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
  readonly parameters: Parameters | undefined;
  readonly unsubscribe: (serverId: string | undefined) => string | undefined;
  readonly frameTopic: string;
  readonly asked: boolean;
  readonly needsBrokerage: boolean;
  readonly delivery: "newest" | "every";
  readonly replays: "value" | "asking" | "nothing";
  readonly renewAfterMs: number | undefined;
  readonly confirmed: "by-frame" | "by-asking";
  readonly takes: "market-data-line" | "history-request" | undefined;
  readonly open: () => FrameReader<Value>;
  readonly filter: (() => ItemFilter<Value>) | undefined;
}
type ItemFilter<Value> = {
  pass(value: Value): Value | undefined;
}["pass"];
interface FrameReader<Value> {
  read(frame: Frame, receivedAtMs: number): Value | undefined;
  newest(): Value | undefined;
}
type Parameters = Readonly<Record<string, readonly string[] | number | boolean | undefined>>;
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
type SomeOf<Members> = { readonly [Name in keyof Members]?: Members[Name] | undefined };
interface StreamOptions {
  readonly url: string;
  readonly connect: (context: {
    readonly signal: AbortSignal;
  }) => Promise<StreamTicket>;
  readonly onCredential?: ((listener: () => void) => () => void) | undefined;
  readonly dispatcher?: StreamDispatcher | undefined;
  readonly openSocket?: OpenSocket | undefined;
  readonly userAgent?: string | undefined;
  readonly rules?: SomeOf<ConnectionRules> | undefined;
  readonly limits?: SomeOf<Limits> | undefined;
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
declare const codes: readonly ["ERR_STREAM_INVALID_INPUT", "ERR_STREAM_CLOSED", "ERR_STREAM_NOT_OPEN", "ERR_STREAM_REFUSED", "ERR_STREAM_BAD_FRAME", "ERR_STREAM_SUBSCRIPTION_REFUSED", "ERR_STREAM_LIMIT", "ERR_STREAM_OVERFLOW", "ERR_STREAM_CATCH_UP"];
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
type AskCatchUp = (gap: Gap, context: {
  readonly signal: AbortSignal;
}) => unknown;
interface SubscribeOptions {
  readonly catchUp?: AskCatchUp | undefined;
  readonly queueCapacity?: number | undefined;
}
interface Subscription<Value> extends AsyncIterable<StreamItem<Value>> {
  readonly topic: string;
  readonly confirmed: Promise<void>;
  on(listener: (item: StreamItem<Value>) => void, ended?: (error: unknown) => void): () => void;
  close(): void;
  [Symbol.asyncDispose](): Promise<void>;
  [Symbol.asyncIterator](): AsyncIterator<StreamItem<Value>>;
}
interface FeedStatus {
  readonly topic: string;
  readonly confirmed: boolean;
  readonly stale: StaleReason | undefined;
  readonly receivedAtMs: number | undefined;
  readonly readers: number;
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
  readonly subscriptions: readonly FeedStatus[];
}
interface Stream {
  subscribe<Value>(topic: Topic<Value>, options?: SubscribeOptions): Subscription<Value>;
  send(text: string): void;
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
type Row = Readonly<Record<string, unknown>>;
type AccountValues = Readonly<Record<string, Row>>;
declare function profitAndLoss(): Topic<AccountValues>;
interface AccountTopicOptions {
  readonly keys?: readonly string[] | undefined;
  readonly fields?: readonly string[] | undefined;
}
declare function accountSummary(accountId: string, options?: AccountTopicOptions): Topic<AccountValues>;
declare function ledger(accountId: string, options?: AccountTopicOptions): Topic<AccountValues>;
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
declare const marketDataFields: {
  readonly last: "31";
  readonly symbol: "55";
  readonly text: "58";
  readonly high: "70";
  readonly low: "71";
  readonly marketValue: "73";
  readonly averagePrice: "74";
  readonly unrealizedProfitAndLoss: "75";
  readonly formattedPosition: "76";
  readonly formattedUnrealizedProfitAndLoss: "77";
  readonly dailyProfitAndLoss: "78";
  readonly realizedProfitAndLoss: "79";
  readonly unrealizedProfitAndLossPercent: "80";
  readonly change: "82";
  readonly changePercent: "83";
  readonly bid: "84";
  readonly askSize: "85";
  readonly ask: "86";
  readonly volume: "87";
  readonly bidSize: "88";
  readonly right: "201";
  readonly exchange: "6004";
  readonly contractId: "6008";
  readonly securityType: "6070";
  readonly months: "6072";
  readonly regularExpiry: "6073";
  readonly marketDataMarker: "6119";
  readonly underlyingContractId: "6457";
  readonly serviceParameters: "6508";
  readonly availability: "6509";
  readonly companyName: "7051";
  readonly askExchange: "7057";
  readonly lastExchange: "7058";
  readonly lastSize: "7059";
  readonly bidExchange: "7068";
  readonly impliedToHistoricalVolatility: "7084";
  readonly putCallInterest: "7085";
  readonly putCallVolume: "7086";
  readonly historicalVolatility: "7087";
  readonly historicalVolatilityClose: "7088";
  readonly optionVolume: "7089";
  readonly contractIdAndExchange: "7094";
  readonly canBeTraded: "7184";
  readonly contractDescription: "7219";
  readonly contractDescriptionLong: "7220";
  readonly listingExchange: "7221";
  readonly industry: "7280";
  readonly category: "7281";
  readonly averageVolume: "7282";
  readonly optionImpliedVolatility: "7283";
  readonly putCallRatio: "7285";
  readonly dividendAmount: "7286";
  readonly dividendYield: "7287";
  readonly dividendExDate: "7288";
  readonly marketCapitalization: "7289";
  readonly priceToEarnings: "7290";
  readonly earningsPerShare: "7291";
  readonly costBasis: "7292";
  readonly high52Weeks: "7293";
  readonly low52Weeks: "7294";
  readonly open: "7295";
  readonly close: "7296";
  readonly delta: "7308";
  readonly gamma: "7309";
  readonly theta: "7310";
  readonly vega: "7311";
  readonly optionVolumeChangePercent: "7607";
  readonly impliedVolatility: "7633";
  readonly markPrice: "7635";
  readonly shortableShares: "7636";
  readonly feeRate: "7637";
  readonly optionOpenInterest: "7638";
  readonly markValuePercent: "7639";
  readonly shortable: "7644";
  readonly dividends: "7671";
  readonly dividendsTrailing: "7672";
  readonly ema200: "7674";
  readonly ema100: "7675";
  readonly ema50: "7676";
  readonly ema20: "7677";
  readonly changeSinceOpen: "7682";
  readonly breakEven: "7695";
  readonly spxDelta: "7696";
  readonly futuresOpenInterest: "7697";
  readonly lastYield: "7698";
  readonly bidYield: "7699";
  readonly lastTradingDate: "7714";
  readonly issueDate: "7715";
  readonly beta: "7718";
  readonly askYield: "7720";
  readonly priorClose: "7741";
  readonly volumeLong: "7762";
  readonly hasTradingPermissions: "7768";
};
type MarketDataFieldName = keyof typeof marketDataFields;
type MarketDataField = MarketDataFieldName | `${number}`;
declare function quoteNumber(text: string | undefined): number | undefined;
type Availability = "real-time" | "delayed" | "frozen" | "frozen-delayed" | "not-subscribed" | "unknown";
type QuoteFields = Readonly<Partial<Record<MarketDataFieldName, string>>> & Readonly<Record<`${number}`, string | undefined>>;
interface Quote {
  readonly conid: number;
  readonly fields: QuoteFields;
  readonly availability: Availability;
  readonly updatedAtMs: number | undefined;
  readonly receivedAtMs: number;
}
declare function marketData(conid: number, fields: readonly MarketDataField[], options?: {
  readonly exchange?: string | undefined;
}): Topic<Quote>;
declare function notifications(): Topic<readonly Row[]>;
declare function bulletins(): Topic<readonly Row[]>;
declare function frames(frameTopic: string): Topic<Row>;
interface TopicTexts {
  readonly unsubscribe?: string | undefined;
  readonly frameTopic?: string | undefined;
}
declare function topic(subscribe: string, options?: TopicTexts): Topic<Row>;
declare function orders(filters?: readonly string[]): Topic<readonly Row[]>;
declare function trades(options?: {
  readonly realtimeUpdatesOnly?: boolean | undefined;
  readonly days?: number | undefined;
}): Topic<readonly Row[]>;
export { type AccountTopicOptions, type AccountValues, type AskCatchUp, type Availability, type Clock, type ConnectionRules, type Frame, type FrameReader, type Gap, type Health, type Healthy, type HistoryOptions, type Limits, type LostReason, type MarketDataField, type MarketDataFieldName, type OpenSocket, type OverallHealth, type PartHealth, type Quote, type QuoteFields, type Row, type SocketAddress, type SocketListener, type StaleReason, type Stream, type StreamBrokerage, type StreamDispatcher, StreamError, type StreamErrorCode, type StreamEvent, type StreamEvents, type StreamHealth, type StreamIdentity, type StreamItem, type StreamListener, type StreamOptions, type StreamSocket, type StreamState, type StreamStatus, type StreamTicket, type StreamWaitingFor, type SubscribeOptions, type Subscription, type FeedStatus as SubscriptionStatus, type ToldStreamError, type Topic, type Parameters as TopicParameters, accountSummary, bulletins, createStream, depth, frames, healthOf, history, isStreamError, ledger, marketData, marketDataFields, notifications, onStreamEvent, orders, profitAndLoss, quoteNumber, systemClock, topic, trades };