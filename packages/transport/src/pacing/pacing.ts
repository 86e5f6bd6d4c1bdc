import { type Clock, systemClock } from '../clock.ts'
import { TransportError } from '../errors.ts'
import { type Timers, timersOf } from '../timer-heap.ts'
import {
  createLimitMatcher,
  documentedPenaltyMs,
  globalPacingWindow,
  ibkrPacingLimits,
  type LimitMatcher,
  type PacingLimit,
  type PacingWindow,
} from './limits.ts'
import { PenaltyBox } from './penalty-box.ts'
import type { PacingPermit, PacingRequest } from './permit.ts'
import { UsernameQueue } from './queue.ts'

/** How requests are paced. */
export interface PacingOptions {
  /** Allowance of a username over all endpoints. Default 10 per second. */
  readonly global?: PacingWindow | undefined
  /** Allowances of endpoints. Default {@link ibkrPacingLimits}. */
  readonly limits?: readonly PacingLimit[] | undefined
  /**
   * Added to every window, in milliseconds, for requests that travel faster than the one before. Default 50.
   */
  readonly marginMs?: number | undefined
  /** How long an address stops after a 429, in milliseconds. Default 600,000. */
  readonly penaltyMs?: number | undefined
  /** A wait that is known to take longer than this is refused at once, in milliseconds. Default 60,000. */
  readonly maxWaitMs?: number | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
}

/** A 429 has put an address into the penalty box. */
export interface PacingPenalty {
  readonly egress: unknown
  /** In milliseconds since 1970. */
  readonly untilMs: number
}

/** IBKR's limits for any number of sessions: those of usernames, and the penalty box of addresses. */
export interface Pacing {
  /**
   * Takes a place, at once if there is one, or queues for it.
   *
   * @throws {TransportError} `ERR_TRANSPORT_PENALTY_BOX` while the address is in the penalty box,
   * `ERR_TRANSPORT_PACING_WAIT` if the wait would be too long; or the reason of `signal`. Thrown or rejected alike.
   */
  acquire(request: PacingRequest): PacingPermit | Promise<PacingPermit>
  /**
   * Reports a 429: the address stops, and its queued requests are refused.
   *
   * @param retryAfterMs - What the server asked for, if it did.
   */
  penalize(egress: unknown, retryAfterMs?: number): PacingPenalty
  /** End of an address's penalty, in milliseconds since 1970; undefined if it is free. */
  penaltyUntilMs(egress: unknown): number | undefined
  /** Requests of a username that wait. */
  queued(username: unknown): number
  /** Refuses what an owner has waiting, with `error`. */
  drop(username: unknown, owner: unknown, error: Error): void
  /** Calls `listener` for each penalty; the result ends that. */
  subscribe(listener: (penalty: PacingPenalty) => void): () => void
}

/** Makes a pacing of your own; sessions that share it share its limits. */
export function createPacing(options: PacingOptions = {}): Pacing {
  return new IbkrPacing(options)
}

const pacingByClock = new WeakMap<Clock, Pacing>()

/** The pacing that sessions share if they are given none: one for each clock, so one for a process. */
export function sharedPacing(clock: Clock = systemClock): Pacing {
  const known = pacingByClock.get(clock)
  if (known !== undefined) return known
  const pacing = createPacing({ clock })
  pacingByClock.set(clock, pacing)
  return pacing
}

class IbkrPacing implements Pacing {
  readonly #timers: Timers
  readonly #global: PacingWindow
  readonly #marginMs: number
  readonly #maxWaitMs: number
  readonly #limitOf: LimitMatcher
  readonly #box: PenaltyBox
  readonly #queues = new Map<unknown, UsernameQueue>()
  readonly #listeners = new Set<(penalty: PacingPenalty) => void>()

  constructor(options: PacingOptions) {
    this.#timers = timersOf(options.clock)
    this.#global = options.global ?? globalPacingWindow
    this.#marginMs = atLeast(0, 'marginMs', options.marginMs ?? 50)
    this.#maxWaitMs = atLeast(0, 'maxWaitMs', options.maxWaitMs ?? 60_000)
    this.#box = new PenaltyBox(atLeast(0, 'penaltyMs', options.penaltyMs ?? documentedPenaltyMs))
    const limits = options.limits ?? ibkrPacingLimits
    for (const window of [this.#global, ...limits.flatMap((limit) => limit.windows)]) checkWindow(window)
    this.#limitOf = createLimitMatcher(limits)
  }

  acquire(request: PacingRequest): PacingPermit | Promise<PacingPermit> {
    const penalty = this.#box.get(request.egress, this.#timers.now())
    if (penalty !== undefined) throw inPenaltyBox(penalty.untilMs, this.#timers.now())
    const limit = this.#limitOf(request.method, request.path)
    return this.#queueOf(request.username).acquire(request, limit)
  }

  penalize(egress: unknown, retryAfterMs?: number): PacingPenalty {
    const nowMs = this.#timers.now()
    const { untilMs } = this.#box.add(egress, nowMs, retryAfterMs)
    const error = inPenaltyBox(untilMs, nowMs)
    for (const queue of this.#queues.values()) queue.refuse((waiting) => waiting.egress === egress, error)
    const penalty: PacingPenalty = { egress, untilMs }
    for (const listener of this.#listeners) listener(penalty)
    return penalty
  }

  penaltyUntilMs(egress: unknown): number | undefined {
    return this.#box.get(egress, this.#timers.now())?.untilMs
  }

  queued(username: unknown): number {
    return this.#queues.get(username)?.length ?? 0
  }

  drop(username: unknown, owner: unknown, error: Error): void {
    this.#queues.get(username)?.refuse((waiting) => waiting.owner === owner, error)
  }

  subscribe(listener: (penalty: PacingPenalty) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #queueOf(username: unknown): UsernameQueue {
    const known = this.#queues.get(username)
    if (known !== undefined) return known
    const queue = new UsernameQueue({
      timers: this.#timers,
      global: this.#global,
      marginMs: this.#marginMs,
      maxWaitMs: this.#maxWaitMs,
      errors: { tooLong: waitTooLong },
      onIdle: () => this.#queues.delete(username),
    })
    this.#queues.set(username, queue)
    return queue
  }
}

function checkWindow(window: PacingWindow): void {
  atLeast(1, 'requests of a window', window.requests)
  atLeast(0, 'intervalMs of a window', window.intervalMs)
}

function atLeast(least: number, name: string, value: number): number {
  if (Number.isFinite(value) && value >= least) return value
  throw new TransportError(
    'ERR_TRANSPORT_INVALID_INPUT',
    `${name} of pacing must be a number of at least ${least}`,
  )
}

export function inPenaltyBox(untilMs: number, nowMs: number): TransportError {
  const until = new Date(untilMs).toISOString()
  return new TransportError(
    'ERR_TRANSPORT_PENALTY_BOX',
    `IBKR answered 429, so nothing is sent from this address until ${until}: every further request would prolong the penalty`,
    { retryAfterMs: untilMs - nowMs },
  )
}

export function waitTooLong(limit: PacingLimit | undefined, waitMs: number): TransportError {
  const allowance = limit === undefined ? 'this username' : `"${limit.name}"`
  return new TransportError(
    'ERR_TRANSPORT_PACING_WAIT',
    `IBKR's limit for ${allowance} leaves no room for another ${Math.ceil(waitMs / 1_000)} s; keep the last answer, or raise maxWaitMs and timeouts.totalMs`,
    { retryAfterMs: waitMs },
  )
}
