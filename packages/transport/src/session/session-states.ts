/**
 * The life of a session's credential, as a table: `sessionTransitions[state][event]` is the next state.
 * An event that a state does not list cannot happen there; the machine refuses it.
 *
 * | state | meaning |
 * |---|---|
 * | `idle` | nothing asked for yet |
 * | `establishing` | no usable credential; `establish()` is running, requests wait for it |
 * | `active` | the credential is usable |
 * | `renewing` | the credential is usable, `establish()` is running to replace it |
 * | `waiting` | no usable credential; the last attempt failed and the next one is timed |
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
    expired: 'establishing',
    refused: 'establishing',
    'refused-in-maintenance': 'waiting',
    'refused-again': 'failed',
    close: 'closing',
  },
  renewing: {
    established: 'active',
    'establish-failed': 'active',
    'establish-rejected': 'active',
    expired: 'establishing',
    refused: 'establishing',
    close: 'closing',
  },
  waiting: { 'retry-due': 'establishing', renew: 'establishing', close: 'closing' },
  failed: { renew: 'establishing', close: 'closing' },
  closing: { closed: 'closed' },
  closed: {},
}

/** `idle`, `establishing`, `active`, `renewing`, `waiting`, `failed`, `closing` or `closed`. */
export type SessionState =
  | 'idle'
  | 'establishing'
  | 'active'
  | 'renewing'
  | 'waiting'
  | 'failed'
  | 'closing'
  | 'closed'

/**
 * What moves a session. `refused` is the first 401 or 410 for the current credential; `refused-again` is
 * one for a credential that replaced a refused one and was never accepted.
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
  | 'refused-in-maintenance'
  | 'refused-again'
  | 'retry-due'
  | 'close'
  | 'closed'

/** States by events to states. */
export type TransitionTable<State extends string, Trigger extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Trigger, State>>>>
>
