import { isOpen, unknownReport } from './brokerage-report.ts'
import type {
  Brokerage,
  BrokerageEffect,
  BrokerageEvent,
  BrokerageRules,
  BrokerageStep,
  Standing,
} from './brokerage-state.ts'
import { fullBudget, takePlace } from './budget.ts'
import {
  accountsAnswered,
  answeredToOld,
  check,
  checked,
  competing,
  initialize,
  initialized,
  loadAccounts,
  nextTickleAtMs,
} from './opening.ts'
import { takeOverPauseMs, weigh } from './proof.ts'

type EventOf<Type extends BrokerageEvent['type']> = Extract<BrokerageEvent, { readonly type: Type }>
type Kept = Extract<Brokerage, { readonly name: 'open' | 'competing' }>

/** `no bridge` leads to another opening, even if the status looks well; but a path that always answers so must not cause one each time. */
const mends = { size: 5, refillMs: 30_000 }

/** Where every brokerage session begins. */
export function newBrokerage(atMs: number): Brokerage {
  const standing: Standing = {
    credential: 0,
    report: unknownReport,
    proof: undefined,
    takenAtMs: undefined,
    mends: fullBudget(mends, atMs),
    failures: 0,
    calls: 0,
  }
  return { name: 'closed', standing }
}

/** When the state wants an event `due`, in monotonic milliseconds; undefined if time alone changes nothing. */
export function brokerageDueAtMs(state: Brokerage): number | undefined {
  switch (state.name) {
    case 'initializing':
    case 'loading-accounts':
      return state.callAtMs
    case 'settling':
    case 'waiting':
      return state.untilMs
    case 'open':
    case 'competing':
      return state.tickleAtMs
    default:
      return undefined
  }
}

/** The brokerage session's life: what an event makes of a state, and what is to be done about it. Pure. */
export function nextBrokerage(state: Brokerage, event: BrokerageEvent, rules: BrokerageRules): BrokerageStep {
  switch (event.type) {
    case 'wanted':
      return state.name === 'closed' ? initialize(state.standing, 'wanted', false) : stay(state)
    case 'open':
      return open(state, event)
    case 'due':
      return due(state, event, rules)
    case 'answered':
      return answered(state, event, rules)
    case 'heard':
      return heard(state, event, rules)
    case 'missed':
      return missed(state, event)
    case 'credential':
      return renewed(state, event)
    case 'suspended':
      return checkAgain(withStanding(state, { ...state.standing, proof: undefined }))
    case 'pardoned':
      return state.name === 'waiting' ? check(state.standing, 'retry-due') : stay(state)
    case 'led':
      return led(state, event)
    case 'abandoned':
      return abandoned(state)
  }
}

function stay(state: Brokerage, ...effects: BrokerageEffect[]): BrokerageStep {
  return { state, trigger: undefined, effects }
}

function withStanding(state: Brokerage, standing: Standing): Brokerage {
  return { ...state, standing }
}

/** At the caller's word, also while it is competing or waiting; one that is being opened already goes on with the word in mind. */
function open(state: Brokerage, { takeOver }: EventOf<'open'>): BrokerageStep {
  const { standing } = state
  if (state.name === 'closed') return initialize(standing, 'wanted', takeOver)
  if (state.name === 'competing' || state.name === 'waiting')
    return initialize({ ...standing, failures: 0 }, 'taken', takeOver)
  const isLate = takeOver && 'opening' in state
  return stay(isLate ? { ...state, opening: { ...state.opening, takeOver } } : state)
}

function due(state: Brokerage, event: EventOf<'due'>, rules: BrokerageRules): BrokerageStep {
  const dueAtMs = brokerageDueAtMs(state)
  if (dueAtMs === undefined || event.at.monotonicMs < dueAtMs) return stay(state)
  switch (state.name) {
    case 'initializing':
      return { ...initialize(state.standing, 'taken', state.compete, state.opening), trigger: undefined }
    case 'settling':
      return loadAccounts(state.standing, 'settled', state.opening)
    case 'loading-accounts':
      return loadAccounts(state.standing, undefined, state.opening, state.attempt)
    case 'waiting':
      return check(state.standing, 'retry-due')
    case 'open':
    case 'competing':
      return tickle(state, event, rules)
    default:
      return stay(state)
  }
}

/** A tickle; and where whoever competes may be thrown out again, a look whether somebody still does. */
function tickle(state: Kept, event: EventOf<'due'>, rules: BrokerageRules): BrokerageStep {
  const { takenAtMs } = state.standing
  const pauseIsOver = takenAtMs === undefined || event.at.monotonicMs - takenAtMs >= takeOverPauseMs
  if (state.name === 'competing' && rules.takeOver === 'always' && pauseIsOver)
    return check(state.standing, 'doubted')
  return stay({ ...state, tickleAtMs: nextTickleAtMs(event, rules) }, { do: 'tickle' })
}

function answered(state: Brokerage, event: EventOf<'answered'>, rules: BrokerageRules): BrokerageStep {
  if (event.call !== state.standing.calls) return stay(state)
  if (state.name !== 'initializing' && state.name !== 'loading-accounts' && state.name !== 'checking')
    return stay(state)
  if (state.name !== 'checking' && state.callAtMs !== undefined) return stay(state)
  if (event.credential !== state.standing.credential) return answeredToOld(state, event, rules)
  if (state.name === 'initializing') return initialized(state, event, rules)
  return state.name === 'checking' ? checked(state, event, rules) : accountsAnswered(state, event, rules)
}

/** A status that nobody waits for: of a tickle, a probe, or the last look with an old credential. */
function heard(before: Brokerage, event: EventOf<'heard'>, rules: BrokerageRules): BrokerageStep {
  const { report, credential, asked, at } = event
  const { standing: old } = before
  if (report === undefined)
    return before.name === 'open' && credential === old.credential ? check(old, 'doubted') : stay(before)
  const proof = weigh(old.proof, report, credential, at, asked)
  if (credential !== old.credential) return stay(withStanding(before, { ...old, proof }))
  const standing = { ...old, proof, report }
  const state = withStanding(before, standing)
  if (before.name === 'open' && report.competing) return competing(standing, event, rules)
  if (before.name === 'open' && !isOpen(report)) return check(standing, 'doubted')
  if (before.name === 'competing' && !report.competing) return check(standing, 'doubted')
  return stay(state)
}

function missed(state: Brokerage, { what, at }: EventOf<'missed'>): BrokerageStep {
  if (state.name !== 'open') return stay(state)
  const { standing } = state
  if (what === 'accounts') return loadAccounts(standing, 'accounts-missing')
  const left = what === 'bridge' ? takePlace(standing.mends, mends, at.monotonicMs) : undefined
  return left === undefined
    ? check(standing, 'doubted')
    : initialize({ ...standing, mends: left }, 'lost', false)
}

/** There is a new credential: what an old one could not do is tried again at once, and what was open is asked after. */
function renewed(state: Brokerage, { number, proof, leads }: EventOf<'credential'>): BrokerageStep {
  const standing = { ...state.standing, credential: number, proof: proof ?? state.standing.proof }
  if (state.name === 'waiting') return check({ ...standing, failures: 0 }, 'retry-due')
  if (state.name === 'closed' && leads) return initialize(standing, 'wanted', false)
  return checkAgain(withStanding(state, standing))
}

function checkAgain(state: Brokerage): BrokerageStep {
  return state.name === 'open' || state.name === 'competing' ? check(state.standing, 'doubted') : stay(state)
}

/** Whoever leads opens and keeps it; whoever follows is told how it is. */
function led(state: Brokerage, event: EventOf<'led'>): BrokerageStep {
  const { leads, report, proof } = event
  const old = state.standing
  if (leads)
    return state.name === 'following' ? check({ ...old, proof: proof ?? old.proof }, 'led') : stay(state)
  const standing = { ...old, proof, report: report ?? unknownReport }
  const isGood = isOpen(standing.report)
  return {
    state: { name: 'following', standing },
    trigger: state.name === 'following' ? undefined : 'followed',
    effects: isGood ? [{ do: 'lend' }] : standing.report.competing ? [{ do: 'refuse' }] : [],
  }
}

/** The credential is gone for good: there is nothing to stand on. */
function abandoned(state: Brokerage): BrokerageStep {
  const standing = { ...state.standing, report: unknownReport, proof: undefined, failures: 0 }
  return {
    state: { name: 'closed', standing },
    trigger: state.name === 'closed' ? undefined : 'abandoned',
    effects: [{ do: 'refuse' }],
  }
}
