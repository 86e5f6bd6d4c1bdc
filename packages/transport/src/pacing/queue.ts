import type { Timer, Timers } from '../timer-heap.ts'
import { Gate } from './allowance.ts'
import { Lane, ranks, Turns, type Waiting } from './lane.ts'
import type { PacingLimit, PacingWindow } from './limits.ts'
import type { PacingPermit, PacingRequest } from './permit.ts'

/** Reasons for which a wait ends without a place, made where the wording lives. */
export interface QueueErrors {
  tooLong(limit: PacingLimit | undefined, waitMs: number): Error
}

/** What a queue is made of. */
export interface QueueSettings {
  readonly timers: Timers
  readonly global: PacingWindow
  readonly marginMs: number
  readonly maxWaitMs: number
  readonly errors: QueueErrors
  /** Called when the queue has nothing left to remember. */
  readonly onIdle: () => void
}

/** The allowances of one username, and who waits for them. */
export class UsernameQueue {
  readonly #settings: QueueSettings
  readonly #global: Gate
  readonly #lanes = new Map<PacingLimit | undefined, Lane>()
  readonly #turns = new Turns()
  #length = 0
  #sequence = 0
  #wakeUp: Timer | undefined
  #forget: Timer | undefined

  constructor(settings: QueueSettings) {
    this.#settings = settings
    this.#global = new Gate([settings.global], undefined, settings.marginMs)
  }

  /** Requests that wait. */
  get length(): number {
    return this.#length
  }

  /** A place at once, or a promise of one. */
  acquire(request: PacingRequest, limit: PacingLimit | undefined): PacingPermit | Promise<PacingPermit> {
    const lane = this.#laneOf(limit)
    const nowMs = this.#settings.timers.now()
    if (request.signal?.aborted) return Promise.reject(request.signal.reason)
    if (this.#length === 0 && this.#freeAtMs(lane, nowMs) <= nowMs) return this.#grant(lane, nowMs)
    const waitMs = this.#shortestWaitMs(lane, nowMs)
    if (waitMs > (request.maxWaitMs ?? this.#settings.maxWaitMs)) {
      return Promise.reject(this.#settings.errors.tooLong(limit, waitMs))
    }
    return this.#wait(request, lane)
  }

  /** Refuses what waits and matches. */
  refuse(matches: (waiting: Waiting) => boolean, error: Error): void {
    for (const lane of this.#lanes.values()) {
      for (const waiting of [...lane]) {
        if (matches(waiting) && this.#leave(waiting)) waiting.refuse(error)
      }
    }
    this.#pump()
  }

  #wait(request: PacingRequest, lane: Lane): Promise<PacingPermit> {
    return new Promise((resolve, reject) => {
      const { signal } = request
      const onAbort = (): void => {
        if (this.#leave(waiting)) reject(signal?.reason)
      }
      const waiting: Waiting = {
        rank: ranks[request.priority ?? 'normal'],
        sequence: this.#sequence++,
        caller: request.caller ?? request.username,
        owner: request.owner,
        egress: request.egress,
        lane,
        grant: (permit) => {
          signal?.removeEventListener('abort', onAbort)
          resolve(permit)
        },
        refuse: (error) => {
          signal?.removeEventListener('abort', onAbort)
          reject(error)
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#enter(waiting)
      this.#pump()
    })
  }

  #enter(waiting: Waiting): void {
    const isNew = ![...this.#lanes.values()].some((lane) => lane.hasLine(waiting.caller))
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
    const nowMs = this.#settings.timers.now()
    for (let next = this.#next(nowMs); next !== undefined; next = this.#next(nowMs)) {
      this.#leave(next)
      this.#turns.take(next.caller)
      next.grant(this.#grant(next.lane, nowMs))
    }
    this.#schedule(nowMs)
  }

  /** Of the heads whose lanes are free: the most urgent, then the caller whose turn it is, then the oldest. */
  #next(nowMs: number): Waiting | undefined {
    if (this.#length === 0 || this.#global.nextFreeAtMs(nowMs) > nowMs) return undefined
    let best: Waiting | undefined
    for (const lane of this.#lanes.values()) {
      if (lane.empty || this.#freeAtMs(lane, nowMs) > nowMs) continue
      for (const head of lane.heads()) {
        if (best === undefined || this.#goesBefore(head, best)) best = head
      }
    }
    return best
  }

  #goesBefore(one: Waiting, other: Waiting): boolean {
    if (one.rank !== other.rank) return one.rank < other.rank
    const turn = this.#turns.taken(one.caller) - this.#turns.taken(other.caller)
    return turn === 0 ? one.sequence < other.sequence : turn < 0
  }

  #grant(lane: Lane, nowMs: number): PacingPermit {
    this.#global.take(nowMs)
    lane.gate?.take(nowMs)
    let released = false
    const release = (sent: boolean): void => {
      if (released) return
      released = true
      this.#global.release(nowMs, sent)
      lane.gate?.release(nowMs, sent)
      this.#pump()
    }
    return { grantedAtMs: nowMs, release }
  }

  #freeAtMs(lane: Lane, nowMs: number): number {
    return Math.max(this.#global.nextFreeAtMs(nowMs), lane.gate?.nextFreeAtMs(nowMs) ?? nowMs)
  }

  /** What the windows alone make certain: nobody can be granted earlier. */
  #shortestWaitMs(lane: Lane, nowMs: number): number {
    return (lane.gate?.nextWindowAtMs(nowMs) ?? nowMs) - nowMs
  }

  #schedule(nowMs: number): void {
    const { timers } = this.#settings
    timers.cancel(this.#wakeUp)
    this.#wakeUp = undefined
    if (this.#length === 0) {
      this.#turns.reset()
      this.#scheduleForgetting(nowMs)
      return
    }
    let atMs = Number.POSITIVE_INFINITY
    for (const lane of this.#lanes.values()) {
      if (!lane.empty) atMs = Math.min(atMs, this.#freeAtMs(lane, nowMs))
    }
    if (atMs !== Number.POSITIVE_INFINITY) this.#wakeUp = timers.after(atMs - nowMs, () => this.#pump())
  }

  /** An idle username should cost nothing: the queue goes once its windows have nothing left to remember. */
  #scheduleForgetting(nowMs: number): void {
    const { timers, onIdle } = this.#settings
    if (this.#forget !== undefined) return
    let idleAtMs = this.#global.idleAtMs(nowMs)
    for (const lane of this.#lanes.values())
      idleAtMs = Math.max(idleAtMs, lane.gate?.idleAtMs(nowMs) ?? nowMs)
    if (idleAtMs === Number.POSITIVE_INFINITY) return
    this.#forget = timers.after(idleAtMs - nowMs + 1, () => {
      this.#forget = undefined
      if (this.#length > 0 || this.#isRemembering()) return this.#schedule(timers.now())
      onIdle()
    })
  }

  #isRemembering(): boolean {
    const nowMs = this.#settings.timers.now()
    const gates = [...this.#lanes.values()].map((lane) => lane.gate)
    return [this.#global, ...gates].some((gate) => gate !== undefined && gate.idleAtMs(nowMs) > nowMs)
  }

  #laneOf(limit: PacingLimit | undefined): Lane {
    const known = this.#lanes.get(limit)
    if (known !== undefined) return known
    const gate = limit && new Gate(limit.windows, limit.concurrent, this.#settings.marginMs)
    const lane = new Lane(gate)
    this.#lanes.set(limit, lane)
    return lane
  }
}
