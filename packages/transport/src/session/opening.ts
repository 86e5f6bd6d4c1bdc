import { backoffMs, tellAfterMs } from './backoff.ts'
import { notHealthy } from './brokerage-errors.ts'
import { type BrokerageReport, isOpen } from './brokerage-report.ts'
import type {
  Brokerage,
  BrokerageAnswer,
  BrokerageEvent,
  BrokerageRules,
  BrokerageStep,
  Opening,
  Standing,
} from './brokerage-state.ts'
import { mayTakeOver, weigh } from './proof.ts'
import type { BrokerageTrigger } from './states.ts'

type Of<Name extends Brokerage['name']> = Extract<Brokerage, { readonly name: Name }>
type Answered = Extract<BrokerageEvent, { readonly type: 'answered' }>
type Calling = Of<'initializing' | 'loading-accounts' | 'checking'>
type Failed = Extract<BrokerageAnswer, { readonly kind: 'failed' }>

/** How often one opening may start over before it counts as failed. */
const startsPerOpening = 3
/** `failed to generate sso dh token` tends to pass: it is asked again this often, and after this pause. */
const dhAttempts = 2
const dhPauseMs = 3_000

const fresh: Opening = { starts: 0, dhRefusals: 0, takeOver: false }

/** `POST /iserver/auth/ssodh/init`; with `compete` it is never sent twice, whatever the answer. */
export function initialize(
  standing: Standing,
  trigger: BrokerageTrigger,
  compete: boolean,
  opening: Opening = fresh,
): BrokerageStep {
  const call = standing.calls + 1
  return {
    state: {
      name: 'initializing',
      standing: { ...standing, calls: call },
      opening,
      compete,
      callAtMs: undefined,
    },
    trigger,
    effects: [{ do: 'init', compete, call }],
  }
}

/** `GET /iserver/accounts`. */
export function loadAccounts(
  standing: Standing,
  trigger: BrokerageTrigger | undefined,
  opening: Opening = fresh,
  attempt = 1,
): BrokerageStep {
  const call = standing.calls + 1
  return {
    state: {
      name: 'loading-accounts',
      standing: { ...standing, calls: call },
      opening,
      attempt,
      callAtMs: undefined,
    },
    trigger,
    effects: [{ do: 'accounts', call }],
  }
}

/** `POST /iserver/auth/status`. */
export function check(
  standing: Standing,
  trigger: BrokerageTrigger,
  opening: Opening = fresh,
): BrokerageStep {
  const call = standing.calls + 1
  return {
    state: { name: 'checking', standing: { ...standing, calls: call }, opening },
    trigger,
    effects: [{ do: 'status', call }],
  }
}

/** `ssodh/init` was answered. */
export function initialized(
  state: Of<'initializing'>,
  event: Answered,
  rules: BrokerageRules,
): BrokerageStep {
  const { answer } = event
  if (answer.kind === 'failed') return initRefused(state, answer, event, rules)
  if (answer.kind !== 'status') return { state, trigger: undefined, effects: [] }
  const standing = noting(state.standing, answer.report, event)
  // Whoever was to be thrown out is given the time of the pause for it.
  if (answer.report.competing && !state.compete) return competing(standing, event, rules, state.opening)
  const untilMs = event.at.monotonicMs + rules.settleMs
  return {
    state: { name: 'settling', standing, opening: state.opening, untilMs },
    trigger: 'initialized',
    effects: [],
  }
}

function initRefused(
  state: Of<'initializing'>,
  answer: Failed,
  event: BrokerageEvent,
  rules: BrokerageRules,
): BrokerageStep {
  const { opening, standing } = state
  if (answer.refusal !== 'no-dh-token' || opening.dhRefusals >= dhAttempts)
    return failed(standing, answer, event, rules)
  const callAtMs = event.at.monotonicMs + Math.max(dhPauseMs, answer.retryAfterMs)
  const dhRefusals = opening.dhRefusals + 1
  return {
    state: { ...state, opening: { ...opening, dhRefusals }, compete: false, callAtMs },
    trigger: undefined,
    effects: [],
  }
}

/** `/iserver/accounts` was answered. */
export function accountsAnswered(
  state: Of<'loading-accounts'>,
  event: Answered,
  rules: BrokerageRules,
): BrokerageStep {
  const { answer } = event
  const { standing, opening, attempt } = state
  if (answer.kind === 'accounts' && answer.any) return check(standing, 'loaded', opening)
  const refused =
    answer.kind === 'failed' && (answer.refusal === 'unauthenticated' || answer.refusal === 'gone')
  if (refused || attempt >= rules.accountsAttempts) return failed(standing, answer, event, rules)
  const askedMs = answer.kind === 'failed' ? answer.retryAfterMs : 0
  const callAtMs = event.at.monotonicMs + Math.max(rules.accountsPauseMs, askedMs)
  return { state: { ...state, attempt: attempt + 1, callAtMs }, trigger: undefined, effects: [] }
}

/** `auth/status` was answered: open, or what it takes to get there. */
export function checked(state: Of<'checking'>, event: Answered, rules: BrokerageRules): BrokerageStep {
  const { answer } = event
  if (answer.kind !== 'status') return failed(state.standing, answer, event, rules)
  const { report } = answer
  const standing = noting(state.standing, report, event)
  if (report.competing) return competing(standing, event, rules, state.opening)
  if (isOpen(report)) {
    const tickleAtMs = nextTickleAtMs(event, rules)
    return {
      state: { name: 'open', standing: { ...standing, failures: 0 }, tickleAtMs },
      trigger: 'healthy',
      effects: [{ do: 'lend' }],
    }
  }
  const opening = { ...state.opening, starts: state.opening.starts + 1 }
  if (opening.starts > startsPerOpening) {
    const error = notHealthy(report, startsPerOpening)
    return failed(standing, { kind: 'failed', refusal: undefined, error, retryAfterMs: 0 }, event, rules)
  }
  const isAuthenticated = report.authenticated && report.connected
  return isAuthenticated
    ? loadAccounts(standing, 'accounts-missing', opening)
    : initialize(standing, 'lost', false, opening)
}

/** The username is in use elsewhere: that session is ended if it is this one's own, or at the caller's word; else it is watched. */
export function competing(
  standing: Standing,
  event: BrokerageEvent,
  rules: BrokerageRules,
  opening: Opening = fresh,
): BrokerageStep {
  if (opening.takeOver) return initialize(standing, 'lost', true, { ...opening, takeOver: false })
  const { proof, credential, takenAtMs } = standing
  if (mayTakeOver(rules.takeOver, proof, credential, takenAtMs, event.at)) {
    const asked = rules.takeOver !== 'always' && proof?.asked === true
    const used = { ...standing, proof: undefined, takenAtMs: asked ? takenAtMs : event.at.monotonicMs }
    return initialize(used, 'lost', true, opening)
  }
  return {
    state: { name: 'competing', standing, tickleAtMs: nextTickleAtMs(event, rules), found: event.at },
    trigger: 'competing',
    effects: [{ do: 'refuse' }],
  }
}

/** When the next tickle is due: up to a tenth sooner, so that sessions that began together do not tickle together. */
export function nextTickleAtMs(event: BrokerageEvent, rules: BrokerageRules): number {
  return event.at.monotonicMs + rules.keepAliveMs * (1 - event.chance / 10)
}

/**
 * An answer to a call that was signed with a credential which has been replaced since: what it proves about that one counts, and the
 * call is made once more unless it has done its work.
 */
export function answeredToOld(state: Calling, event: Answered, rules: BrokerageRules): BrokerageStep {
  const { answer } = event
  const standing = answer.kind === 'status' ? noting(state.standing, answer.report, event) : state.standing
  const isDone =
    answer.kind === 'status' ? !answer.report.competing : answer.kind === 'accounts' && answer.any
  if (state.name === 'initializing' && isDone) return initialized(state, event, rules)
  if (state.name === 'loading-accounts' && isDone) return accountsAnswered(state, event, rules)
  return { ...callAgain({ ...state, standing }), trigger: undefined }
}

function callAgain({ name, standing, opening }: Calling): BrokerageStep {
  if (name === 'initializing') return initialize(standing, 'lost', false, opening)
  return name === 'checking'
    ? check(standing, 'doubted', opening)
    : loadAccounts(standing, undefined, opening)
}

function noting(standing: Standing, report: BrokerageReport, { at, credential }: Answered): Standing {
  return { ...standing, report, proof: weigh(standing.proof, report, credential, at, false) }
}

/** The attempt has failed, and nothing else: it is tried again, later each time. */
function failed(
  standing: Standing,
  answer: BrokerageAnswer,
  event: BrokerageEvent,
  rules: BrokerageRules,
): BrokerageStep {
  const error = answer.kind === 'status' ? undefined : answer.error
  const askedMs = answer.kind === 'failed' ? answer.retryAfterMs : 0
  const failures = standing.failures + 1
  const delayMs = Math.max(askedMs, backoffMs(rules.backoff, failures, event.chance))
  const untilMs = event.at.monotonicMs + delayMs
  const told = failures >= rules.patience || delayMs > tellAfterMs
  return {
    state: { name: 'waiting', standing: { ...standing, failures }, untilMs, told, error },
    trigger: 'failed',
    effects: [
      { do: 'tell-failure', error, retryAtMs: untilMs },
      ...(told ? [{ do: 'refuse' } as const] : []),
    ],
  }
}
