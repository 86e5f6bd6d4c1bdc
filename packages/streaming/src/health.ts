import { hasBrokerage } from './connection/greeting.ts'
import type { LostReason } from './connection/state.ts'
import type { StreamStatus } from './stream.ts'

/** The answers to: is it working, what is it waiting for, what can I do. Plain data without secrets. */
export interface StreamHealth {
  /** Whether it works as far as it was asked to: it is open with a brokerage session, or nothing was subscribed yet. */
  readonly ok: boolean
  readonly waitingFor: StreamWaitingFor | undefined
  /** What can be done about it; undefined if nothing need be. */
  readonly remedy: string | undefined
}

/** What a stream waits for. */
export interface StreamWaitingFor {
  /**
   * `answer`: IBKR, or `connect()`, is being asked; `retry`: the pause after a failure; `other-session`: the username is in use
   * elsewhere; `caller`: nothing goes on by itself.
   */
  readonly what: 'answer' | 'retry' | 'other-session' | 'caller'
  /** Until when, in ms since 1970, if that is known. */
  readonly untilMs: number | undefined
  /** In words. */
  readonly why: string
}

/** Is it working, what is it waiting for, what can be done. */
export function healthOfStream(status: StreamStatus): StreamHealth {
  const waitingFor = waitingForOf(status)
  const ok = waitingFor === undefined
  return { ok, waitingFor, remedy: ok ? undefined : remedyOf(status) }
}

function waitingForOf({
  state,
  reason,
  retryAtMs: untilMs,
  brokerage,
}: StreamStatus): StreamWaitingFor | undefined {
  const why = reason === undefined ? 'the connection is being made' : words[reason]
  switch (state) {
    case 'idle':
      return undefined
    case 'open':
      return hasBrokerage(brokerage) ? undefined : { what: 'answer', untilMs, why: noBrokerage }
    case 'closed':
      return { what: 'caller', untilMs: undefined, why: 'the stream is closed' }
    case 'waiting':
    case 'paused':
      return { what: reason === 'competing' ? 'other-session' : 'retry', untilMs, why }
    default:
      return { what: 'answer', untilMs: undefined, why }
  }
}

const noBrokerage = 'there is no brokerage session'

const words: Readonly<Record<LostReason, string>> = {
  'connect-failed': 'connect() gave no ticket',
  'no-brokerage-session': noBrokerage,
  unreachable: 'nothing answered',
  refused: 'IBKR refused the connection',
  timeout: 'the connection took too long',
  'no-greeting': 'IBKR did not greet',
  'no-heartbeat': 'IBKR fell silent',
  closed: 'the connection was closed',
  competing: 'the username has a brokerage session elsewhere',
  'new-credential': 'the credential was replaced',
}

function remedyOf({ state, reason }: StreamStatus): string | undefined {
  if (state === 'closed') return 'make a new stream'
  if (state === 'open') return 'nothing: its session opens another one; look at the health of that'
  if (reason === 'competing') return 'end the other session, or give the API a username of its own'
  if (reason === 'refused' || reason === 'connect-failed')
    return 'nothing: it asks again by itself; look at the health of its session, and at status().lastError'
  return 'nothing: it connects again by itself'
}
