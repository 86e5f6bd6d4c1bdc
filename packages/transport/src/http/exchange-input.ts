import type { Cancellation } from '../call/cancellation.ts'
import type { Clock } from '../clock.ts'
import type { Sent, TransportError } from '../errors.ts'
import type { Complete, Timeouts } from '../request/types.ts'
import type { HttpDispatcher } from './dispatcher.ts'
import type { ExchangeFailure } from './failure.ts'

/** How far an exchange came. */
export interface Progress {
  readonly sent: Sent
  /** Status of the reply, 0 until its head is there. */
  readonly status: number
}

/** The call that an exchange belongs to. */
export interface ExchangeCall {
  /** Says what a failure means for the caller. */
  explain(failure: ExchangeFailure, progress: Progress): TransportError
  /** More is known of whether the server has the request. */
  noteSent(sent: Sent): void
}

/** What one exchange needs. */
export interface ExchangeInput {
  readonly call: ExchangeCall
  readonly dispatcher: HttpDispatcher
  readonly clock: Clock
  readonly cancellation: Cancellation
  readonly timeouts: Complete<Timeouts>
  /** Absolute URL, for the response. */
  readonly url: string
  readonly idempotent: boolean
  /** Whether the body of a 2xx reply is handed out as it arrives. */
  readonly streaming: boolean
  /** Largest body handed out as it arrives, in bytes. */
  readonly maxStreamBytes: number
  /** Largest body read whole, in bytes. */
  readonly maxBytes: number
  /** Asked when a connection takes the request: false keeps it from being sent. */
  readonly mayLeave: (() => boolean) | undefined
}
