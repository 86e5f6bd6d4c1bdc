import { TransportError } from '../transport-error.ts'
import type { PacingLimit } from './limits.ts'

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
