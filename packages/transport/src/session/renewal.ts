import { placeFreeAtMs, takePlace } from './budget.ts'
import type { EstablishReason } from './credential.ts'
import type {
  Credential,
  CredentialEvent,
  CredentialEventOf,
  CredentialRules,
  CredentialStep,
} from './credential-state.ts'
import { keptFor, logIn, stay } from './login.ts'
import { ask } from './question.ts'

type Usable = Extract<Credential, { readonly name: 'active' | 'questioned' }>
type Renewing = Extract<Credential, { readonly name: 'renewing' }>

/** At the caller's word: joins a login that is under way, else begins one if there is any left. */
export function renew(
  state: Credential,
  event: CredentialEventOf<'renew'>,
  rules: CredentialRules,
): CredentialStep {
  if (state.name === 'establishing' || state.name === 'renewing') return stay(state)
  if (state.name === 'closing' || state.name === 'closed') return stay(state)
  if (state.name === 'active' || state.name === 'questioned')
    return renewing(state, 'renew', 'renew', event, rules)
  const step = logIn(state.ledger, 'renew', 'renew', event, rules)
  if (step.state.name === 'establishing') return step
  return stay(state, { do: 'refuse-renewal', error: undefined })
}

/** Time has passed: a credential may have ended, be up for its renewal, for a question, or for another attempt. */
export function due(
  state: Credential,
  event: CredentialEventOf<'due'>,
  rules: CredentialRules,
): CredentialStep {
  switch (state.name) {
    case 'active':
    case 'questioned':
      return usableDue(state, event, rules)
    case 'renewing':
      return event.atMs >= state.held.expiresAtMs ? expiredWhileRenewing(state) : stay(state)
    case 'waiting': {
      if (event.atMs < state.wait.untilMs) return stay(state)
      const step = logIn(state.ledger, state.reason, 'retry-due', event, rules)
      return step.state.name === 'waiting' ? { ...step, trigger: undefined } : step
    }
    default:
      return stay(state)
  }
}

/** What waits only because a server asked it to, or had failed, waits no longer. */
export function pausesEnded(state: Credential, atMs: number): Credential {
  if (state.name === 'waiting' && state.wait.why === 'failure')
    return { ...state, wait: { ...state.wait, untilMs: atMs } }
  if (state.name === 'questioned' && state.question.askAtMs !== undefined)
    return { ...state, question: { ...state.question, askAtMs: atMs } }
  return state
}

function usableDue(state: Usable, event: CredentialEventOf<'due'>, rules: CredentialRules): CredentialStep {
  const { held, ledger } = state
  if (event.atMs >= held.expiresAtMs) {
    const step = logIn(ledger, 'expired', 'expired', event, rules)
    const left: CredentialStep['effects'] = [
      { do: 'release', credential: held.credential },
      { do: 'settle', verdict: 'replaced' },
    ]
    return { ...step, effects: [...left, ...step.effects] }
  }
  if (event.atMs >= held.renewAtMs) return renewing(state, 'scheduled', 'renewal-due', event, rules)
  const askAtMs = state.name === 'questioned' ? state.question.askAtMs : undefined
  if (state.name !== 'questioned' || askAtMs === undefined || event.atMs < askAtMs) return stay(state)
  return ask(state, state.question)
}

/** Replaces a credential that is still good, unless no login is left: then it stays in use. */
function renewing(
  state: Usable,
  reason: EstablishReason,
  trigger: 'renew' | 'renewal-due',
  event: CredentialEvent,
  rules: CredentialRules,
): CredentialStep {
  const { held, ledger } = state
  const kept = keptFor(reason, rules)
  const budget = takePlace(ledger.budget, rules.logins, event.atMs, kept)
  if (budget === undefined && reason === 'renew')
    return stay(state, { do: 'refuse-renewal', error: undefined })
  if (budget === undefined) {
    const renewAtMs = placeFreeAtMs(ledger.budget, rules.logins, event.atMs, kept)
    return stay({ ...state, held: { ...held, renewAtMs } })
  }
  return {
    state: { name: 'renewing', ledger: { ...ledger, budget }, held, reason },
    trigger,
    effects: [{ do: 'establish', reason, replaces: held.credential }],
  }
}

/** The login that is under way is waited for; there is nothing to lend meanwhile. */
function expiredWhileRenewing({ ledger, held, reason }: Renewing): CredentialStep {
  return {
    state: { name: 'establishing', ledger, reason },
    trigger: 'expired',
    effects: [
      { do: 'release', credential: held.credential },
      { do: 'settle', verdict: 'replaced' },
    ],
  }
}
