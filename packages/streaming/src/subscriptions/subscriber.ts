import type { Clock } from '@ibkr-auth/internal/clock'
import type { Connection } from '../connection/connection.ts'
import { hasBrokerage } from '../connection/greeting.ts'
import type { Feed } from './feed.ts'
import type { Feeds } from './feeds.ts'
import type { Gap } from './items.ts'

/** What a {@link Subscriber} needs of its stream. */
export interface SubscriberParts {
  readonly clock: Clock
  readonly feeds: Feeds
  readonly connection: Connection
  onGap(gap: Gap): void
}

/** Asks IBKR for subscriptions: first, in time, and again after each loss, with the gap that it left told. */
export class Subscriber {
  readonly #parts: SubscriberParts
  /** Since when what happens is not known: the last frame before, ms since 1970, and when that was noticed. */
  #lost: { readonly heardAtMs: number; readonly noticedAtMs: number } | undefined

  constructor(parts: SubscriberParts) {
    this.#parts = parts
  }

  /** Says each text once, for all that it asks for; what needs a brokerage session waits for one. */
  ask(feeds: readonly Feed[]): void {
    const { clock, connection } = this.#parts
    const { state } = connection
    if (state.name !== 'open') return
    const mayAsk = hasBrokerage(state.brokerage)
    const nowMs = clock.monotonicNow()
    const said = new Set<string>()
    for (const feed of feeds) {
      if (!mayAsk && feed.topic.needsBrokerage) {
        feed.lost('no-brokerage-session')
        continue
      }
      const { text, feeds: asked } = this.#parts.feeds.asking(feed)
      if (text !== undefined && !said.has(text)) connection.send(text)
      if (text !== undefined) said.add(text)
      for (const one of asked) one.asked(nowMs)
      connection.armBefore(feed.renewAtMs ?? Number.POSITIVE_INFINITY)
    }
  }

  /** Asks for everything that is not asked for; what was before is told its gap. */
  resume(): void {
    const { feeds, connection } = this.#parts
    this.ask(feeds.all.filter(({ isAsked }) => !isAsked))
    const { state } = connection
    const lost = this.#lost
    // Without a brokerage session most is not asked for yet: the gap goes on.
    if (lost === undefined || state.name !== 'open' || !hasBrokerage(state.brokerage)) return
    this.#lost = undefined
    const gap = this.#gapSince(lost)
    this.#parts.onGap(gap)
    feeds.gap(gap)
  }

  onTime(nowMs: number): void {
    const { feeds } = this.#parts
    this.ask(feeds.due(nowMs))
    feeds.expire(nowMs)
  }

  /** What happens from the last frame on is not known. */
  noteLoss(): void {
    const { clock, connection } = this.#parts
    this.#lost ??= { heardAtMs: connection.heardAtMs, noticedAtMs: clock.monotonicNow() }
  }

  /** The wall clock may have been set meanwhile: the span is at least what the other clock measured. */
  #gapSince({ heardAtMs, noticedAtMs }: { heardAtMs: number; noticedAtMs: number }): Gap {
    const { clock } = this.#parts
    const toMs = clock.now()
    return { fromMs: Math.min(heardAtMs, Math.floor(toMs - (clock.monotonicNow() - noticedAtMs))), toMs }
  }
}
