import type { Brokerage } from './brokerage.ts'
import type { CredentialKeeper } from './credential-keeper.ts'
import { reasonOf } from './errors.ts'
import type { BrokerageStatus, SessionStatus, StatusError } from './status.ts'

/** What a status is put together from. */
export interface StatusSources
  extends Pick<
    SessionStatus,
    'sinceMs' | 'username' | 'lastError' | 'queued' | 'penaltyUntilMs' | 'maintenance' | 'clockSkewMs'
  > {
  readonly keeper: CredentialKeeper
  readonly brokerage: Brokerage | undefined
  readonly brokerageSinceMs: number
  readonly lastActivityAtMs: number | undefined
  readonly lastBrokerageError: StatusError | undefined
}

/** Puts a status together. */
export function describeStatus(sources: StatusSources): SessionStatus {
  const { keeper, sinceMs, username, lastError, queued, penaltyUntilMs, maintenance, clockSkewMs } = sources
  return {
    state: keeper.state,
    sinceMs,
    username,
    expiresAtMs: keeper.expiresAtMs,
    nextAttemptAtMs: keeper.nextAttemptAtMs,
    established: keeper.established,
    failures: keeper.failures,
    lastError,
    brokerage: describeBrokerage(sources),
    queued,
    penaltyUntilMs,
    maintenance,
    clockSkewMs,
  }
}

function describeBrokerage(sources: StatusSources): BrokerageStatus {
  const { brokerage, brokerageSinceMs, lastActivityAtMs, lastBrokerageError } = sources
  const report = brokerage?.report
  return {
    state: brokerage?.state ?? 'closed',
    sinceMs: brokerageSinceMs,
    authenticated: report?.authenticated ?? false,
    connected: report?.connected ?? false,
    competing: report?.competing ?? false,
    lastActivityAtMs,
    nextAttemptAtMs: brokerage?.nextAttemptAtMs,
    failures: brokerage?.failures ?? 0,
    lastError: lastBrokerageError,
  }
}

/** An error as a probe shows it: without anything that could be a secret. */
export function toStatusError(error: unknown, atMs: number): StatusError {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error
  const code = hasCode && typeof error.code === 'string' ? error.code : undefined
  return { atMs, code, message: reasonOf(error) }
}
