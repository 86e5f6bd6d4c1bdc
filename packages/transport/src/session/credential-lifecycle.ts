import { backoffMs } from './backoff.ts'
import { fullBudget, givePlaceBack } from './budget.ts'
import type {
  Credential,
  CredentialEvent,
  CredentialEventOf,
  CredentialRules,
  CredentialStep,
  EstablishFailure,
  Held,
  Ledger,
} from './credential-state.ts'
import { logIn, stay, waitAfterFailure } from './login.ts'
import { accepted, answered, refused, suspended } from './question.ts'
import { due, pausesEnded, renew } from './renewal.ts'

type Renewing = Extract<Credential, { readonly name: 'renewing' }>

/** Refused logins in a row that may be laid to a wrong time: two replies have to agree before it counts as known. */
const mostWrongTimes = 2

/** Never changed: with each refusal there is another map. */
const nothingRefused: Held['refusing'] = new Map()

/** Where every session begins. */
export function newCredential(rules: CredentialRules, atMs: number): Credential {
  const budget = fullBudget(rules.logins, atMs)
  const ledger = {
    established: 0,
    proven: false,
    failures: 0,
    unaccepted: 0,
    wrongTimes: 0,
    budget,
    last: undefined,
  }
  return { name: 'idle', ledger }
}

/** When the state wants an event `due`, in monotonic milliseconds; undefined if time alone changes nothing. */
export function credentialDueAtMs(state: Credential): number | undefined {
  switch (state.name) {
    case 'active':
      return Math.min(state.held.renewAtMs, state.held.expiresAtMs)
    case 'questioned': {
      const { question, held } = state
      return Math.min(question.askAtMs ?? held.expiresAtMs, held.renewAtMs, held.expiresAtMs)
    }
    case 'renewing':
      return state.held.expiresAtMs
    case 'waiting':
      return state.wait.untilMs
    default:
      return undefined
  }
}

/** The credential's life: what an event makes of a state, and what is to be done about it. Pure. */
export function nextCredential(
  state: Credential,
  event: CredentialEvent,
  rules: CredentialRules,
): CredentialStep {
  if (state.name === 'closed' || (state.name === 'closing' && event.type !== 'closed')) return stay(state)
  switch (event.type) {
    case 'wanted':
      return state.name === 'idle' ? logIn(state.ledger, 'first', 'start', event, rules) : stay(state)
    case 'renew':
      return renew(state, event, rules)
    case 'due':
      return due(state, event, rules)
    case 'established':
      return established(state, event)
    case 'establish-failed':
      return establishFailed(state, event, rules)
    case 'refused':
      return refused(state, event, rules)
    case 'answered':
      return answered(state, event, rules)
    case 'accepted':
      return accepted(state, event)
    case 'suspended':
      return suspended(state, event, rules)
    case 'pardoned':
      return due(pausesEnded(state, event.atMs), { ...event, type: 'due' }, rules)
    case 'corrected':
      return corrected(state, event)
    case 'close':
      return close(state)
    case 'closed':
      return closed(state)
  }
}

function established(state: Credential, event: CredentialEventOf<'established'>): CredentialStep {
  if (state.name !== 'establishing' && state.name !== 'renewing') {
    return stay(state, { do: 'release', credential: event.credential })
  }
  const { credential, renewAtMs, expiresAtMs } = event
  const number = state.ledger.established + 1
  const held: Held = {
    credential,
    number,
    obtainedAtMs: event.atMs,
    renewAtMs,
    expiresAtMs,
    lastAccepted: 0,
    refusing: nothingRefused,
  }
  // A good credential that is replaced says nothing about the next one.
  const unaccepted = state.name === 'renewing' ? 0 : state.ledger.unaccepted
  const { budget } = state.ledger
  const ledger: Ledger = {
    ...state.ledger,
    budget: credential.adopted ? givePlaceBack(budget) : budget,
    established: number,
    failures: 0,
    wrongTimes: 0,
    unaccepted,
    last: credential,
  }
  const old = state.name === 'renewing' ? [{ do: 'release', credential: state.held.credential } as const] : []
  return {
    state: { name: 'active', ledger, held },
    trigger: 'established',
    effects: [...old, { do: 'lend' }, { do: 'settle', verdict: 'replaced' }],
  }
}

function establishFailed(
  state: Credential,
  event: CredentialEventOf<'establish-failed'>,
  rules: CredentialRules,
): CredentialStep {
  if (state.name !== 'establishing' && state.name !== 'renewing') return stay(state)
  const failures = state.ledger.failures + 1
  const wrongTimes = event.wrongTime ? state.ledger.wrongTimes + 1 : 0
  const ledger: Ledger = { ...state.ledger, failures, wrongTimes }
  const isPermanent = endsSession(ledger, event)
  if (state.name === 'renewing') return keepOld({ ...state, ledger }, event, isPermanent, rules)
  const { error, retryAfterMs } = event
  const told = { do: 'refuse-renewal', error } as const
  if (isPermanent) {
    return {
      state: { name: 'failed', ledger, error },
      trigger: 'establish-rejected',
      effects: [{ do: 'refuse' }, told],
    }
  }
  const step = waitAfterFailure(ledger, state.reason, 'establish-failed', event, rules, error, retryAfterMs)
  return { ...step, effects: [...step.effects, told] }
}

/** What has worked gives up at its caller's word only; what never has, on errors that stay. */
function endsSession(ledger: Ledger, { permanent, wrongTime }: EstablishFailure): boolean {
  if (permanent === 'by-caller') return true
  if (wrongTime && ledger.wrongTimes <= mostWrongTimes) return false
  return permanent === 'by-default' && !ledger.proven
}

/** The renewal failed, but the old credential is good for a while yet. */
function keepOld(
  { ledger, held }: Renewing,
  event: CredentialEventOf<'establish-failed'>,
  isPermanent: boolean,
  rules: CredentialRules,
): CredentialStep {
  const delayMs = Math.max(event.retryAfterMs, backoffMs(rules.backoff, ledger.failures, event.chance))
  const renewAtMs = isPermanent ? held.expiresAtMs : Math.min(held.expiresAtMs, event.atMs + delayMs)
  return {
    state: { name: 'active', ledger, held: { ...held, renewAtMs } },
    trigger: isPermanent ? 'establish-rejected' : 'establish-failed',
    effects: [
      { do: 'settle', verdict: 'unclear' },
      { do: 'refuse-renewal', error: event.error },
    ],
  }
}

/** The end was reckoned by a clock that has turned out wrong since. */
function corrected(
  state: Credential,
  { renewAtMs, expiresAtMs }: CredentialEventOf<'corrected'>,
): CredentialStep {
  if (state.name !== 'active' && state.name !== 'questioned' && state.name !== 'renewing') return stay(state)
  return stay({ ...state, held: { ...state.held, renewAtMs, expiresAtMs } })
}

/** Keeps the credential for the logout. */
function close(state: Credential): CredentialStep {
  const held = 'held' in state ? state.held : undefined
  return {
    state: { name: 'closing', ledger: state.ledger, held },
    trigger: 'close',
    effects: [{ do: 'cancel' }, { do: 'settle', verdict: 'replaced' }],
  }
}

function closed(state: Credential): CredentialStep {
  if (state.name !== 'closing') return stay(state)
  const { held, ledger } = state
  return {
    state: { name: 'closed', ledger: { ...ledger, last: undefined } },
    trigger: 'closed',
    effects: held === undefined ? [] : [{ do: 'release', credential: held.credential }],
  }
}
