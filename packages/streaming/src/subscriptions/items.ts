/** Why what is shown may not be what is. */
export type StaleReason = 'not-connected' | 'renewal-refused' | 'no-brokerage-session'

/** What a subscription yields, told apart by `kind`. Times are ms since 1970. */
export type StreamItem<Value> =
  | {
      readonly kind: 'update'
      readonly value: Value
      readonly receivedAtMs: number
      /** `undefined`: as current as IBKR's heartbeat and the last renewal show. Silence alone proves nothing. */
      readonly stale: StaleReason | undefined
    }
  /** Nothing was heard for this span: what happened meanwhile is unknown, unless `catchUp` tells it next. */
  | { readonly kind: 'gap'; readonly fromMs: number; readonly toMs: number }
  /** What the caller's `catchUp` found out about a gap. */
  | { readonly kind: 'caught-up'; readonly value: unknown; readonly fromMs: number; readonly toMs: number }

/** A span for which nothing was heard, ms since 1970: from the last frame before it to the asking after it. */
export interface Gap {
  readonly fromMs: number
  readonly toMs: number
}
