import type { ApiSession } from './api-session.ts'
import type { SandboxState } from './sandbox-state.ts'

/** What IBKR says of the server that answers. */
export const serverInfo = {
  serverName: 'JifZ31001',
  serverVersion: 'Build 10.39.1a, Nov 5, 2025 4:45:46 PM',
}

const properties = {
  hasChildAccounts: false,
  supportsCashQty: true,
  noFXConv: false,
  isProp: false,
  supportsFractions: true,
  allowCustomerTime: false,
  liteUnderPro: false,
  autoFx: false,
}

/** The accounts that a session may trade, as `/iserver/accounts` and the message `act` list them. */
export function accountList({ users }: SandboxState, session: ApiSession): object {
  const accounts = users.accountIds(session.username)
  return {
    accounts,
    acctProps: Object.fromEntries(accounts.map((id) => [id, properties])),
    aliases: Object.fromEntries(accounts.map((id) => [id, id])),
    allowFeatures: {
      showGFIS: true,
      allowFXConv: true,
      allowTypeAhead: true,
      allowedAssetTypes: 'STK,IND,CASH',
    },
    chartPeriods: { STK: ['*'], IND: ['*'], CASH: ['*'] },
    groups: [],
    profiles: [],
    selectedAccount: session.selectedAccountId ?? accounts[0],
    serverInfo,
    sessionId: session.uuid.slice(2),
    isFT: false,
    isPaper: users.isPaper(session.username),
  }
}
