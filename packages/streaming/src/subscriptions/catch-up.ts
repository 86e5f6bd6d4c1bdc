import { StreamError } from '../errors.ts'
import type { Gap, StreamItem } from './items.ts'

/** Asks the caller what happened in a gap. */
export type AskCatchUp = (gap: Gap, context: { readonly signal: AbortSignal }) => unknown

/** What a {@link CatchUp} needs of its reader. */
export interface CatchUpParts<Value> {
  readonly ask: AskCatchUp
  /** Longest wait for an answer, ms. */
  readonly timeoutMs: number
  /** Items that may wait for one. */
  readonly capacity: number
  monotonicNow(): number
  hand(item: StreamItem<Value>): void
  overflow(error: StreamError): void
  onError(error: unknown): void
}

/**
 * Stands before a reader: after each gap it asks the caller, and what comes meanwhile waits, so that it follows the
 * answer. A gap that comes while it asks is asked about in its turn: the answer under way may be older.
 */
export class CatchUp<Value> {
  readonly #parts: CatchUpParts<Value>
  #held: StreamItem<Value>[] = []
  #ended = false
  #asking: { readonly untilMs: number; readonly abort: AbortController } | undefined

  constructor(parts: CatchUpParts<Value>) {
    this.#parts = parts
  }

  /** When the answer is due, monotonic ms. */
  get dueAtMs(): number | undefined {
    return this.#asking?.untilMs
  }

  push(item: StreamItem<Value>): void {
    const { capacity } = this.#parts
    if (this.#asking === undefined) this.#hand(item)
    else if (this.#held.length < capacity) this.#held.push(item)
    else this.#parts.overflow(overflow(capacity))
  }

  /** What comes late is not waited for; its absence is told. */
  expire(nowMs: number): void {
    const asking = this.#asking
    if (asking === undefined || nowMs < asking.untilMs) return
    const error = new StreamError(
      'ERR_STREAM_CATCH_UP',
      `catchUp did not answer within ${this.#parts.timeoutMs} ms: what happened in the gap is not known. Bound its requests, or raise rules.catchUpTimeoutMs.`,
    )
    asking.abort.abort(error)
    this.#settle(undefined, error)
  }

  /** Asks no more; hands over what waited, where the reader is still to have it. */
  end(handOver: boolean): void {
    this.#ended = true
    this.#asking?.abort.abort()
    this.#asking = undefined
    const held = this.#held
    this.#held = []
    if (handOver) for (const item of held) this.#parts.hand(item)
  }

  #hand(item: StreamItem<Value>): void {
    this.#parts.hand(item)
    // Whoever hears of the gap may have closed the subscription.
    if (item.kind === 'gap' && !this.#ended) void this.#ask({ fromMs: item.fromMs, toMs: item.toMs })
  }

  async #ask(gap: Gap): Promise<void> {
    const { ask, timeoutMs } = this.#parts
    const asking = { untilMs: this.#parts.monotonicNow() + timeoutMs, abort: new AbortController() }
    this.#asking = asking
    try {
      const value = await ask(gap, { signal: asking.abort.signal })
      if (this.#asking === asking) this.#settle({ kind: 'caught-up', value, ...gap }, undefined)
    } catch (error) {
      if (this.#asking === asking) this.#settle(undefined, error ?? new Error('catchUp threw nothing'))
    }
  }

  #settle(answer: StreamItem<Value> | undefined, error: unknown): void {
    this.#asking = undefined
    if (error !== undefined) this.#parts.onError(error)
    if (answer !== undefined) this.#parts.hand(answer)
    const held = this.#held
    this.#held = []
    for (const item of held) this.push(item)
  }
}

function overflow(capacity: number): StreamError {
  return new StreamError(
    'ERR_STREAM_OVERFLOW',
    `catchUp took so long that more than ${capacity} items waited for it. Nothing is left out silently, so this subscription ends.`,
  )
}
