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
export { type Clock, systemClock } from './clock.ts'
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
export type { Limits } from './subscriptions/feeds.ts'
export type { Gap, StaleReason, StreamItem } from './subscriptions/items.ts'
export type { SubscribeOptions, Subscription } from './subscriptions/subscription.ts'
export {
  type Availability,
  type MarketDataField,
  type MarketDataFieldName,
  marketDataFields,
} from './topics/fields.ts'
export { marketData, type Quote } from './topics/market-data.ts'
export type { Topic } from './topics/topic.ts'
export {
  type AccountValues,
  accountSummary,
  bulletins,
  depth,
  type HistoryOptions,
  history,
  ledger,
  notifications,
  orders,
  profitAndLoss,
  type Row,
  topic,
  trades,
} from './topics/trading.ts'
