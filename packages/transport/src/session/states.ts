/**
 * The life of a session's credential, as a table: `sessionTransitions[state][trigger]` is the next state. A trigger that a state does
 * not list moves nothing there. What the machine does beside moving is in `credential-lifecycle.ts`; a test holds the two together.
 *
 * | state | meaning |
 * |---|---|
 * | `idle` | nothing asked for yet |
 * | `establishing` | no usable credential; `establish()` is running, requests wait for it |
 * | `active` | the credential is usable |
 * | `questioned` | the credential is usable, a path refused it, and IBKR is being asked whether it still takes it |
 * | `renewing` | the credential is usable, `establish()` is running to replace it |
 * | `waiting` | no usable credential; the next attempt is timed |
 * | `failed` | no usable credential and no attempt timed: only the caller's `renew()` leads out |
 * | `closing` | logging out; nothing new is started |
 * | `closed` | the end |
 */
export const sessionTransitions: TransitionTable<SessionState, SessionTrigger> = {
  idle: { start: 'establishing', renew: 'establishing', close: 'closing' },
  establishing: {
    established: 'active',
    'establish-failed': 'waiting',
    'establish-rejected': 'failed',
    close: 'closing',
  },
  active: {
    'renewal-due': 'renewing',
    renew: 'renewing',
    refused: 'questioned',
    expired: 'establishing',
    'login-budget': 'waiting',
    close: 'closing',
  },
  questioned: {
    accepted: 'active',
    unaccepted: 'establishing',
    'unaccepted-again': 'waiting',
    'never-accepted': 'failed',
    'renewal-due': 'renewing',
    renew: 'renewing',
    expired: 'establishing',
    'login-budget': 'waiting',
    close: 'closing',
  },
  renewing: {
    established: 'active',
    'establish-failed': 'active',
    'establish-rejected': 'active',
    expired: 'establishing',
    close: 'closing',
  },
  waiting: { 'retry-due': 'establishing', renew: 'establishing', close: 'closing' },
  failed: { renew: 'establishing', close: 'closing' },
  closing: { closed: 'closed' },
  closed: {},
}

/** `idle`, `establishing`, `active`, `questioned`, `renewing`, `waiting`, `failed`, `closing` or `closed`. */
export type SessionState =
  | 'idle'
  | 'establishing'
  | 'active'
  | 'questioned'
  | 'renewing'
  | 'waiting'
  | 'failed'
  | 'closing'
  | 'closed'

/**
 * What moves a session. `refused` is a 401 or 410 on some path, `unaccepted` is one on every path that was asked then, `login-budget`
 * that no login is left for now.
 */
export type SessionTrigger =
  | 'start'
  | 'established'
  | 'establish-failed'
  | 'establish-rejected'
  | 'renewal-due'
  | 'renew'
  | 'expired'
  | 'refused'
  | 'accepted'
  | 'unaccepted'
  | 'unaccepted-again'
  | 'never-accepted'
  | 'login-budget'
  | 'retry-due'
  | 'close'
  | 'closed'

/**
 * The life of the brokerage session on top of a credential, as a table. One exists per username over all IBKR platforms.
 *
 * | state | meaning |
 * |---|---|
 * | `closed` | not wanted yet, or given up with the credential |
 * | `following` | somebody else opens and keeps it; this session is told how it is |
 * | `initializing` | `POST /iserver/auth/ssodh/init` |
 * | `settling` | the pause of some seconds that IBKR needs after it |
 * | `loading-accounts` | `GET /iserver/accounts` until it answers with accounts |
 * | `checking` | `POST /iserver/auth/status`: is it still there? |
 * | `open` | authenticated, connected, not competing, and established where that is told |
 * | `competing` | the username is in use elsewhere; watched, not taken over |
 * | `waiting` | could not be opened; the next attempt is timed |
 */
export const brokerageTransitions: TransitionTable<BrokerageState, BrokerageTrigger> = {
  closed: { wanted: 'initializing', followed: 'following' },
  following: { led: 'checking', abandoned: 'closed' },
  initializing: {
    initialized: 'settling',
    competing: 'competing',
    failed: 'waiting',
    followed: 'following',
    abandoned: 'closed',
  },
  settling: { settled: 'loading-accounts', followed: 'following', abandoned: 'closed' },
  'loading-accounts': {
    loaded: 'checking',
    failed: 'waiting',
    followed: 'following',
    abandoned: 'closed',
  },
  checking: {
    healthy: 'open',
    lost: 'initializing',
    'accounts-missing': 'loading-accounts',
    competing: 'competing',
    failed: 'waiting',
    followed: 'following',
    abandoned: 'closed',
  },
  open: {
    doubted: 'checking',
    lost: 'initializing',
    'accounts-missing': 'loading-accounts',
    competing: 'competing',
    followed: 'following',
    abandoned: 'closed',
  },
  competing: { doubted: 'checking', taken: 'initializing', followed: 'following', abandoned: 'closed' },
  waiting: { 'retry-due': 'checking', taken: 'initializing', followed: 'following', abandoned: 'closed' },
}

/** `closed`, `following`, `initializing`, `settling`, `loading-accounts`, `checking`, `open`, `competing` or `waiting`. */
export type BrokerageState =
  | 'closed'
  | 'following'
  | 'initializing'
  | 'settling'
  | 'loading-accounts'
  | 'checking'
  | 'open'
  | 'competing'
  | 'waiting'

/** What moves a brokerage session; `taken` is the caller's word to open it now, `led` and `followed` are leadership won and lost. */
export type BrokerageTrigger =
  | 'wanted'
  | 'led'
  | 'followed'
  | 'initialized'
  | 'settled'
  | 'loaded'
  | 'healthy'
  | 'lost'
  | 'accounts-missing'
  | 'doubted'
  | 'competing'
  | 'failed'
  | 'retry-due'
  | 'taken'
  | 'abandoned'

/** States by triggers to states. */
export type TransitionTable<State extends string, Trigger extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Trigger, State>>>>
>
