import { QuoteFrame } from '../connection/quote-frame.ts'
import type { Frame } from '../connection/state.ts'
import { StreamError } from '../errors.ts'
import { toldText } from '../told-text.ts'
import { joinedText } from '../topics/joined.ts'
import type { Topic } from '../topics/topic.ts'
import { Feed, serverIdOf } from './feed.ts'
import type { Gap, StaleReason } from './items.ts'
import { type Limits, refuseBeyond } from './limits.ts'
import { names, refusalIn } from './refusal.ts'

/** All subscriptions of a stream, by the text that subscribes. */
export class Feeds {
  readonly #feeds = new Map<string, Feed>()
  /** Several can have one `topic` on the wire: two lists of fields for one contract. */
  readonly #byFrameTopic = new Map<string, readonly Feed[]>()
  /** How many end with the same text: IBKR ends the depth of all contracts of an account at once. */
  readonly #endings = new Map<string, number>()
  #histories = 0
  /** Which `topic` a contract's market data has; a contract is one line, whoever asks for which of its fields. */
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
    if (what === undefined) return 0
    return what === 'history-request' ? this.#histories : this.#exchanges.size
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
    const isLine = topic.takes === 'market-data-line'
    if (!isLine || !this.#exchanges.has(contractIn(topic.frameTopic)))
      refuseBeyond(this.#limits, this.taken(topic.takes), topic.takes)
    const feed = new Feed(topic, this.#onError)
    this.#feeds.set(topic.subscribe, feed)
    this.#byFrameTopic.set(topic.frameTopic, [...this.#siblings(topic), feed])
    if (isLine) this.#exchanges.set(contractIn(topic.frameTopic), topic.frameTopic)
    if (topic.takes === 'history-request') this.#histories += 1
    this.#countEnding(feed, 1)
    return feed
  }

  /** @returns The text that ends it at IBKR; `undefined` where another subscription would end with it. */
  close(feed: Feed): string | undefined {
    const { subscribe, frameTopic, asked, takes } = feed.topic
    if (this.#feeds.get(subscribe) !== feed) return undefined
    this.#feeds.delete(subscribe)
    const siblings = this.#siblings(feed.topic).filter((sibling) => sibling !== feed)
    if (siblings.length > 0) this.#byFrameTopic.set(frameTopic, siblings)
    else this.#byFrameTopic.delete(frameTopic)
    if (takes === 'market-data-line' && siblings.length === 0)
      this.#exchanges.delete(contractIn(feed.topic.frameTopic))
    if (takes === 'history-request') this.#histories -= 1
    this.#countEnding(feed, -1)
    const text = asked && feed.isAsked ? feed.unsubscribe : undefined
    return text === undefined || this.#endings.has(text) ? undefined : text
  }

  #countEnding({ ending }: Feed, by: 1 | -1): void {
    if (ending === undefined) return
    const count = (this.#endings.get(ending) ?? 0) + by
    if (count > 0) this.#endings.set(ending, count)
    else this.#endings.delete(ending)
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
  deliver(frame: Frame | QuoteFrame, receivedAtMs: number): string | undefined {
    if (!(frame instanceof QuoteFrame)) return this.#deliverWhole(frame, receivedAtMs)
    const feeds = this.#named(frame.topic)
    if (feeds === undefined) return this.#deliverWhole(frame.whole(), receivedAtMs)
    for (const feed of feeds) feed.deliver(frame, receivedAtMs)
    return undefined
  }

  #deliverWhole(frame: Frame, receivedAtMs: number): string | undefined {
    const { topic } = frame
    const feeds = typeof topic === 'string' ? this.#find(topic, frame) : none
    const refusal = refusalIn(frame)
    if (refusal !== undefined && !areHeardOnly(feeds)) this.#refuse(feeds, refusal)
    else if (feeds.length > 0) for (const feed of feeds) feed.deliver(frame, receivedAtMs)
    else if (typeof topic === 'string' && topic.startsWith('smh+')) return unwantedHistory(frame)
    return undefined
  }

  /** IBKR ends market data by contract alone, and its frames need not name the exchange. */
  #refuseOtherExchange(topic: Topic<unknown>): void {
    const { takes, frameTopic } = topic
    if (takes !== 'market-data-line') return
    const contract = contractIn(topic.frameTopic)
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
    const exact = this.#named(topic)
    if (exact === undefined) return this.#findNear(topic, frame)
    return exact.length > 1 && topic.startsWith('smh+') ? historyOf(exact, frame) : exact
  }

  /** Frames of market data need not name the exchange that was asked for. */
  #named(topic: string): readonly Feed[] | undefined {
    return (
      this.#byFrameTopic.get(topic) ?? this.#byFrameTopic.get(this.#exchanges.get(contractIn(topic)) ?? '')
    )
  }

  /** `smd+1` and `smd+1@EXCHANGE` answer each other, `sbd+U1` answers `sbd+U1+1`. */
  #findNear(topic: string, frame: Frame): readonly Feed[] {
    if (!/^s[bm][dh]\+./.test(topic)) return none
    const bare = contractIn(topic)
    const known = this.#byFrameTopic.get(bare)
    if (known !== undefined) return known
    const isNear = ({ topic: { frameTopic } }: Feed) =>
      frameTopic.startsWith(bare) && /^[+@]/.test(frameTopic.slice(bare.length))
    const near = this.all.filter(isNear)
    return near.length <= 1 || refusalIn(frame) !== undefined ? near : this.#theOneMeant(near, frame)
  }

  /** The book of one contract is nothing for those who read another's: without its conid nobody gets it. */
  #theOneMeant(near: readonly Feed[], { topic, conid }: Frame): readonly Feed[] {
    const meant = near.filter(({ topic: { frameTopic } }) => frameTopic.split('+')[2] === String(conid))
    if (meant.length === 0) this.#onError(new StreamError('ERR_STREAM_BAD_FRAME', ambiguous(String(topic))))
    return meant
  }

  #refuse(feeds: readonly Feed[], refusal: string): void {
    const isMeant = ({ topic }: Feed) => topic.asked && names(refusal, topic.frameTopic)
    const meant = feeds.length > 0 ? feeds : this.all.filter(isMeant)
    const text = toldText(refusal)
    for (const feed of meant) feed.refused(text)
    if (meant.length > 0) return
    this.#onError(new StreamError('ERR_STREAM_SUBSCRIPTION_REFUSED', `IBKR refused a message: ${text}`))
  }
}

const none: readonly Feed[] = []

/** Nobody asked for these: an error among their frames is an answer to be read, and ends nothing. */
function areHeardOnly(feeds: readonly Feed[]): boolean {
  return feeds.length > 0 && feeds.every(({ topic }) => !topic.asked)
}

/** `smd+1` of `smd+1@EXCHANGE`. */
function contractIn(topic: string): string {
  return topic.split('@')[0] ?? ''
}

function ambiguous(topic: string): string {
  return `IBKR sent a frame of ${toldText(topic)} that several subscriptions could be meant by; it was left out. Subscribe to one contract of an account.`
}

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
