import { explained } from '../explain/known-refusals.ts'
import { type Feed, type FeedContext, FeedRefusal } from './feed.ts'
import type { StreamRequest } from './request.ts'
import { endings, type Topic, topics } from './topics/table.ts'

/** The subscriptions of one connection. */
export class Subscribed {
  readonly #context: FeedContext
  readonly #feeds = new Map<string, Feed>()

  constructor(context: FeedContext) {
    this.#context = context
  }

  /**
   * Begins or ends a subscription.
   *
   * @param isTaken - Called before the first answer goes out, so that the log tells both in their order.
   * @returns Why nothing came of it; undefined if it was done.
   */
  request(request: StreamRequest, nowMs: number, isTaken: () => void): FeedRefusal | 'unknown' | undefined {
    const topic = Object.hasOwn(topics, request.topic) ? topics[request.topic] : undefined
    if (topic !== undefined) {
      const objection = this.#objection(request, topic, nowMs)
      if (objection !== undefined) return objection
      return this.#start(request, topic, nowMs, isTaken)
    }
    if (request.topic === 'inp') return this.#input(request, nowMs, isTaken)
    if (!Object.hasOwn(endings, request.topic)) return 'unknown'
    isTaken()
    this.#endOne(request)
    return undefined
  }

  /** Sends what has changed; what has lapsed goes without a word. */
  update(nowMs: number): void {
    for (const [key, feed] of this.#feeds) {
      if (feed.update?.(nowMs) === false) this.#feeds.delete(key)
    }
  }

  /** @param isClean - False if the connection just broke: then the lines of market data stay taken until they lapse. */
  end(isClean: boolean): void {
    for (const [key, feed] of this.#feeds) {
      if (isClean || !key.startsWith('smd+')) feed.end?.()
    }
    this.#feeds.clear()
  }

  #objection(request: StreamRequest, topic: Topic, nowMs: number): FeedRefusal | undefined {
    const { state, session } = this.#context
    if (topic.needsBrokerage && !state.brokerage.status(session, nowMs).authenticated) {
      return new FeedRefusal('not authenticated', explained('no-brokerage-session').remedy)
    }
    const { most } = topic
    const open = [...this.#feeds.keys()].filter((key) => key.startsWith(`${request.topic}+`)).length
    if (most === undefined || open < most) return undefined
    return new FeedRefusal(
      `max number of ${request.topic} requests reached`,
      `End one first: ${most} at once.`,
    )
  }

  #start(request: StreamRequest, topic: Topic, nowMs: number, isTaken: () => void): FeedRefusal | undefined {
    const held: object[] = []
    let isHeld = true
    const send = (frame: object): void => {
      if (isHeld) held.push(frame)
      else this.#context.send(frame)
    }
    const feed = topic.start(request, { ...this.#context, send }, nowMs)
    if (feed instanceof FeedRefusal) return feed
    isTaken()
    this.#replace(feed)
    isHeld = false
    for (const frame of held) this.#context.send(frame)
    feed.update?.(nowMs)
    return undefined
  }

  #input(request: StreamRequest, nowMs: number, isTaken: () => void): FeedRefusal | undefined {
    const dialogue = this.#feeds.get(`shs+${request.targets[0]}`)
    const taken =
      dialogue?.input?.(request, nowMs) ?? new FeedRefusal('no such dialogue', 'Begin it with shs+….')
    if (taken instanceof FeedRefusal) return taken
    isTaken()
    taken()
    return undefined
  }

  /** The same once more renews: the one before stops without giving back what the new one has taken. */
  #replace(feed: Feed): void {
    const before = this.#feeds.get(feed.key)
    if (!feed.key.startsWith('smd+')) before?.end?.()
    this.#feeds.set(feed.key, feed)
  }

  #endOne({ topic: name, targets }: StreamRequest): void {
    const ending = endings[name]
    if (ending === undefined) return
    const [target = ''] = targets
    const wanted = target === '' ? ending.topic : `${ending.topic}+${target.split('@')[0]}`
    for (const [key, feed] of this.#feeds) {
      if (key !== wanted && !(ending.topic === 'sbd' && key.startsWith(`${wanted}+`))) continue
      this.#feeds.delete(key)
      feed.end?.()
    }
    const answer = ending.answer?.(target)
    if (answer !== undefined) this.#context.send(answer)
  }
}
