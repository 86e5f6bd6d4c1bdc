import { placeFreeAtMs } from './budget.ts'
import type { CredentialHost } from './credential-host.ts'
import type { Credential, Held } from './credential-state.ts'
import { loginBudgetSpent, sessionClosed, sessionFailed, sessionUnavailable } from './errors.ts'
import { keptFor } from './login.ts'
import type { Moment } from './proof.ts'

/** When a credential will be replaced, or the next attempt to get one is due, in milliseconds since 1970. */
export function nextAttemptAtMs(state: Credential, now: Moment): number | undefined {
  const atMs = attemptAtMs(state)
  return atMs === undefined ? undefined : Math.round(now.wallMs + atMs - now.monotonicMs)
}

function attemptAtMs(state: Credential): number | undefined {
  if (state.name === 'waiting') return state.wait.untilMs
  if (state.name === 'active' || state.name === 'questioned')
    return Math.min(state.held.renewAtMs, state.held.expiresAtMs)
  return undefined
}

/** The credential that may be used in a state. */
export function heldIn(state: Credential): Held | undefined {
  return state.name === 'active' || state.name === 'questioned' || state.name === 'renewing'
    ? state.held
    : undefined
}

/** What whoever gets no credential is told. */
export function reasonForNone(state: Credential, host: CredentialHost, cause: unknown): Error {
  if (state.name === 'closing' || state.name === 'closed') return sessionClosed()
  if (state.name === 'failed') return sessionFailed(cause ?? state.error)
  const nowMs = host.now().monotonicMs
  const untilMs =
    state.name === 'waiting'
      ? state.wait.untilMs
      : placeFreeAtMs(state.ledger.budget, host.rules.logins, nowMs, keptFor('renew', host.rules))
  const known = state.name === 'waiting' ? (state.error ?? cause) : cause
  return sessionUnavailable({
    cause: known ?? loginBudgetSpent(),
    retryAfterMs: Math.max(0, untilMs - nowMs),
    maintenance: host.maintenance(),
  })
}
