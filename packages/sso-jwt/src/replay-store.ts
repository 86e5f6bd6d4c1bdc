import { checkCount } from './checks.ts'

/** What came of remembering an id: it was new, had been seen, or there was no room. */
export type ReplayOutcome = 'new' | 'seen' | 'full'

/** Memory of the `jti` values of accepted tokens; a shared one (a database) may answer with a promise. */
export interface ReplayStore {
  /**
   * Remembers an id until `expiresAtMs`, in one atomic step.
   *
   * @returns `seen` if it is remembered already, `full` if it cannot be remembered without forgetting a live one.
   */
  remember(id: string, expiresAtMs: number, nowMs: number): ReplayOutcome | Promise<ReplayOutcome>
}

/** A replay store in memory. */
export interface MemoryReplayStore extends ReplayStore {
  /** Number of ids held, expired ones that have not been swept included. */
  readonly size: number
  remember(id: string, expiresAtMs: number, nowMs: number): ReplayOutcome
}

/**
 * Creates a bounded memory of token ids. When it is full of live ids it refuses new ones: forgetting one would let a
 * token through twice.
 *
 * @param options.capacity - Ids held at most. Default 100000.
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see RFC 7523 3 item 7
 */
export function createReplayStore(options: { readonly capacity?: number } = {}): MemoryReplayStore {
  const capacity = checkCount(options.capacity ?? 100_000, 'capacity')
  const expiries = new Map<string, number>()
  let earliestMs = Number.POSITIVE_INFINITY

  function sweep(nowMs: number): void {
    earliestMs = Number.POSITIVE_INFINITY
    for (const [id, expiresAtMs] of expiries) {
      if (expiresAtMs <= nowMs) expiries.delete(id)
      else earliestMs = Math.min(earliestMs, expiresAtMs)
    }
  }

  return {
    get size() {
      return expiries.size
    },
    remember(id, expiresAtMs, nowMs) {
      const known = expiries.get(id)
      if (known !== undefined && known > nowMs) return 'seen'
      // A sweep visits every id, so one runs only when there is something to gain: at most one per second of expiry.
      if (expiries.size >= capacity && earliestMs <= nowMs) sweep(nowMs)
      if (expiries.size >= capacity && known === undefined) return 'full'
      const untilMs = Math.ceil(expiresAtMs / 1000) * 1000
      expiries.set(id, untilMs)
      earliestMs = Math.min(earliestMs, untilMs)
      return 'new'
    },
  }
}
