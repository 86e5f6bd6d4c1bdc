import { Conversations } from '@ibkr-auth/internal/conversations'
import { inNobodysContext, monotonic } from '../clock.ts'
import type { StoreAccess } from '../store/store-access.ts'
import { queueIsFull, waitTooLong } from './errors.ts'
import { FullLanes } from './full-lanes.ts'
import type { Lane } from './limits.ts'
import type { PacingSettings } from './options.ts'
import { Queue } from './queue.ts'
import type { PacingPermit, PacingQueueStatus, PacingRequest } from './request.ts'
import { type PlacesHost, StorePlaces } from './store-places.ts'
import { Waiting } from './waiting.ts'
import type { UsernameConversation } from './wish-groups.ts'

const mostAtOnce = 256
/** When the signals of those who wait are listened to, in milliseconds after they were asked for. */
const heedsSignalsAfterMs = 10

/** A request begins to wait. */
type OnWait = (request: PacingRequest, limit: string | undefined, expectedMs: number) => void

/** The requests of one username that wait in this process. */
export class UsernamePacer implements PlacesHost {
  readonly #settings: PacingSettings
  readonly #holder: string
  readonly #onWait: OnWait
  readonly #queue = new Queue()
  readonly #conversations: Conversations<UsernameConversation>
  readonly #places: StorePlaces
  readonly #full: FullLanes
  readonly #told = new WeakSet<Waiting>()
  readonly #leave = (waiting: Waiting): boolean => this.leave(waiting)
  #serial = 0
  #isAsking = false
  #isToPump = false
  #wakeUp: unknown
  #isClosed = false

  constructor(settings: PacingSettings, access: StoreAccess, key: string, holder: string, onWait: OnWait) {
    this.#settings = settings
    this.#holder = holder
    this.#onWait = onWait
    this.#full = new FullLanes(settings.random)
    this.#conversations = new Conversations(settings.conversationMs)
    this.#places = new StorePlaces(settings, access, key, holder, this)
  }

  get queued(): number {
    return this.#queue.length
  }

  get processes(): number {
    return this.#places.processes
  }

  get isAlone(): boolean {
    return this.#places.isAway
  }

  acquire(request: PacingRequest): Promise<PacingPermit> {
    if (this.#queue.length >= this.#settings.maxQueued)
      return Promise.reject(queueIsFull(this.#settings.maxQueued))
    const lane = this.#settings.laneOf(request.method, request.path)
    const knownMs = this.#full.waitMs(lane, this.#now())
    if (knownMs > this.#patience(request)) return Promise.reject(waitTooLong(lane.limit, knownMs))
    return new Promise((resolve, reject) => {
      this.#queue.add(new Waiting(request, lane, this.#now(), resolve, reject))
      this.changed()
    })
  }

  /** Refuses what waits and matches. */
  refuse(matches: (waiting: Waiting) => boolean, errorOf: (waiting: Waiting) => Error): void {
    for (const waiting of this.#queue.all()) {
      if (matches(waiting) && this.leave(waiting)) waiting.refuse(errorOf(waiting))
    }
  }

  /** Others wait, here and elsewhere, until the result is called or the time of a conversation is over. */
  hold(conversation: unknown): () => void {
    const held: UsernameConversation = { id: this.nextId(), conversation, untilMs: undefined }
    this.#conversations.add(held)
    return () => {
      if (!this.#conversations.end(held)) return
      this.#places.unreported.endConversation(held.id)
      this.changed()
    }
  }

  waits(): PacingQueueStatus[] {
    const lanes = new Map<Lane, number>()
    for (const { lane } of this.#queue.all()) lanes.set(lane, (lanes.get(lane) ?? 0) + 1)
    const nowMs = this.#now()
    return [...lanes].map(([lane, queued]) => {
      return { limit: lane.limit, queued, expectedMs: this.#full.waitMs(lane, nowMs) }
    })
  }

  async close(error: Error): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#settings.clock.clearTimeout(this.#wakeUp)
    this.refuse(
      () => true,
      () => error,
    )
    await this.#places.close()
  }

  nextId(): string {
    this.#serial += 1
    return `${this.#holder}-${this.#serial}`
  }

  leave(waiting: Waiting): boolean {
    return this.#queue.remove(waiting)
  }

  isBlocked(lane: Lane): boolean {
    return this.#full.waitMs(lane, this.#now()) > 0
  }

  block(lane: Lane, waitMs: number): void {
    this.#full.add(lane, waitMs, this.#now())
    for (const waiting of this.#queue.all()) {
      if (waiting.lane !== lane || this.#told.has(waiting)) continue
      this.#told.add(waiting)
      this.#onWait(waiting.request, lane.limit, Math.max(0, waitMs))
    }
    this.refuse(
      (waiting) => waiting.lane === lane && waitMs > this.#patience(waiting.request),
      () => waitTooLong(lane.limit, waitMs),
    )
  }

  /** Whoever comes in the same turn of the loop is asked for together, in the name of none of them. */
  changed(): void {
    if (this.#isToPump) return
    this.#isToPump = true
    setImmediate(() => {
      this.#isToPump = false
      inNobodysContext(() => this.#pump())
    })
  }

  #pump(): void {
    if (this.#isAsking || this.#isClosed) return
    const nowMs = this.#now()
    const batch = this.#queue.first(this.#places.mostAtOnce(mostAtOnce), nowMs, (waiting) => {
      return this.#untilAskMs(waiting, nowMs) <= 0 && this.#conversations.lets(waiting.request, nowMs)
    })
    if (this.#places.isAway) this.#places.grantAlone(batch)
    else if (batch.length > 0 || !this.#places.unreported.isEmpty) {
      this.#ask(batch)
      return
    }
    this.#schedule()
  }

  #ask(batch: readonly Waiting[]): void {
    const { clock } = this.#settings
    this.#isAsking = true
    const slow = clock.setTimeout(() => this.#heedSignals(), heedsSignalsAfterMs)
    const next = (): void => {
      clock.clearTimeout(slow)
      this.#isAsking = false
      this.#pump()
    }
    this.#places.ask(batch, this.#conversations.current(this.#now())).then(next, next)
  }

  #heedSignals(): void {
    for (const waiting of this.#queue.all()) waiting.heedSignal(this.#leave)
  }

  /** Wakes up when the first of those who wait may ask again. */
  #schedule(): void {
    const { clock } = this.#settings
    clock.clearTimeout(this.#wakeUp)
    this.#wakeUp = undefined
    this.#heedSignals()
    if (this.#queue.length === 0) return
    const nowMs = this.#now()
    const conversationMs = (this.#conversations.current(nowMs)?.untilMs ?? nowMs) - nowMs
    let soonestMs = Number.POSITIVE_INFINITY
    for (const waiting of this.#queue.all()) {
      const heldMs = this.#conversations.lets(waiting.request, nowMs) ? 0 : conversationMs
      soonestMs = Math.min(soonestMs, Math.max(this.#untilAskMs(waiting, nowMs), heldMs))
    }
    this.#wakeUp = clock.setTimeout(() => this.#pump(), Math.max(1, Math.ceil(soonestMs)))
  }

  #untilAskMs({ lane, request }: Waiting, nowMs: number): number {
    return this.#full.untilAskMs(lane, request, this.#places.processes, nowMs)
  }

  #patience({ maxWaitMs }: PacingRequest): number {
    return maxWaitMs ?? this.#settings.maxWaitMs
  }

  #now(): number {
    return monotonic(this.#settings.clock)
  }
}
