import { maskTokens } from '@ibkr-auth/internal/mask'
import { oneLine } from '@ibkr-auth/internal/message'
import type { Frame } from '../connection/state.ts'
import { StreamError } from '../errors.ts'
import type { Topic } from '../topics/topic.ts'
import { Feed, type FeedContext } from './feed.ts'
import type { Gap, StaleReason } from './items.ts'

/** What IBKR keeps for one username. */
export interface Limits {
  /** Contracts with market data at a time. */
  readonly marketDataLines: number
  /** Histories at a time. */
  readonly historyRequests: number
}

/** All subscriptions of a stream, by the text that subscribes. */
export class Feeds {
  readonly #feeds = new Map<string, Feed>()
  /** Two lists of fields for one contract are two subscriptions with one `topic`. */
  readonly #byFrameTopic = new Map<string, Set<Feed>>()
  readonly #limits: Limits
  readonly #context: FeedContext

  constructor(limits: Limits, context: FeedContext) {
    this.#limits = limits
    this.#context = context
  }

  get all(): readonly Feed[] {
    return [...this.#feeds.values()]
  }

  /** How many of a limit are taken. */
  taken(what: Topic<unknown>['takes']): number {
    return this.all.filter(({ topic }) => topic.takes === what).length
  }

  /**
   * The feed of a topic, made if there is none.
   *
   * @throws {StreamError} `ERR_STREAM_LIMIT` before IBKR would say so.
   */
  open(topic: Topic<unknown>): { readonly feed: Feed; readonly isNew: boolean } {
    const known = this.#feeds.get(topic.subscribe)
    if (known !== undefined) return { feed: known, isNew: false }
    this.#refuseBeyondLimits(topic)
    const feed = new Feed(topic, this.#context)
    this.#feeds.set(topic.subscribe, feed)
    const { frameTopic } = topic
    this.#byFrameTopic.set(frameTopic, (this.#byFrameTopic.get(frameTopic) ?? new Set()).add(feed))
    return { feed, isNew: true }
  }

  /** @returns The text that ends it at IBKR; `undefined` where another subscription needs what it would end. */
  close(feed: Feed): string | undefined {
    const { subscribe, frameTopic, asked } = feed.topic
    this.#feeds.delete(subscribe)
    const siblings = this.#byFrameTopic.get(frameTopic)
    siblings?.delete(feed)
    if (siblings !== undefined && siblings.size > 0) return undefined
    this.#byFrameTopic.delete(frameTopic)
    return asked ? feed.unsubscribe : undefined
  }

  /** Earliest renewal, monotonic ms. */
  get renewAtMs(): number | undefined {
    const times = this.all.flatMap((feed) => feed.renewAtMs ?? [])
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** The texts of those that are to be asked for again. */
  due(nowMs: number): readonly Feed[] {
    return this.all.filter((feed) => (feed.renewAtMs ?? Number.POSITIVE_INFINITY) <= nowMs)
  }

  lost(reason: StaleReason): void {
    for (const feed of this.all) feed.lost(reason)
  }

  gap(gap: Gap): void {
    for (const feed of this.all) feed.gap(gap)
  }

  end(error: unknown): void {
    for (const feed of this.all) feed.end(error)
  }

  /** @returns False for a frame that belongs to nobody. */
  deliver(frame: Frame): boolean {
    const { topic } = frame
    const feeds = typeof topic === 'string' ? this.#find(topic) : []
    const refusal = refusalIn(frame)
    if (refusal !== undefined) return this.#refuse(feeds, refusal)
    for (const feed of feeds) feed.deliver(frame)
    return feeds.length > 0
  }

  /** `smd+1@EXCHANGE` answers `smd+1`, `sbd+U1` answers `sbd+U1+1`. */
  #find(topic: string): readonly Feed[] {
    const exact = this.#byFrameTopic.get(topic) ?? this.#byFrameTopic.get(topic.split('@')[0] ?? '')
    if (exact !== undefined) return [...exact]
    if (!/^s[bm][dh]\+/.test(topic)) return []
    return this.all.filter(
      ({ topic: { frameTopic } }) =>
        frameTopic.startsWith(topic) && /^[+@]/.test(frameTopic.slice(topic.length)),
    )
  }

  #refuse(feeds: readonly Feed[], refusal: string): boolean {
    const meant =
      feeds.length > 0
        ? feeds
        : this.all.filter(({ topic }) => topic.asked && names(refusal, topic.frameTopic))
    const text = oneLine(maskTokens(refusal))
    for (const feed of meant) feed.refused(text)
    if (meant.length === 0)
      this.#context.onError(
        new StreamError('ERR_STREAM_SUBSCRIPTION_REFUSED', `IBKR refused a message: ${text}`),
      )
    return true
  }

  #refuseBeyondLimits({ takes }: Topic<unknown>): void {
    const { marketDataLines, historyRequests } = this.#limits
    const limit =
      takes === 'market-data-line'
        ? marketDataLines
        : takes === 'history-request'
          ? historyRequests
          : undefined
    if (limit === undefined || this.taken(takes) < limit) return
    const what =
      takes === 'market-data-line'
        ? 'market data lines (limits.marketDataLines)'
        : 'histories at a time (limits.historyRequests)'
    throw new StreamError('ERR_STREAM_LIMIT', `All ${limit} ${what} are taken: close a subscription first.`)
  }
}

/** The topic as a word of its own: `smd+1` is not meant by a text about `smd+12`. */
function names(text: string, topic: string): boolean {
  const at = text.indexOf(topic)
  return at >= 0 && !/[\w]/.test(text.charAt(at + topic.length))
}

/** The text of a frame that refuses: `error` anywhere IBKR has been seen to put it. */
function refusalIn(frame: Frame): string | undefined {
  const { topic, error, message, args } = frame
  // Most frames are data, and are asked three times only.
  if (error === undefined && message === undefined && topic !== 'error') return undefined
  const inner = typeof message === 'object' && message !== null ? (message as Frame).error : undefined
  const text = [error, inner].find((candidate) => typeof candidate === 'string' && candidate !== '')
  if (typeof text === 'string') return text
  return topic === 'error' ? JSON.stringify(message ?? args ?? 'no reason given') : undefined
}
