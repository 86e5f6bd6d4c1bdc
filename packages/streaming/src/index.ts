export { type Clock, systemClock } from '@ibkr-auth/internal/clock'
export {
  type Health,
  type Healthy,
  healthOf,
  type OverallHealth,
  type PartHealth,
} from '@ibkr-auth/internal/health'
export {
  onStreamEvent,
  type StreamEvents,
  type StreamIdentity,
  type ToldStreamError,
} from './channels.ts'
export type { ConnectionRules } from './connection/rules.ts'
export type {
  OpenSocket,
  SocketAddress,
  SocketListener,
  StreamDispatcher,
  StreamSocket,
} from './connection/socket.ts'
export type { Frame, LostReason, StreamBrokerage, StreamState } from './connection/state.ts'
export { createStream } from './create-stream.ts'
export { isStreamError, StreamError, type StreamErrorCode } from './errors.ts'
export type { StreamEvent, StreamListener } from './events.ts'
export type { StreamHealth, StreamWaitingFor } from './health.ts'
export type { StreamOptions, StreamTicket } from './options.ts'
export type { Stream, StreamStatus } from './stream.ts'
export type { AskCatchUp } from './subscriptions/catch-up.ts'
export type { FeedStatus as SubscriptionStatus } from './subscriptions/feed.ts'
export type { Gap, StaleReason, StreamItem } from './subscriptions/items.ts'
export type { Limits } from './subscriptions/limits.ts'
export type { SubscribeOptions, Subscription } from './subscriptions/subscription.ts'
export {
  type AccountTopicOptions,
  type AccountValues,
  accountSummary,
  ledger,
  profitAndLoss,
} from './topics/accounts.ts'
export { depth, type HistoryOptions, history } from './topics/charts.ts'
export {
  type Availability,
  type MarketDataField,
  type MarketDataFieldName,
  marketDataFields,
  quoteNumber,
} from './topics/fields.ts'
export { marketData, type Quote, type QuoteFields } from './topics/market-data.ts'
export { bulletins, frames, notifications, topic } from './topics/others.ts'
export type { Row } from './topics/rows.ts'
export type { FrameReader, Parameters as TopicParameters, Topic } from './topics/topic.ts'
export { orders, trades } from './topics/trading.ts'
