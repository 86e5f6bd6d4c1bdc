import { placesAt } from './budget.ts'
import type { SessionCore } from './session-core.ts'
import type { BrokerageStatus, SessionHealth, SessionStatus, WaitingFor } from './status.ts'

/** Puts a status together. */
export function describeStatus(core: SessionCore): SessionStatus {
  const { credential, journal, settings } = core
  const { state, nextAttemptAtMs } = credential
  const { ledger } = state
  const held = 'held' in state ? state.held : undefined
  return {
    id: journal.id,
    state: state.name,
    sinceMs: journal.sinceMs,
    username: core.username,
    expiresAtMs: held?.credential.expiresAtMs,
    nextAttemptAtMs,
    established: ledger.established,
    failures: ledger.failures,
    proven: ledger.proven,
    loginsLeft: Math.floor(
      placesAt(ledger.budget, settings.credential.logins, settings.timers.monotonicNow()),
    ),
    lastError: journal.lastError,
    brokerage: describeBrokerage(core),
    waitingFor: waitingFor(core),
    queued: core.pacing?.queued(core.pacedUsername) ?? 0,
    waits: core.pacing?.waits(core.pacedUsername) ?? [],
    penaltyUntilMs: core.pacing?.penaltyUntilMs(core.egress),
    maintenance: core.maintenance(),
    clockSkewMs: core.transport.clockSkewMs,
  }
}

function describeBrokerage({ brokerage, journal }: SessionCore): BrokerageStatus {
  const standing = brokerage?.state.standing
  const report = standing?.report
  return {
    state: brokerage?.state.name ?? 'closed',
    sinceMs: journal.brokerageSinceMs,
    authenticated: report?.authenticated ?? false,
    connected: report?.connected ?? false,
    competing: report?.competing ?? false,
    established: report?.established,
    message: report?.message,
    fail: report?.fail,
    provenAtMs: brokerage?.proof?.seen.wallMs,
    lastActivityAtMs: journal.lastActivityAtMs,
    nextAttemptAtMs: brokerage?.nextAttemptAtMs,
    failures: standing?.failures ?? 0,
    lastError: journal.lastBrokerageError,
  }
}

/** Is it working, what is it waiting for, what can be done. */
export function describeHealth(core: SessionCore): SessionHealth {
  const { credential, brokerage } = core
  const inPenaltyBox = core.pacing?.penaltyUntilMs(core.egress) !== undefined
  // Refused, and nothing accepted since: whether it works is what is being asked.
  const inQuestion = credential.state.name === 'questioned'
  const reading = credential.current !== undefined && !inQuestion && !inPenaltyBox
  const trading = brokerage && reading && brokerage.isUsable
  const wanted = brokerage !== undefined && brokerage.state.name !== 'closed'
  const waiting = waitingFor(core)
  return {
    reading,
    trading,
    ok: reading && (!wanted || trading === true),
    waitingFor: waiting,
    remedy: waiting && remedies[waiting.what],
  }
}

const remedies: Readonly<Record<WaitingFor['what'], string | undefined>> = {
  answer: undefined,
  retry:
    'nothing: it tries again by itself; status().lastError and status().brokerage.lastError say what failed',
  'login-budget': 'find out what makes it log in so often (status().lastError); or raise logins',
  penalty:
    'send nothing from this address until then, with other programs either; if IBKR has let you out early, pacing.pardon(egress)',
  'other-session':
    'end the other session, give the API a username of its own, or openBrokerage({ takeOver: true }), which throws out whoever works there',
  leader: 'look at the process that leads',
  caller: 'remove the cause that status().lastError names, then call renew()',
}

/** What is waited for first: without a credential nothing else goes on. */
function waitingFor(core: SessionCore): WaitingFor | undefined {
  const untilMs = core.pacing?.penaltyUntilMs(core.egress)
  if (untilMs !== undefined)
    return { what: 'penalty', untilMs, why: 'IBKR answered 429: every request before the end prolongs it' }
  return waitingForCredential(core) ?? waitingForBrokerage(core)
}

function waitingForCredential({ credential, journal }: SessionCore): WaitingFor | undefined {
  const { state, nextAttemptAtMs: untilMs } = credential
  const reason = journal.lastError?.message ?? 'no reason given'
  switch (state.name) {
    case 'establishing':
      return { what: 'answer', untilMs: undefined, why: `establish() is running (${state.reason})` }
    case 'questioned':
      return {
        what: 'answer',
        untilMs: undefined,
        why: 'a request was refused, or the machine has slept, and IBKR is asked whether it still takes the credential',
      }
    case 'waiting':
      return state.wait.why === 'login-budget'
        ? { what: 'login-budget', untilMs, why: 'so many logins so soon are not made' }
        : { what: 'retry', untilMs, why: reason }
    case 'failed':
      return { what: 'caller', untilMs: undefined, why: reason }
    default:
      return undefined
  }
}

function waitingForBrokerage({ brokerage, journal }: SessionCore): WaitingFor | undefined {
  const name = brokerage?.state.name
  switch (name) {
    case undefined:
    case 'closed':
    case 'open':
      return undefined
    case 'competing':
      return {
        what: 'other-session',
        untilMs: undefined,
        why: 'the username has a brokerage session elsewhere',
      }
    case 'waiting':
      return {
        what: 'retry',
        untilMs: brokerage?.nextAttemptAtMs,
        why: journal.lastBrokerageError?.message ?? 'no reason given',
      }
    case 'following':
      return brokerage?.isUsable
        ? undefined
        : { what: 'leader', untilMs: undefined, why: 'the process that leads has no open brokerage session' }
    default:
      return { what: 'answer', untilMs: undefined, why: `the brokerage session is being opened (${name})` }
  }
}
