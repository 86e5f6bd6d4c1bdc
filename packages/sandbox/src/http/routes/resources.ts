import { placeOrders, whatIf } from '../../market/order-entry.ts'
import { orderRow } from '../../market/order-rows.ts'
import { snapshotRow } from '../../market/snapshot.ts'
import { textOf } from '../../request/body.ts'
import { currentBases } from '../../request/paths.ts'
import { apiError, json, type Reply } from '../../request/reply.ts'
import { accountId, type SandboxState } from '../../state/sandbox-state.ts'
import { type ApiCall, type ApiRoute, addApiRoutes } from '../api-call.ts'
import type { Router } from '../router.ts'

const routes: readonly ApiRoute[] = [
  [['GET'], '/portfolio/accounts', 'session', portfolioAccounts],
  [['GET'], '/iserver/accounts', 'brokerage', accounts],
  [['GET'], '/iserver/marketdata/snapshot', 'accounts', snapshot],
  [['GET'], '/iserver/account/orders', 'accounts', orders],
  [['POST'], '/iserver/account/:account/orders', 'accounts', placement],
  [['POST'], '/iserver/account/:account/orders/whatif', 'accounts', preview],
]

/** A handful of resources to authenticate against. */
export function addResourceRoutes(router: Router, state: SandboxState): void {
  addApiRoutes(router, state, currentBases, routes)
}

function portfolioAccounts({ session }: ApiCall): Reply {
  return json([portfolioAccount(session.username)])
}

function portfolioAccount(username: string): object {
  return {
    id: accountId,
    accountId,
    accountVan: accountId,
    accountTitle: 'Sandbox',
    displayName: accountId,
    accountAlias: null,
    accountStatus: 1_700_000_000_000,
    currency: 'USD',
    type: 'DEMO',
    tradingType: 'STKNOPT',
    businessType: 'INDEPENDENT',
    ibEntity: 'IBLLC-US',
    faclient: false,
    clearingStatus: 'O',
    covestor: false,
    noClientTrading: false,
    trackVirtualFXPortfolio: false,
    parent: { mmc: [], accountId: '', isMParent: false, isMChild: false, isMultiplex: false },
    desc: accountId,
    username,
  }
}

function accounts({ state, session }: ApiCall): Reply {
  state.brokerage.loadAccounts(session)
  return json({
    accounts: [accountId],
    acctProps: { [accountId]: { hasChildAccounts: false, supportsCashQty: true, supportsFractions: true } },
    aliases: { [accountId]: accountId },
    selectedAccount: accountId,
    allowFeatures: { showGFIS: true, allowFXConv: true, allowedAssetTypes: 'STK,CFD,OPT,FOP,FUT,CASH' },
    serverInfo: { serverName: 'JifZ31001', serverVersion: 'Build 10.39.1a' },
    sessionId: session.cookie.slice(0, 16),
    isFT: false,
    isPaper: true,
  })
}

function snapshot({ fields, nowMs }: ApiCall): Reply {
  const ids = (textOf(fields.conids) ?? '').split(',').filter((id) => /^\d{1,12}$/.test(id))
  if (ids.length === 0) return apiError(400, 'Bad Request: conids is not valid')
  const names = textOf(fields.fields)
  const wanted = names === undefined ? undefined : new Set(names.split(','))
  return json(ids.slice(0, 100).map((id) => snapshotRow(Number(id), nowMs, wanted)))
}

function orders({ state }: ApiCall): Reply {
  return json({ orders: state.orders.list().map(orderRow), snapshot: true })
}

function placement(call: ApiCall): Reply {
  const { account = '' } = call.parameters
  if (account !== accountId) return apiError(400, `Bad Request: accountId is not valid: ${account}`)
  const placed = placeOrders(call.state.orders, account, call.fields, call.nowMs)
  return typeof placed === 'string' ? apiError(400, `Bad Request: ${placed}`) : json(placed)
}

function preview(call: ApiCall): Reply {
  const { account = '' } = call.parameters
  if (account !== accountId) return apiError(400, `Bad Request: accountId is not valid: ${account}`)
  const impact = whatIf(call.fields)
  return typeof impact === 'string' ? apiError(400, `Bad Request: ${impact}`) : json(impact)
}
