import type { PacingLimit } from '@ibkr-auth/internal/pacing-limits'
import type { Timer } from '../timer-heap.ts'
import { type Lane, ranks, Turns, type Waiting } from './lane.ts'
import { Lanes } from './lanes.ts'
import type { PacingPermit, PacingRequest } from './permit.ts'
import { QueueConversations } from './queue-conversations.ts'
import type { QueueSettings } from './queue-settings.ts'

/** The allowances of one username, and who waits for them. All times are monotonic. */
export class UsernameQueue {
  readonly #settings: QueueSettings
  readonly #lanes: Lanes
  readonly #turns = new Turns()
  readonly #conversations = new QueueConversations()
  /** Requests that have a place and are not over. */
  #running = 0
  #length = 0
  #sequence = 0
  #wakeUp: Timer | undefined
  #forget: Timer | undefined

  constructor(settings: QueueSettings) {
    this.#settings = settings
    this.#lanes = new Lanes(settings.global, settings.marginMs)
  }

  /** Requests that wait. */
  get length(): number {
    return this.#length
  }

  /** The limits that requests wait for, with how many do and when the next one may go. */
  *waits(): Generator<{ limit: string | undefined; queued: number; expectedMs: number | undefined }> {
    const nowMs = this.#nowMs()
    for (const lane of this.#lanes) {
      if (lane.length === 0) continue
      const waitMs = this.#lanes.freeAtMs(lane, nowMs) - nowMs
      const expectedMs = Number.isFinite(waitMs) ? waitMs : undefined
      yield { limit: lane.name, queued: lane.length, expectedMs }
    }
  }

  /** A place at once, or a promise of one. */
  acquire(request: PacingRequest, limit: PacingLimit | undefined): PacingPermit | Promise<PacingPermit> {
    const lane = this.#lanes.of(limit)
    const nowMs = this.#nowMs()
    const isFree = this.#length === 0 && this.#lanes.freeAtMs(lane, nowMs) <= nowMs
    if (isFree && this.#isLet(request, nowMs)) return this.#grant(request, lane, nowMs)
    return this.#queue(request, lane, nowMs)
  }

  #queue(request: PacingRequest, lane: Lane, nowMs: number): Promise<PacingPermit> {
    const { maxWaitMs, maxQueued, tooLong, full } = this.#settings
    if (request.signal?.aborted) return Promise.reject(request.signal.reason)
    const { username, caller = username, priority = 'normal' } = request
    // What is certain: nobody is granted a place earlier, whoever else gives up.
    const ahead = lane.aheadOf(caller, ranks[priority])
    const shortestMs = this.#lanes.grantAtMs(lane, ahead, ahead, nowMs) - nowMs
    const longestMs = Math.min(request.maxWaitMs ?? maxWaitMs, request.timeLeftMs ?? Number.POSITIVE_INFINITY)
    if (shortestMs > longestMs) return Promise.reject(tooLong(lane.name, shortestMs))
    if (this.#length >= maxQueued)
      return Promise.reject(full(this.#length, this.#expectedMs(request, lane, nowMs)))
    return this.#wait(request, lane, nowMs)
  }

  /** Lets others of the username wait for a conversation; the result ends that. */
  hold(conversation: unknown): () => void {
    const end = this.#conversations.begin(conversation)
    return () => {
      end()
      this.#pump()
    }
  }

  /** Refuses what waits and matches. */
  refuse(matches: (request: PacingRequest) => boolean, error: Error): void {
    for (const waiting of [...this.#lanes].flatMap((lane) => [...lane])) {
      if (matches(waiting.request) && this.#leave(waiting)) waiting.refuse(error)
    }
    this.#pump()
  }

  #wait(request: PacingRequest, lane: Lane, nowMs: number): Promise<PacingPermit> {
    const { signal, username, caller = username, priority = 'normal' } = request
    const expectedMs = this.#expectedMs(request, lane, nowMs)
    return new Promise((resolve, reject) => {
      let waits = true
      const settled = (): void => {
        waits = false
        signal?.removeEventListener('abort', onAbort)
      }
      const onAbort = (): void => {
        if (this.#leave(waiting)) reject(signal?.reason)
        this.#pump()
      }
      const waiting: Waiting = {
        request,
        rank: ranks[priority],
        caller,
        sequence: this.#sequence++,
        sinceMs: nowMs,
        lane,
        grant: (permit) => {
          settled()
          resolve(permit)
        },
        refuse: (error) => {
          settled()
          reject(error)
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#enter(waiting)
      this.#pump()
      if (waits) this.#settings.onWait(request, lane.name, expectedMs)
    })
  }

  #enter(waiting: Waiting): void {
    const isNew = ![...this.#lanes].some((lane) => lane.hasLine(waiting.caller))
    if (isNew) this.#turns.join(waiting.caller)
    waiting.lane.add(waiting)
    this.#length += 1
    this.#settings.timers.hold()
  }

  #leave(waiting: Waiting): boolean {
    if (!waiting.lane.remove(waiting)) return false
    this.#length -= 1
    this.#settings.timers.letGo()
    return true
  }

  /** Grants whatever can be granted now, then sleeps until more can be. */
  #pump(): void {
    const nowMs = this.#nowMs()
    for (let next = this.#next(nowMs); next !== undefined; next = this.#next(nowMs)) {
      this.#leave(next)
      this.#turns.take(next.caller)
      next.grant(this.#grant(next.request, next.lane, nowMs))
    }
    this.#schedule(nowMs)
  }

  /** Of those whose lanes are free: the most urgent, then the caller whose turn it is, then the oldest. */
  #next(nowMs: number): Waiting | undefined {
    if (this.#length === 0 || this.#lanes.isFull(nowMs)) return undefined
    const held = !this.#conversations.idle
    let best: Waiting | undefined
    for (const lane of this.#lanes) {
      if (lane.length === 0 || this.#lanes.freeAtMs(lane, nowMs) > nowMs) continue
      for (const one of held ? lane : lane.heads()) {
        if (held && !this.#isLet(one.request, nowMs)) continue
        if (best === undefined || this.#turns.goesBefore(one, best, nowMs)) best = one
      }
    }
    return best
  }

  /** Whether a request need not wait for a conversation. */
  #isLet(request: PacingRequest, nowMs: number): boolean {
    return this.#conversations.idle || this.#conversations.freeAtMs(request, this.#running, nowMs) <= nowMs
  }

  #grant(request: PacingRequest, lane: Lane, nowMs: number): PacingPermit {
    this.#lanes.take(lane, nowMs)
    this.#conversations.note(request, nowMs)
    this.#running += 1
    let released = false
    let countsFromMs = nowMs
    const use = (): boolean => {
      const usedAtMs = this.#nowMs()
      if (!this.#lanes.use(lane, countsFromMs, usedAtMs)) return false
      countsFromMs = usedAtMs
      return true
    }
    const release = (sent: boolean): void => {
      if (released) return
      released = true
      this.#running -= 1
      this.#lanes.release(lane, countsFromMs, sent)
      this.#pump()
    }
    return { use, release }
  }

  /** What the queue lets expect: everybody who waits for the same goes before. */
  #expectedMs(request: PacingRequest, lane: Lane, nowMs: number): number {
    const heldUntilMs = this.#conversations.freeAtMs(request, this.#running, nowMs)
    return Math.max(heldUntilMs, this.#lanes.grantAtMs(lane, lane.length, this.#length, nowMs)) - nowMs
  }

  #schedule(nowMs: number): void {
    const { timers } = this.#settings
    if (this.#length === 0) {
      this.#rest()
      return
    }
    timers.cancel(this.#wakeUp)
    this.#wakeUp = undefined
    let atMs = Number.POSITIVE_INFINITY
    for (const lane of this.#lanes) {
      if (lane.length > 0)
        atMs = Math.min(atMs, Math.max(this.#lanes.freeAtMs(lane, nowMs), this.#letAtMs(lane, nowMs)))
    }
    if (atMs !== Number.POSITIVE_INFINITY) this.#wakeUp = timers.after(atMs - nowMs, () => this.#pump())
  }

  /** When the first of a lane may go, as far as conversations are concerned. */
  #letAtMs(lane: Lane, nowMs: number): number {
    const freeAtMs = (one: Waiting): number => this.#conversations.freeAtMs(one.request, this.#running, nowMs)
    return this.#conversations.idle ? nowMs : Math.min(...[...lane].map(freeAtMs))
  }

  /** Nobody waits. An idle username should cost nothing: the queue goes once its windows have nothing left to remember. */
  #rest(): void {
    const { timers } = this.#settings
    timers.cancel(this.#wakeUp)
    this.#wakeUp = undefined
    this.#turns.reset()
    if (this.#forget !== undefined) return
    const nowMs = this.#nowMs()
    const idleAtMs = this.#idleAtMs(nowMs)
    if (idleAtMs === Number.POSITIVE_INFINITY) return
    this.#forget = timers.after(idleAtMs - nowMs + 1, () => {
      this.#forget = undefined
      const laterMs = this.#nowMs()
      if (this.#length > 0 || this.#idleAtMs(laterMs) > laterMs) this.#schedule(laterMs)
      else this.#settings.onIdle()
    })
  }

  #idleAtMs(nowMs: number): number {
    return this.#conversations.idle ? this.#lanes.idleAtMs(nowMs) : Number.POSITIVE_INFINITY
  }

  #nowMs(): number {
    return this.#settings.timers.monotonicNow()
  }
}
