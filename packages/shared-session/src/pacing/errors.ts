import { SharedSessionError } from '../errors.ts'

export function inPenaltyBox(untilMs: number, nowMs: number): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_PENALTY_BOX',
    `IBKR answered 429 to one of the processes, so none sends anything from this address until ${new Date(untilMs).toISOString()}: every further request would prolong the penalty`,
    { retryAfterMs: untilMs - nowMs },
  )
}

export function waitTooLong(limit: string | undefined, waitMs: number): SharedSessionError {
  const allowance = limit === undefined ? 'this username' : `"${limit}"`
  return new SharedSessionError(
    'ERR_SHARED_SESSION_PACING_WAIT',
    `IBKR's limit for ${allowance} leaves no room for another ${Math.ceil(waitMs / 1_000)} s; keep the last answer, or raise maxWaitMs and timeouts.totalMs`,
    { retryAfterMs: waitMs },
  )
}

export function queueIsFull(most: number): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_PACING_WAIT',
    `${most} requests of this username wait already; ask for less, or wait for answers before asking on`,
    { retryAfterMs: 1_000 },
  )
}
