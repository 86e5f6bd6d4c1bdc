import { backoffMs, tellAfterMs } from './backoff.ts'
import { placeFreeAtMs, takePlace } from './budget.ts'
import type { EstablishReason } from './credential.ts'
import type {
  Credential,
  CredentialEffect,
  CredentialEvent,
  CredentialRules,
  CredentialStep,
  Ledger,
} from './credential-state.ts'
import type { SessionTrigger } from './states.ts'

/** Nothing moves. */
export function stay(state: Credential, ...effects: CredentialEffect[]): CredentialStep {
  return { state, trigger: undefined, effects }
}

/** Scheduled renewals have one login to themselves, so that no storm of refusals lets a good credential run out. */
export function keptFor(reason: EstablishReason, rules: CredentialRules): number {
  return reason === 'scheduled' ? 0 : Math.min(1, rules.logins.size - 1)
}

/** Logs in without a credential at hand, if a login is left; else waits for one. */
export function logIn(
  from: Ledger,
  reason: EstablishReason,
  trigger: SessionTrigger,
  event: CredentialEvent,
  rules: CredentialRules,
): CredentialStep {
  const kept = keptFor(reason, rules)
  const budget = takePlace(from.budget, rules.logins, event.atMs, kept)
  if (budget === undefined) {
    const untilMs = placeFreeAtMs(from.budget, rules.logins, event.atMs, kept)
    const told = untilMs - event.atMs > tellAfterMs
    const state: Credential = {
      name: 'waiting',
      ledger: from,
      reason,
      wait: { untilMs, why: 'login-budget', told },
      error: undefined,
    }
    return { state, trigger: 'login-budget', effects: told ? [{ do: 'refuse' }] : [] }
  }
  const state: Credential = { name: 'establishing', ledger: { ...from, budget }, reason }
  return { state, trigger, effects: [{ do: 'establish', reason, replaces: from.last }] }
}

/** Waits after something failed: longer each time, never longer than the rules say, and at least as long as the server asks. */
export function waitAfterFailure(
  ledger: Ledger,
  reason: EstablishReason,
  trigger: SessionTrigger,
  event: CredentialEvent,
  rules: CredentialRules,
  error: unknown,
  retryAfterMs: number,
): CredentialStep {
  const delayMs = Math.max(retryAfterMs, backoffMs(rules.backoff, ledger.failures, event.chance))
  const told = ledger.failures >= rules.patience || delayMs > tellAfterMs
  const wait = { untilMs: event.atMs + delayMs, why: 'failure', told } as const
  return {
    state: { name: 'waiting', ledger, reason, wait, error },
    trigger,
    effects: told ? [{ do: 'refuse' }] : [],
  }
}
