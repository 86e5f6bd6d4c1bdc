import { publishPacingEvent } from '@ibkr-auth/internal/pacing-channels'
import type { PacingEvent, PacingPenalty, PacingQueueStatus } from '@ibkr-auth/internal/pacing-events'
import {
  createLimitMatcher,
  globalPacingWindow,
  ibkrPacingLimits,
  type LimitMatcher,
  type PacingLimit,
  type PacingWindow,
} from '@ibkr-auth/internal/pacing-limits'
import { documentedPenaltyMs } from '../call/retry-rules.ts'
import {
  checkClock,
  checkCount,
  checkDuration,
  checkGroup,
  checkLasting,
  checkList,
  invalidInput,
  isObject,
  isText,
} from '../checks.ts'
import { tellListeners } from '../events.ts'
import { type Timers, timersOf } from '../timer-heap.ts'
import type { Pacing, PacingOptions } from './pacing.ts'
import { PenaltyBox } from './penalty-box.ts'
import type { PacingPermit, PacingRequest } from './permit.ts'
import { UsernameQueue } from './queue.ts'
import { inPenaltyBox, queueFull, waitTooLong } from './refusals.ts'

const dayMs = 86_400_000

/** The pacing of a process: a queue for each username, and one penalty box. */
export class InProcessPacing implements Pacing {
  readonly #timers: Timers
  readonly #global: PacingWindow
  readonly #marginMs: number
  readonly #maxWaitMs: number
  readonly #maxQueued: number
  readonly #limitOf: LimitMatcher
  readonly #box: PenaltyBox
  readonly #queues = new Map<unknown, UsernameQueue>()
  readonly #listeners = new Set<(event: PacingEvent) => void>()

  constructor(options: PacingOptions) {
    checkGroup('options', options)
    checkClock(options.clock)
    checkList('limits', options.limits, 'limits', isObject)
    this.#timers = timersOf(options.clock)
    this.#global = checkWindow('global', options.global ?? globalPacingWindow)
    this.#marginMs = checkDuration('pacing.marginMs', options.marginMs ?? 50, dayMs)
    this.#maxWaitMs = checkDuration('pacing.maxWaitMs', options.maxWaitMs ?? 60_000, dayMs)
    this.#maxQueued = checkCount('pacing.maxQueued', options.maxQueued ?? 1_000, 1)
    this.#box = new PenaltyBox(
      checkDuration('pacing.penaltyMs', options.penaltyMs ?? documentedPenaltyMs, dayMs),
    )
    this.#limitOf = createLimitMatcher((options.limits ?? ibkrPacingLimits).map(checkLimit))
  }

  acquire(request: PacingRequest): PacingPermit | Promise<PacingPermit> {
    const untilMs = this.penaltyUntilMs(request.egress)
    if (untilMs !== undefined) throw inPenaltyBox(untilMs, this.#timers.now())
    const limit = this.#limitOf(request.method, request.path)
    return this.#queueOf(request.username).acquire(request, limit)
  }

  penalize(egress: unknown, retryAfterMs?: number): PacingPenalty {
    this.#box.add(egress, this.#timers.monotonicNow(), retryAfterMs)
    const nowMs = this.#timers.now()
    const untilMs = this.penaltyUntilMs(egress) ?? nowMs
    const error = inPenaltyBox(untilMs, nowMs)
    for (const queue of this.#queues.values()) queue.refuse((request) => request.egress === egress, error)
    const penalty: PacingPenalty = { type: 'penalty', egress, untilMs }
    this.#tell(penalty)
    return penalty
  }

  pardon(egress: unknown): void {
    if (this.#box.pardon(egress, this.#timers.monotonicNow())) this.#tell({ type: 'pardon', egress })
  }

  penaltyUntilMs(egress: unknown): number | undefined {
    const nowMs = this.#timers.monotonicNow()
    const untilMs = this.#box.get(egress, nowMs)
    return untilMs === undefined ? undefined : Math.round(this.#timers.now() + untilMs - nowMs)
  }

  queued(username: unknown): number {
    return this.#queues.get(username)?.length ?? 0
  }

  waits(username: unknown): readonly PacingQueueStatus[] {
    return [...(this.#queues.get(username)?.waits() ?? [])]
  }

  drop(username: unknown, owner: unknown, error: Error): void {
    this.#queues.get(username)?.refuse((request) => request.owner === owner, error)
  }

  hold(username: unknown, conversation: unknown): () => void {
    return this.#queueOf(username).hold(conversation)
  }

  subscribe(listener: (event: PacingEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(event: PacingEvent): void {
    publishPacingEvent(event)
    tellListeners('pacing.subscribe', this.#listeners, event)
  }

  #queueOf(username: unknown): UsernameQueue {
    const known = this.#queues.get(username)
    if (known !== undefined) return known
    const queue: UsernameQueue = new UsernameQueue({
      timers: this.#timers,
      global: this.#global,
      marginMs: this.#marginMs,
      maxWaitMs: this.#maxWaitMs,
      maxQueued: this.#maxQueued,
      tooLong: waitTooLong,
      full: queueFull,
      onWait: ({ owner, method, path }, limit, expectedMs) =>
        this.#tell({ type: 'wait', username, owner, method, path, limit, expectedMs }),
      onIdle: () => this.#forget(username, queue),
    })
    this.#queues.set(username, queue)
    return queue
  }

  /** Whoever ends a conversation late wakes a queue that was forgotten long ago, and is not the one of the moment. */
  #forget(username: unknown, queue: UsernameQueue): void {
    if (this.#queues.get(username) === queue) this.#queues.delete(username)
  }
}

function checkWindow(of: string, window: PacingWindow): PacingWindow {
  checkGroup(`pacing: one of windows of ${of}`, window)
  checkCount(`pacing: requests of windows of ${of}`, window.requests, 1)
  checkLasting(`pacing: intervalMs of windows of ${of}`, window.intervalMs, dayMs)
  return window
}

function checkLimit(limit: PacingLimit): PacingLimit {
  const { name, methods, paths, windows, concurrent } = limit
  if (typeof name !== 'string' || name === '') throw invalidInput('pacing: each of limits must have a name')
  checkList(`pacing: windows of limit "${name}"`, windows ?? null, 'windows', isObject)
  checkList(`pacing: methods of limit "${name}"`, methods ?? null, 'methods', isText)
  checkList(`pacing: paths of limit "${name}"`, paths ?? null, 'paths', isText)
  if (!methods.every((method) => /^[A-Z]+$/.test(method))) {
    throw invalidInput(`pacing: methods of limit "${name}" must be in upper case: GET, POST`)
  }
  if (!paths.every((path) => /^\/[^?#]*$/.test(path))) {
    throw invalidInput(
      `pacing: paths of limit "${name}" must begin with a slash and have no query: /iserver/accounts`,
    )
  }
  if (concurrent !== undefined) checkCount(`pacing: concurrent of limit "${name}"`, concurrent, 1)
  for (const window of windows) checkWindow(`limit "${name}"`, window)
  return limit
}
