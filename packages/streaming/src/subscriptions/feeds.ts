import { maskTokens } from '@ibkr-auth/internal/mask'
import { oneLine } from '@ibkr-auth/internal/message'
import type { Frame } from '../connection/state.ts'
import { StreamError } from '../errors.ts'
import { joinedText } from '../topics/joined.ts'
import type { Topic } from '../topics/topic.ts'
import { Feed, serverIdOf } from './feed.ts'
import type { Gap, StaleReason } from './items.ts'
import { type Limits, refuseBeyond, taken } from './limits.ts'
import { names, refusalIn } from './refusal.ts'

/** All subscriptions of a stream, by the text that subscribes. */
export class Feeds {
  readonly #feeds = new Map<string, Feed>()
  /** Several can have one `topic` on the wire: two lists of fields for one contract. */
  readonly #byFrameTopic = new Map<string, readonly Feed[]>()
  /** Which `topic` a contract's market data has. */
  readonly #exchanges = new Map<string, string>()
  readonly #limits: Limits
  readonly #onError: (error: unknown) => void

  constructor(limits: Limits, onError: (error: unknown) => void) {
    this.#limits = limits
    this.#onError = onError
  }

  get all(): readonly Feed[] {
    return [...this.#feeds.values()]
  }

  /** How many of a limit are taken. */
  taken(what: Topic<unknown>['takes']): number {
    return taken(this.#topics, what)
  }

  get #topics(): readonly Topic<unknown>[] {
    return this.all.map(({ topic }) => topic)
  }

  /**
   * The feed of a topic, made if there is none.
   *
   * @throws {StreamError} `ERR_STREAM_LIMIT` before IBKR would say so.
   */
  open(topic: Topic<unknown>): Feed {
    const known = this.#feeds.get(topic.subscribe)
    if (known !== undefined) return known
    this.#refuseOtherExchange(topic)
    refuseBeyond(this.#limits, this.#topics, topic)
    const feed = new Feed(topic, this.#onError)
    this.#feeds.set(topic.subscribe, feed)
    this.#byFrameTopic.set(topic.frameTopic, [...this.#siblings(topic), feed])
    if (topic.takes === 'market-data-line')
      this.#exchanges.set(topic.frameTopic.split('@')[0] ?? '', topic.frameTopic)
    return feed
  }

  /** @returns The text that ends it at IBKR; `undefined` where another subscription would end with it. */
  close(feed: Feed): string | undefined {
    const { subscribe, frameTopic, asked } = feed.topic
    if (this.#feeds.get(subscribe) !== feed) return undefined
    this.#feeds.delete(subscribe)
    const siblings = this.#siblings(feed.topic).filter((sibling) => sibling !== feed)
    if (siblings.length > 0) this.#byFrameTopic.set(frameTopic, siblings)
    else {
      this.#byFrameTopic.delete(frameTopic)
      this.#exchanges.delete(frameTopic.split('@')[0] ?? '')
    }
    const text = asked && feed.isAsked ? feed.unsubscribe : undefined
    return this.all.some((other) => other.unsubscribe === text) ? undefined : text
  }

  /** What is to be said for a feed, and for which others that asks as well. */
  asking(feed: Feed): { readonly text: string | undefined; readonly feeds: readonly Feed[] } {
    const { topic } = feed
    const feeds = topic.parameters === undefined ? [feed] : this.#siblings(topic)
    return { text: topic.asked ? joinedText(feeds.map((one) => one.topic)) : undefined, feeds }
  }

  /** The earliest time at which {@link Feeds.due} or {@link Feeds.expire} has something to do, monotonic ms. */
  get dueAtMs(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const feed of this.#feeds.values()) {
      earliest = Math.min(earliest, feed.renewAtMs ?? earliest)
      for (const reader of feed.readers) earliest = Math.min(earliest, reader.dueAtMs ?? earliest)
    }
    return earliest
  }

  /** Those that are to be asked for again. */
  due(nowMs: number): readonly Feed[] {
    return this.all.filter((feed) => (feed.renewAtMs ?? Number.POSITIVE_INFINITY) <= nowMs)
  }

  /** Waits no longer for what `catchUp` owes. */
  expire(nowMs: number): void {
    for (const feed of this.all) for (const reader of feed.readers) reader.expire(nowMs)
  }

  lost(reason: StaleReason): void {
    const isLost = ({ topic }: Feed) => reason !== 'no-brokerage-session' || topic.needsBrokerage
    for (const feed of this.all) if (isLost(feed)) feed.lost(reason)
  }

  gap(gap: Gap): void {
    for (const feed of this.all) feed.gap(gap)
  }

  end(): void {
    for (const feed of this.all) feed.end(undefined)
  }

  /** @returns A text to be sent: what ends a history that nobody waits for any more. */
  deliver(frame: Frame, receivedAtMs: number): string | undefined {
    const { topic } = frame
    const feeds = typeof topic === 'string' ? this.#find(topic, frame) : none
    const refusal = refusalIn(frame)
    if (refusal !== undefined) this.#refuse(feeds, refusal)
    else if (feeds.length > 0) for (const feed of feeds) feed.deliver(frame, receivedAtMs)
    else if (typeof topic === 'string' && topic.startsWith('smh+')) return unwantedHistory(frame)
    return undefined
  }

  /** IBKR ends market data by contract alone, and its frames need not name the exchange. */
  #refuseOtherExchange({ takes, frameTopic }: Topic<unknown>): void {
    if (takes !== 'market-data-line') return
    const [contract = ''] = frameTopic.split('@')
    if ((this.#exchanges.get(contract) ?? frameTopic) !== frameTopic)
      throw new StreamError(
        'ERR_STREAM_LIMIT',
        `${contract} is subscribed at another exchange: IBKR keeps one subscription for a contract, close that one first.`,
      )
  }

  #siblings(topic: Topic<unknown>): readonly Feed[] {
    return this.#byFrameTopic.get(topic.frameTopic) ?? none
  }

  #find(topic: string, frame: Frame): readonly Feed[] {
    const exact = this.#byFrameTopic.get(topic)
    if (exact === undefined) return this.#findNear(topic)
    return exact.length > 1 && topic.startsWith('smh+') ? historyOf(exact, frame) : exact
  }

  /** `smd+1` and `smd+1@EXCHANGE` answer each other, `sbd+U1` answers `sbd+U1+1`. */
  #findNear(topic: string): readonly Feed[] {
    if (!/^s[bm][dh]\+./.test(topic)) return none
    const bare = topic.split('@')[0] ?? ''
    const known = this.#byFrameTopic.get(bare)
    if (known !== undefined) return known
    const isNear = ({ topic: { frameTopic } }: Feed) =>
      frameTopic.startsWith(bare) && /^[+@]/.test(frameTopic.slice(bare.length))
    return this.all.filter(isNear)
  }

  #refuse(feeds: readonly Feed[], refusal: string): void {
    const isMeant = ({ topic }: Feed) => topic.asked && names(refusal, topic.frameTopic)
    const meant = feeds.length > 0 ? feeds : this.all.filter(isMeant)
    const text = oneLine(maskTokens(refusal))
    for (const feed of meant) feed.refused(text)
    if (meant.length > 0) return
    this.#onError(new StreamError('ERR_STREAM_SUBSCRIPTION_REFUSED', `IBKR refused a message: ${text}`))
  }
}

const none: readonly Feed[] = []

/** Histories of one contract are told apart by the server's id; they are answered in the order of the asking. */
function historyOf(feeds: readonly Feed[], frame: Frame): readonly Feed[] {
  const id = serverIdOf(frame)
  const found =
    feeds.find(({ serverId }) => serverId === id) ?? feeds.find(({ serverId }) => serverId === undefined)
  return found === undefined ? none : [found]
}

/** Answered after it was closed: until it is told, IBKR counts it. */
function unwantedHistory(frame: Frame): string | undefined {
  const id = serverIdOf(frame)
  return id === undefined ? undefined : `umh+${id}`
}
