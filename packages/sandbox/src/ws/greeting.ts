import { accountList } from '../state/account-list.ts'
import type { ApiSession } from '../state/api-session.ts'
import type { BrokerageStatus } from '../state/brokerage-sessions.ts'
import type { SandboxState } from '../state/sandbox-state.ts'

/** What IBKR says first, in the order in which it was seen: `system`, `act`, `sts`. */
export function greeting(state: SandboxState, session: ApiSession, nowMs: number): readonly object[] {
  const isPaper = state.users.isPaper(session.username)
  return [
    { topic: 'system', success: session.username, isFT: false, isPaper },
    { topic: 'act', args: accountList(state, session) },
    { topic: 'sts', args: { ...statusArgs(state.brokerage.status(session, nowMs)), message: '', fail: '' } },
  ]
}

/** The members of `sts` that say how the brokerage session is. */
export function statusArgs({
  connected,
  authenticated,
  established,
  competing,
}: BrokerageStatus): StatusArgs {
  return { connected, authenticated, established, competing }
}

/** The state of a brokerage session as `sts` tells it. */
export type StatusArgs = Readonly<
  Record<'connected' | 'authenticated' | 'established' | 'competing', boolean>
>
