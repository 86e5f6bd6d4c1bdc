import { randomInt } from 'node:crypto'
import { hostname } from 'node:os'
import type { PacingLimit, PacingWindow } from '@ibkr-auth/internal/pacing-limits'
import { callable, duration, type Settled, sharedSettings, storeKey, wholeNumber } from '../check.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { type LaneOf, lanesOf } from './limits.ts'

/** How pacing is shared. */
export interface SharePacingOptions {
  readonly store: Store
  /** Names the environment: usernames and addresses under one key share limits. */
  readonly key: string
  /** Allowance of a username over all endpoints: `globalPacingWindow` of `@ibkr-auth/transport/session`. */
  readonly global: PacingWindow
  /** Allowances of endpoints: `ibkrPacingLimits` of `@ibkr-auth/transport/session`. */
  readonly limits: readonly PacingLimit[]
  /** Name of the address that requests leave from, for sessions that name none. Default: the host's name. */
  readonly egress?: string | undefined
  /**
   * How much faster than the one before a request may travel, in milliseconds: added to every window, and kept clear before a
   * conversation. Default 50.
   */
  readonly marginMs?: number | undefined
  /** How long an address stops after a 429, in milliseconds. Default 600,000. */
  readonly penaltyMs?: number | undefined
  /** A wait that is known to take longer is refused, in milliseconds. Default 60,000. */
  readonly maxWaitMs?: number | undefined
  /** Most requests of a username that may wait. Default 10,000. */
  readonly maxQueued?: number | undefined
  /** How long a conversation holds others back, in milliseconds. Default 5,000. */
  readonly conversationMs?: number | undefined
  /** How often is looked for a penalty that the store did not tell of, in milliseconds. Default 1,000. */
  readonly pollMs?: number | undefined
  /** Processes to reckon with while the store is away and has never said how many there are. Default 4. */
  readonly assumedProcesses?: number | undefined
  /** How long the store may take, in milliseconds; afterwards it counts as away. Default 2,000. */
  readonly storeTimeoutMs?: number | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
  /** Numbers in [0, 1). Default: from the machine's secure randomness. */
  readonly random?: (() => number) | undefined
}

/** Options with nothing left open. */
export type PacingSettings = Settled<Omit<SharePacingOptions, 'global' | 'limits'>> & {
  readonly laneOf: LaneOf
  /** Places of a username over all endpoints, in its window. */
  readonly places: number
}

/** @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT` */
export function pacingSettings(options: SharePacingOptions): PacingSettings {
  const shared = sharedSettings(options)
  const marginMs = duration('marginMs', options.marginMs, 50, 0)
  return {
    ...shared,
    laneOf: lanesOf(options.global, options.limits, marginMs),
    marginMs,
    places: options.global.requests,
    random: callable('random', options.random ?? (() => randomInt(1_000_000) / 1_000_000)),
    egress: storeKey('egress', options.egress ?? hostname()),
    penaltyMs: duration('penaltyMs', options.penaltyMs, 600_000, 0),
    maxWaitMs: duration('maxWaitMs', options.maxWaitMs, 60_000, 0),
    maxQueued: wholeNumber('maxQueued', options.maxQueued ?? 10_000, 1),
    conversationMs: duration('conversationMs', options.conversationMs, 5_000),
    assumedProcesses: wholeNumber('assumedProcesses', options.assumedProcesses ?? 4, 1),
  }
}
