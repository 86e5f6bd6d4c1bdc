import type { AskCatchUp } from './catch-up.ts'
import type { StreamItem } from './items.ts'

/** How a subscription is read. */
export interface SubscribeOptions {
  /**
   * Asked after each gap, before anything that follows it is handed out: `GET /iserver/account/orders`, say. Its result
   * comes as `caught-up`. What it throws, or that it takes longer than `rules.catchUpTimeoutMs`, ends nothing: it comes
   * as the stream's event `error`, and the gap stays one. `signal` is aborted when nobody waits any more.
   */
  readonly catchUp?: AskCatchUp | undefined
  /** Items that may wait for the reader, for topics of which nothing is left out. Default 10,000. */
  readonly queueCapacity?: number | undefined
}

/** One reader of a topic. Iterate it, or listen to it. */
export interface Subscription<Value> extends AsyncIterable<StreamItem<Value>> {
  /** The text that subscribes. */
  readonly topic: string
  /** Resolves with IBKR's first answer, or once it was asked where IBKR answers nothing; rejects if it is refused. */
  readonly confirmed: Promise<void>
  /**
   * Calls `listener` for each item, those that wait included; the result ends that. `ended` is called once, when nothing
   * more comes: with the error that ended it, if one did. Without it such an error is the stream's event `error`.
   */
  on(listener: (item: StreamItem<Value>) => void, ended?: (error: unknown) => void): () => void
  /** Ends this reader; with the last one the subscription ends at IBKR. */
  close(): void
  [Symbol.asyncDispose](): Promise<void>
  /**
   * Each item goes to one iteration, so there is one: subscribe again for another reader. The iteration throws the error
   * that ended the subscription.
   *
   * @throws {StreamError} `ERR_STREAM_INVALID_INPUT` for a second one.
   */
  [Symbol.asyncIterator](): AsyncIterator<StreamItem<Value>>
}
