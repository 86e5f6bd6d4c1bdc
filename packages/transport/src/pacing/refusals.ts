import { TransportError } from '../errors.ts'

/** What a request is told whose address is in the penalty box; times in milliseconds since 1970. */
export function inPenaltyBox(untilMs: number, nowMs: number): TransportError {
  const until = new Date(untilMs).toISOString()
  return new TransportError(
    'ERR_TRANSPORT_PENALTY_BOX',
    `IBKR answered 429, so nothing is sent from this address until ${until}: every further request would prolong the penalty. If you know that it has ended, pacing.pardon() opens it`,
    { retryAfterMs: untilMs - nowMs },
  )
}

/** What a request is told that cannot have its place in time. */
export function waitTooLong(limit: string | undefined, waitMs: number): TransportError {
  const allowance = limit === undefined ? 'this username' : `"${limit}"`
  return new TransportError(
    'ERR_TRANSPORT_PACING_WAIT',
    `IBKR's limit for ${allowance} leaves no room for another ${Math.ceil(waitMs / 1_000)} s; keep the last answer, or raise maxWaitMs and timeouts.totalMs`,
    { retryAfterMs: Math.ceil(waitMs) },
  )
}

/** What a request is told that finds the queue full. */
export function queueFull(queued: number, waitMs: number): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_PACING_WAIT',
    `${queued} requests of this username wait for IBKR's limits already; ask less often, or raise maxQueued`,
    { retryAfterMs: Math.ceil(waitMs) },
  )
}
