import type { ApiSession } from '../state/api-session.ts'
import type { BrokerageStatus } from '../state/brokerage-sessions.ts'
import type { SandboxState } from '../state/sandbox-state.ts'

const serverInfo = { serverName: 'JifZ31001', serverVersion: 'Build 10.39.1a, Nov 5, 2025 4:45:46 PM' }

/** What IBKR says first, in the order in which it was seen: `system`, `act`, `sts`. */
export function greeting(state: SandboxState, session: ApiSession, nowMs: number): readonly object[] {
  const isPaper = state.users.isPaper(session.username)
  return [
    { topic: 'system', success: session.username, isFT: false, isPaper },
    { topic: 'act', args: accountsOf(state, session, isPaper) },
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

function accountsOf(
  state: SandboxState,
  { username, selectedAccountId, uuid }: ApiSession,
  isPaper: boolean,
): object {
  const accounts = state.users.accountIds(username)
  return {
    accounts,
    acctProps: Object.fromEntries([...accounts, 'All'].map((id) => [id, properties])),
    aliases: Object.fromEntries(accounts.map((id) => [id, id])),
    allowFeatures: {
      showGFIS: true,
      allowFXConv: false,
      allowTypeAhead: true,
      allowedAssetTypes: 'STK,CASH,IND',
    },
    chartPeriods: { STK: ['*'], CASH: ['*'], IND: ['*'] },
    groups: [],
    profiles: [],
    selectedAccount: selectedAccountId ?? accounts[0],
    serverInfo,
    sessionId: uuid.slice(2),
    isFT: false,
    isPaper,
  }
}

const properties = {
  hasChildAccounts: false,
  supportsCashQty: true,
  noFXConv: false,
  isProp: false,
  supportsFractions: false,
  allowCustomerTime: false,
  liteUnderPro: false,
  autoFx: false,
}
