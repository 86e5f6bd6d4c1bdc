import { textOf } from '../../request/body.ts'
import { currentBases } from '../../request/paths.ts'
import { apiError, json, type Reply } from '../../request/reply.ts'
import { accountList } from '../../state/account-list.ts'
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

function accounts({ state, session }: ApiCall): Reply {
  state.brokerage.loadAccounts(session)
  return json(accountList(state, session))
}

function select(call: ApiCall): Reply {
  const id = textOf(call.fields.acctId) ?? ''
  if (!accountsOf(call).some(({ accountId }) => accountId === id)) {
    return apiError(400, 'Bad Request: acctId is not valid')
  }
  call.session.selectedAccountId = id
  return json({ set: true, acctId: id })
}
