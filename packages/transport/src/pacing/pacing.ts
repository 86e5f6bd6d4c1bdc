import type { PacingEvent, PacingPenalty, PacingQueueStatus } from '@ibkr-auth/internal/pacing-events'
import type { PacingLimit, PacingWindow } from '@ibkr-auth/internal/pacing-limits'
import { type Clock, systemClock } from '../clock.ts'
import { InProcessPacing } from './in-process.ts'
import type { PacingPermit, PacingRequest } from './permit.ts'

/** How requests are paced. */
export interface PacingOptions {
  /** Allowance of a username over all endpoints. Default 10 per second. */
  readonly global?: PacingWindow | undefined
  /** Allowances of endpoints. Default {@link ibkrPacingLimits}. */
  readonly limits?: readonly PacingLimit[] | undefined
  /** Added to every window, in milliseconds, for requests that travel faster than the one before. Default 50. */
  readonly marginMs?: number | undefined
  /** How long an address stops after a 429, in milliseconds. Default 600,000, as IBKR documents. */
  readonly penaltyMs?: number | undefined
  /** A wait that is known to take longer than this is refused at once, in milliseconds. Default 60,000. */
  readonly maxWaitMs?: number | undefined
  /** Requests of a username that may wait at once. Default 1,000. */
  readonly maxQueued?: number | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
}

/**
 * IBKR's limits for any number of sessions: those of usernames, and the penalty box of addresses. {@link createPacing} is
 * the one for a process; sessions take any other, for instance one that several processes share.
 */
export interface Pacing {
  /**
   * Takes a place, at once if there is one, or queues for it.
   *
   * @throws {TransportError} `ERR_TRANSPORT_PENALTY_BOX` while the address is in the penalty box,
   * `ERR_TRANSPORT_PACING_WAIT` if the wait would be too long or the queue is full; or the reason of `signal`. Thrown or
   * rejected alike.
   */
  acquire(request: PacingRequest): PacingPermit | Promise<PacingPermit>
  /**
   * Reports a 429: the address stops, and its queued requests are refused.
   *
   * @param retryAfterMs - What the server asked for, if it did; believed up to 15 minutes.
   */
  penalize(egress: unknown, retryAfterMs?: number): PacingPenalty
  /** Ends an address's penalty before its time, by the word of whoever knows that IBKR has. */
  pardon(egress: unknown): void
  /** End of an address's penalty, in milliseconds since 1970; undefined if it is free. */
  penaltyUntilMs(egress: unknown): number | undefined
  /** Requests of a username that wait. */
  queued(username: unknown): number
  /** What they wait for, and how long; empty if none waits. */
  waits(username: unknown): readonly PacingQueueStatus[]
  /** Refuses what an owner has waiting, with `error`. */
  drop(username: unknown, owner: unknown, error: Error): void
  /**
   * Begins a conversation: until the result is called, for at most 5 s, other requests of the username wait, but for
   * cancellations of orders. Its own requests are those whose `conversation` is the same value.
   */
  hold(username: unknown, conversation: unknown): () => void
  /** Calls `listener` for each event; the result ends that. */
  subscribe(listener: (event: PacingEvent) => void): () => void
}

/**
 * Makes a pacing for this process; sessions that share it share its limits.
 *
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` for options that cannot be meant.
 */
export function createPacing(options: PacingOptions = {}): Pacing {
  return new InProcessPacing(options)
}

const pacingByClock = new WeakMap<Clock, Pacing>()

/**
 * The pacing that sessions share if they are given none: one for each clock, so one for a process.
 *
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` for a `clock` that is none.
 */
export function sharedPacing(clock: Clock = systemClock): Pacing {
  const known = pacingByClock.get(clock)
  if (known !== undefined) return known
  const pacing = createPacing({ clock })
  pacingByClock.set(clock, pacing)
  return pacing
}
