import { textOf } from '../../request/body.ts'
import { currentBases } from '../../request/paths.ts'
import { apiError, json, type Reply } from '../../request/reply.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import type { Account } from '../../state/users.ts'
import { type ApiCall, type ApiRoute, addApiRoutes } from '../api-call.ts'
import type { Router } from '../router.ts'

const routes: readonly ApiRoute[] = [
  [['GET'], '/portfolio/accounts', 'session', portfolioAccounts],
  [['GET'], '/portfolio/subaccounts', 'session', portfolioAccounts],
  [['GET'], '/iserver/accounts', 'brokerage', accounts],
  [['POST'], '/iserver/account', 'accounts', select],
]

/** Which accounts a username has. */
export function addAccountRoutes(router: Router, state: SandboxState): void {
  addApiRoutes(router, state, currentBases, routes)
}

function accountsOf({ state, session }: ApiCall): readonly Account[] {
  return state.users.find(session.username)?.accounts ?? []
}

function portfolioAccounts(call: ApiCall): Reply {
  return json(accountsOf(call).map(portfolioAccount))
}

function portfolioAccount({ accountId, isPaper }: Account): object {
  return {
    id: accountId,
    PrepaidCrypto: false,
    accountId,
    accountVan: accountId,
    accountTitle: 'Sandbox',
    displayName: accountId,
    accountAlias: null,
    accountStatus: 1_700_000_000_000,
    currency: 'USD',
    type: isPaper ? 'DEMO' : 'INDIVIDUAL',
    tradingType: 'STKNOPT',
    businessType: 'INDEPENDENT',
    category: '',
    acctCustType: 'INDIVIDUAL',
    ibEntity: 'IBLLC-US',
    faclient: false,
    clearingStatus: 'O',
    covestor: false,
    noClientTrading: false,
    brokerageAccess: true,
    trackVirtualFXPortfolio: false,
    parent: { mmc: [], accountId: '', isMParent: false, isMChild: false, isMultiplex: false },
    desc: accountId,
  }
}

function accounts(call: ApiCall): Reply {
  const { state, session } = call
  state.brokerage.loadAccounts(session)
  const ids = accountsOf(call).map(({ accountId }) => accountId)
  const props = { hasChildAccounts: false, supportsCashQty: true, noFXConv: false, isProp: false }
  return json({
    accounts: ids,
    acctProps: Object.fromEntries(ids.map((id) => [id, { ...props, supportsFractions: true }])),
    aliases: Object.fromEntries(ids.map((id) => [id, id])),
    allowFeatures: { showGFIS: true, allowFXConv: true, allowedAssetTypes: 'STK,IND,CASH' },
    chartPeriods: { STK: ['*'], IND: ['*'], CASH: ['*'] },
    groups: [],
    profiles: [],
    selectedAccount: session.selectedAccountId ?? ids[0],
    serverInfo: { serverName: 'JifZ31001', serverVersion: 'Build 10.39.1a' },
    sessionId: session.cookie.slice(0, 16),
    isFT: false,
    isPaper: state.users.isPaper(session.username),
  })
}

function select(call: ApiCall): Reply {
  const id = textOf(call.fields.acctId) ?? ''
  if (!accountsOf(call).some(({ accountId }) => accountId === id)) {
    return apiError(400, 'Bad Request: acctId is not valid')
  }
  call.session.selectedAccountId = id
  return json({ set: true, acctId: id })
}
