import type { Cancellation } from './cancellation.ts'
import type { Clock } from './clock.ts'
import type { HttpDispatcher } from './dispatcher.ts'
import type { Exchange } from './exchange.ts'
import type { ExchangeFailure } from './exchange-failure.ts'
import type { Timeouts } from './request.ts'
import type { Sent, TransportError } from './transport-error.ts'

/** What one exchange needs. */
export interface ExchangeInput {
  readonly dispatcher: HttpDispatcher
  readonly clock: Clock
  readonly cancellation: Cancellation
  readonly timeouts: Required<Timeouts>
  /** Absolute URL, for the response. */
  readonly url: string
  readonly idempotent: boolean
  /** Whether the body of a 2xx reply is handed out as it arrives. */
  readonly streaming: boolean
  /** Largest body handed out as it arrives, in bytes. */
  readonly maxStreamBytes: number
  /** Largest body read whole, in bytes. */
  readonly maxBytes: number
  /** Says what a failure means for the caller. */
  readonly explain: (failure: ExchangeFailure, exchange: Exchange) => TransportError
  /** Called as soon as more is known of whether the server has the request. */
  readonly onSent: (sent: Sent) => void
}
