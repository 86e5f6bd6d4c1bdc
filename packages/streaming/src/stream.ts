import type { LostReason, StreamBrokerage, StreamState } from './connection/state.ts'
import type { StreamListener } from './events.ts'
import type { StreamHealth } from './health.ts'
import type { FeedStatus } from './subscriptions/feed.ts'
import type { SubscribeOptions, Subscription } from './subscriptions/subscription.ts'
import type { Topic } from './topics/topic.ts'

/** A stream as people and probes see it; plain data without secrets. Times are ms since 1970. */
export interface StreamStatus {
  /** Number of the stream within this process, as channels name it. */
  readonly id: number
  readonly state: StreamState
  /** When the state began, in milliseconds since 1970. */
  readonly sinceMs: number
  /** Why there is no connection, if there is none. */
  readonly reason: LostReason | undefined
  /** Message of the last error, if it is this project's; of any other its code or name. */
  readonly lastError: string | undefined
  /** When it connects again. */
  readonly retryAtMs: number | undefined
  /** When IBKR's last heartbeat came. */
  readonly heartbeatAtMs: number | undefined
  readonly brokerage: StreamBrokerage
  /** Connections that were greeted. */
  readonly connections: number
  /** How many of IBKR's market data lines are taken, of how many. */
  readonly marketDataLines: { readonly taken: number; readonly limit: number }
  readonly subscriptions: readonly FeedStatus[]
}

/** IBKR's WebSocket with a life: it connects when something is subscribed, and comes back by itself. */
export interface Stream {
  /**
   * Subscribes to a topic, now or as soon as there is a connection, and again after each reconnection.
   *
   * @throws {StreamError} `ERR_STREAM_LIMIT`, `ERR_STREAM_CLOSED`, `ERR_STREAM_INVALID_INPUT`
   */
  subscribe<Value>(topic: Topic<Value>, options?: SubscribeOptions): Subscription<Value>
  /**
   * Says a message once, on the connection that there is, and never again: an answer in a dialogue, such as
   * `inp+exercise+{…}`. Whether it was heard only IBKR's frames tell.
   *
   * @throws {StreamError} `ERR_STREAM_NOT_OPEN`, `ERR_STREAM_CLOSED`, `ERR_STREAM_INVALID_INPUT`
   */
  send(text: string): void
  /** Resolves once IBKR has greeted; rejects with `ERR_STREAM_CLOSED`, or with the signal's reason. */
  ready(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  status(): StreamStatus
  /** Is it working, what is it waiting for, what can be done. */
  health(): StreamHealth
  /** Calls `listener` for each event; the result ends that. */
  on(listener: StreamListener): () => void
  /** Ends all subscriptions, each told to IBKR, and the connection; nothing comes afterwards. */
  close(): void
  [Symbol.asyncDispose](): Promise<void>
}
