import type {
  Credential,
  CredentialEvent,
  CredentialEventOf,
  CredentialRules,
  CredentialStep,
  Held,
  Ledger,
  Question,
} from './credential-state.ts'
import { refusedAgain } from './errors.ts'
import { logIn, stay, waitAfterFailure } from './login.ts'

type Questioned = Extract<Credential, { readonly name: 'questioned' }>
type Active = Extract<Credential, { readonly name: 'active' }>

/** A path that is known to refuse is asked about this often, in milliseconds. */
const askAgainAfterMs = 60_000
/** Pause between two paths of one question, in milliseconds. */
const pauseMs = 1_000
/** Pauses after an answer that says nothing, in milliseconds. */
const unclearPauses = { baseMs: 1_000, maxMs: 60_000 }
/** What is refused later than this after its login may have ended of itself: that is no second refusal in a row. */
const freshForMs = 120_000
/** So much sooner a credential may end than was reckoned, in milliseconds: clocks are believed up to a second, and replies overtake each other. */
const endsSoonMs = 3_000
/** Refusing paths that are remembered, for a server that refuses everything: the ones that were asked about last. */
const mostRefusingPaths = 1_000

/**
 * A 401 or 410 on one request. It replaces nothing by itself: IBKR answers so on paths of its own accord. If a request that was sent
 * later was accepted, or IBKR was asked about this path less than a minute ago, the path is at fault; else IBKR is asked.
 */
export function refused(
  state: Credential,
  event: CredentialEventOf<'refused'>,
  rules: CredentialRules,
): CredentialStep {
  if (state.name === 'questioned' && state.held.number === event.number) {
    const gone = state.question.gone || event.gone
    return stay({ ...state, held: noting(state.held, event), question: { ...state.question, gone } })
  }
  if (state.name !== 'active' || state.held.number !== event.number || isAtFault(state.held, event))
    return stay(state)
  const asking = { sequence: event.sequence, step: 0, askAtMs: undefined, unclear: 0, gone: event.gone }
  const held = noting(state.held, event)
  if (rules.probes === 0)
    return unaccepted({ ...state, name: 'questioned', held, question: asking }, event, rules)
  return ask({ ...state, held }, asking, 'refused')
}

/** Asks the path that is next. */
export function ask(state: Active | Questioned, question: Question, trigger?: 'refused'): CredentialStep {
  const { ledger, held } = state
  return {
    state: { name: 'questioned', ledger, held, question: { ...question, askAtMs: undefined } },
    trigger,
    effects: [{ do: 'ask', step: question.step, number: held.number }],
  }
}

/** What IBKR said about the credential. */
export function answered(
  state: Credential,
  event: CredentialEventOf<'answered'>,
  rules: CredentialRules,
): CredentialStep {
  if (
    state.name !== 'questioned' ||
    state.held.number !== event.number ||
    state.question.askAtMs !== undefined
  )
    return stay(state)
  if (event.answer === 'accepted') return keep(state)
  const gone = state.question.gone || event.gone
  const question = { ...state.question, gone }
  if (event.answer === 'unclear') return askLater({ ...state, question }, event)
  const step = question.step + 1
  if (step >= rules.probes) return unaccepted({ ...state, question }, event, rules)
  return stay({ ...state, question: { ...question, step, askAtMs: event.atMs + pauseMs } })
}

/** An attempt was accepted. */
export function accepted(state: Credential, event: CredentialEventOf<'accepted'>): CredentialStep {
  if (!('held' in state) || state.held?.number !== event.number) return stay(state)
  const { ledger, held } = state
  const lastAccepted = Math.max(held.lastAccepted, event.sequence)
  const known = held.lastAccepted > 0
  const next = {
    ...state,
    held: { ...held, lastAccepted },
    ledger: known ? ledger : { ...ledger, proven: true, unaccepted: 0 },
  }
  if (next.name === 'questioned' && event.sequence > next.question.sequence) return keep(next)
  return stay(next)
}

/** The machine has slept, or its clock was set: nothing that was true before need be true now. */
export function suspended(
  state: Credential,
  event: CredentialEventOf<'suspended'>,
  rules: CredentialRules,
): CredentialStep {
  if (state.name !== 'active' || rules.probes === 0) return stay(state)
  const { sequence } = event
  return ask(state, { sequence, step: 0, askAtMs: event.atMs, unclear: 0, gone: false }, 'refused')
}

function isAtFault(held: Held, event: CredentialEventOf<'refused'>): boolean {
  if (held.expiresAtMs - event.atMs < endsSoonMs) return false
  if (held.lastAccepted > event.sequence) return true
  const askedAtMs = held.refusing.get(event.path)
  return askedAtMs !== undefined && event.atMs - askedAtMs < askAgainAfterMs
}

function noting(held: Held, event: CredentialEventOf<'refused'>): Held {
  const refusing = new Map(held.refusing)
  refusing.delete(event.path)
  const [oldest] = refusing.keys()
  if (oldest !== undefined && refusing.size >= mostRefusingPaths) refusing.delete(oldest)
  return { ...held, refusing: refusing.set(event.path, event.atMs) }
}

function keep({ ledger, held }: Questioned): CredentialStep {
  return {
    state: { name: 'active', ledger: { ...ledger, proven: true, unaccepted: 0 }, held },
    trigger: 'accepted',
    effects: [{ do: 'settle', verdict: 'kept' }],
  }
}

function askLater(state: Questioned, event: CredentialEventOf<'answered'>): CredentialStep {
  const unclear = state.question.unclear + 1
  const backedOffMs = Math.min(unclearPauses.maxMs, unclearPauses.baseMs * 2 ** (unclear - 1))
  const askAtMs = event.atMs + Math.max(event.retryAfterMs, backedOffMs)
  return stay(
    { ...state, question: { ...state.question, step: 0, askAtMs, unclear } },
    { do: 'settle', verdict: 'unclear' },
  )
}

/**
 * Every path refuses it. A credential that replaced a refused one and was never accepted either is no better: a session that never
 * worked has failed then, one that has worked waits.
 */
function unaccepted(state: Questioned, event: CredentialEvent, rules: CredentialRules): CredentialStep {
  const isFresh = event.atMs - state.held.obtainedAtMs < freshForMs
  const ledger: Ledger = { ...state.ledger, unaccepted: isFresh ? state.ledger.unaccepted + 1 : 1 }
  const step = replaceUnaccepted(ledger, event, rules)
  const left: CredentialStep['effects'] = [
    { do: 'release', credential: state.held.credential },
    ...(state.question.gone ? [{ do: 'forget-cookies' } as const] : []),
  ]
  return { ...step, effects: [...left, ...step.effects, { do: 'settle', verdict: 'replaced' }] }
}

function replaceUnaccepted(ledger: Ledger, event: CredentialEvent, rules: CredentialRules): CredentialStep {
  if (ledger.unaccepted === 1) return logIn(ledger, 'refused', 'unaccepted', event, rules)
  const error = refusedAgain()
  if (!ledger.proven) {
    return {
      state: { name: 'failed', ledger, error },
      trigger: 'never-accepted',
      effects: [{ do: 'tell-failure', error }, { do: 'refuse' }],
    }
  }
  const failed = { ...ledger, failures: Math.max(ledger.failures + 1, ledger.unaccepted) }
  const step = waitAfterFailure(failed, 'refused', 'unaccepted-again', event, rules, error, 0)
  return { ...step, effects: [{ do: 'tell-failure', error }, ...step.effects] }
}
