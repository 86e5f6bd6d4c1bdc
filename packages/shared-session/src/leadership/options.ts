import { duration, oneOf, type Settled, sharedSettings } from '../check.ts'
import type { Clock } from '../clock.ts'
import { createSealer, type Sealer, type SealingOptions } from '../sealing/sealer.ts'
import type { Store } from '../store/store.ts'

/** How one brokerage session is led. */
export interface ShareLeadershipOptions extends SealingOptions {
  readonly store: Store
  /** Names the brokerage session: environment and username. May be the key of the login. */
  readonly key: string
  /** How long a leader may be silent before another process leads, in milliseconds. Default 10,000. */
  readonly leaseMs?: number | undefined
  /** The leader while the store is away: lets its lease end (`'wait'`, default), or goes on (`'alone'`). */
  readonly whenAway?: 'wait' | 'alone' | undefined
  /** How often is looked for changes that the store did not tell of, in milliseconds. Default 1,000. */
  readonly pollMs?: number | undefined
  /** How long the store may take, in milliseconds. Default 2,000. */
  readonly storeTimeoutMs?: number | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
}

/** Options with nothing left open. */
export type LeadershipSettings = Settled<Omit<ShareLeadershipOptions, keyof SealingOptions>> & {
  readonly sealer: Sealer
}

/** @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT` */
export function leadershipSettings(options: ShareLeadershipOptions): LeadershipSettings {
  const shared = sharedSettings(options)
  return {
    ...shared,
    key: `${shared.key} leader`,
    sealer: createSealer(options),
    leaseMs: duration('leaseMs', options.leaseMs, 10_000, 100),
    whenAway: oneOf('whenAway', options.whenAway ?? 'wait', ['wait', 'alone']),
  }
}
