import { createHash } from 'node:crypto'
import { duration, sharedSettings } from '../check.ts'
import type { Clock } from '../clock.ts'
import { invalidInput, isSharedSessionError, SharedSessionError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { StoreAccess } from '../store/store-access.ts'

/** What came of remembering: it was new, had been seen, or there was no room. */
export type Remembered = 'new' | 'seen' | 'full'

/** How the memory of verifiers is shared. */
export interface SharedMemoryOptions {
  readonly store: Store
  /** Names the memory: verifiers that share it share the key. */
  readonly key: string
  /**
   * How far a verifier's clock may be from the store's, in milliseconds. Things are remembered so much longer, and a verifier that is
   * further off accepts nothing. Default 60,000.
   */
  readonly clockToleranceMs?: number | undefined
  /**
   * How long a thing is remembered at the least, in milliseconds: as long as the most tolerant of the verifiers allows. Default 600,000.
   */
  readonly atLeastMs?: number | undefined
  /** How long the store may take, in milliseconds. Default 2,000. */
  readonly storeTimeoutMs?: number | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
}

/** Remembers a text until a time; atomically, for all who share the memory. */
type Remember = (text: string, expiresAtMs: number, nowMs: number) => Promise<Remembered>

/**
 * Each text is a counter with one place that runs until the text is worth nothing; only a hash of it is stored. The counters lie under 256 keys, so that a store that
 * writes a key as a whole writes little.
 */
export function rememberIn(options: SharedMemoryOptions, kind: string): Remember {
  const { store, key: memory, storeTimeoutMs, clock } = sharedSettings(options)
  const key = `${memory} ${kind}`
  const toleranceMs = duration('clockToleranceMs', options.clockToleranceMs, 60_000)
  const atLeastMs = duration('atLeastMs', options.atLeastMs, 600_000, 0)
  const access = new StoreAccess(store, clock, storeTimeoutMs)
  return async (text, expiresAtMs, nowMs) => {
    if (!Number.isFinite(expiresAtMs) || !Number.isFinite(nowMs))
      throw invalidInput('expiresAtMs and nowMs must be milliseconds since 1970')
    const name = createHash('sha256').update(text).digest('base64url')
    // Two clocks may be wrong, each its own way.
    const runningForMs = Math.max(atLeastMs, expiresAtMs - nowMs) + 2 * toleranceMs
    const counters = [{ name, windows: [], concurrent: 1 }]
    const wishes = [{ counters: [0], count: 1, id: 'seen' }]
    const ask = { holder: 'verifier', presentForMs: 0, slackMs: 0, runningForMs, counters, wishes }
    try {
      const answer = await access.take(`${key} ${name.slice(0, 2)}`, ask)
      if (Math.abs(answer.nowMs - nowMs) > toleranceMs) throw clockIsOff(answer.nowMs - nowMs)
      return answer.granted[0] === 1 ? 'new' : 'seen'
    } catch (error) {
      if (isSharedSessionError(error) && error.code === 'ERR_SHARED_SESSION_STORE_FULL') return 'full'
      throw error
    }
  }
}

function clockIsOff(behindMs: number): SharedSessionError {
  const seconds = Math.round(Math.abs(behindMs) / 1_000)
  return new SharedSessionError(
    'ERR_SHARED_SESSION_CLOCK',
    `This verifier's clock is ${seconds} s ${behindMs > 0 ? 'behind' : 'ahead of'} the store's: nothing is accepted by it, since others could not know for how long; set the clock`,
  )
}
