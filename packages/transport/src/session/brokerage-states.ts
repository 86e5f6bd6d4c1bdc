import type { TransitionTable } from './session-states.ts'

/**
 * The life of the brokerage session on top of a credential, as a table. One exists per username over all
 * IBKR platforms.
 *
 * | state | meaning |
 * |---|---|
 * | `closed` | not wanted yet, or given up with the credential |
 * | `initializing` | `POST /iserver/auth/ssodh/init` |
 * | `settling` | the pause of about 2 s that IBKR needs after it |
 * | `loading-accounts` | `GET /iserver/accounts` until it answers with accounts |
 * | `checking` | `POST /iserver/auth/status`: is it still there? |
 * | `open` | authenticated, connected, not competing |
 * | `competing` | the username is in use elsewhere; watched, never taken over without the caller's word |
 * | `waiting` | could not be opened; the next attempt is timed |
 */
export const brokerageTransitions: TransitionTable<BrokerageState, BrokerageTrigger> = {
  closed: { wanted: 'initializing' },
  initializing: { initialized: 'settling', competing: 'competing', failed: 'waiting', abandoned: 'closed' },
  settling: { settled: 'loading-accounts', abandoned: 'closed' },
  'loading-accounts': { loaded: 'checking', failed: 'waiting', abandoned: 'closed' },
  checking: {
    healthy: 'open',
    lost: 'initializing',
    'accounts-missing': 'loading-accounts',
    competing: 'competing',
    failed: 'waiting',
    abandoned: 'closed',
  },
  open: {
    doubted: 'checking',
    lost: 'initializing',
    'accounts-missing': 'loading-accounts',
    competing: 'competing',
    abandoned: 'closed',
  },
  competing: { doubted: 'checking', taken: 'initializing', abandoned: 'closed' },
  waiting: { 'retry-due': 'checking', taken: 'initializing', abandoned: 'closed' },
}

/** `closed`, `initializing`, `settling`, `loading-accounts`, `checking`, `open`, `competing` or `waiting`. */
export type BrokerageState =
  | 'closed'
  | 'initializing'
  | 'settling'
  | 'loading-accounts'
  | 'checking'
  | 'open'
  | 'competing'
  | 'waiting'

/** What moves a brokerage session; `taken` is the caller's word to open it with `compete`, or again. */
export type BrokerageTrigger =
  | 'wanted'
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
