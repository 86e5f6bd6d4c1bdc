import { containRejection } from '@ibkr-auth/internal/channel'
import { publishStreamEvent } from './channels.ts'
import type { LostReason, StreamBrokerage, StreamState } from './connection/state.ts'
import type { Gap } from './subscriptions/items.ts'

/** What a stream tells its listeners, told apart by `type`. Times are ms since 1970; never holds a secret. */
export type StreamEvent =
  | {
      readonly type: 'state'
      readonly atMs: number
      readonly from: StreamState
      readonly to: StreamState
      readonly reason: LostReason | undefined
    }
  /**
   * Something failed that no subscription reports: a refused upgrade, `connect()`, `catchUp`, a listener, a
   * frame that is no JSON, the end of a subscription that nobody iterates.
   */
  | { readonly type: 'error'; readonly atMs: number; readonly error: unknown }
  | ({ readonly type: 'gap'; readonly atMs: number } & Gap)
  | { readonly type: 'brokerage'; readonly atMs: number; readonly brokerage: StreamBrokerage }

/** Hears events as they happen. What it throws is contained. */
export type StreamListener = (event: StreamEvent) => void

let streams = 0

/** Tells listeners and channels, whatever one of them does. */
export class StreamListeners {
  /** Number of the stream within this process. */
  readonly id: number = ++streams
  readonly #listeners = new Set<{ readonly listener: StreamListener }>()

  /** The same function twice is two listeners: each of those who gave it ends its own. */
  add(listener: StreamListener): () => void {
    const added = { listener }
    this.#listeners.add(added)
    return () => void this.#listeners.delete(added)
  }

  /** Nobody hears anything any more. */
  clear(): void {
    this.#listeners.clear()
  }

  tell(event: StreamEvent): void {
    publishStreamEvent(event, this.id)
    // Told to the others as an error; a listener of errors that fails is not told of itself.
    const contained = (error: unknown): void => {
      if (event.type !== 'error') this.tell({ type: 'error', atMs: event.atMs, error })
    }
    for (const { listener } of this.#listeners) {
      try {
        containRejection(listener(event), contained)
      } catch (error) {
        contained(error)
      }
    }
  }
}
