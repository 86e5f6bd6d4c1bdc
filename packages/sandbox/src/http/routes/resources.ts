import { placeOrders, whatIf } from '../../market/order-entry.ts'
import { orderRow } from '../../market/order-rows.ts'
import { snapshotRow } from '../../market/snapshot.ts'
import type { ApiSession } from '../../state/api-session.ts'
import { accountId, type World } from '../../state/world.ts'
import { type ApiCall, type ApiHandler, apiCall, type Needs } from '../api-call.ts'
import { bodyFields } from '../body-fields.ts'
import { currentBases } from '../paths.ts'
import { apiError, json, type Reply } from '../replies.ts'
import { addRoute, type Router } from '../routing.ts'

const routes: readonly (readonly [method: string, path: string, needs: Needs, handler: ApiHandler])[] = [
  ['GET', '/portfolio/accounts', 'session', portfolioAccounts],
  ['GET', '/iserver/accounts', 'brokerage', accounts],
  ['GET', '/iserver/marketdata/snapshot', 'accounts', snapshot],
  ['GET', '/iserver/account/orders', 'accounts', orders],
  ['POST', `/iserver/account/:account/orders`, 'accounts', placement],
  ['POST', `/iserver/account/:account/orders/whatif`, 'accounts', preview],
]

/** A handful of resources to authenticate against. */
export function addResourceRoutes(router: Router, world: World): void {
  for (const base of currentBases) {
    for (const [method, path, needs, handler] of routes) {
      addRoute(router, [method], base + path, (exchange) => apiCall(exchange, world, needs, handler))
    }
  }
}

/** Nothing in it changes while its session lasts, and writing it out took about as long as the HMAC of a request. */
const portfolioReplies = new WeakMap<ApiSession, Reply>()

function portfolioAccounts({ session }: ApiCall): Reply {
  const known = portfolioReplies.get(session)
  if (known !== undefined) return known
  const reply = json([portfolioAccount(session.username)])
  portfolioReplies.set(session, reply)
  return reply
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

function accounts({ world, session }: ApiCall): Reply {
  world.brokerage.loadAccounts(session)
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

function snapshot({ exchange, nowMs }: ApiCall): Reply {
  const { conids, fields } = bodyFields(exchange)
  const ids = String(conids ?? '')
    .split(',')
    .filter((id) => /^\d{1,12}$/.test(id))
  if (ids.length === 0) return apiError(400, 'Bad Request: conids is not valid')
  const wanted = fields === undefined ? undefined : new Set(String(fields).split(','))
  return json(ids.slice(0, 100).map((id) => snapshotRow(Number(id), nowMs, wanted)))
}

function orders({ world }: ApiCall): Reply {
  return json({ orders: world.orders.list().map(orderRow), snapshot: true })
}

function placement(call: ApiCall): Reply {
  const account = accountOf(call)
  if (account !== accountId) return apiError(400, `Bad Request: accountId is not valid: ${account}`)
  const placed = placeOrders(call.world.orders, account, bodyFields(call.exchange), call.nowMs)
  return typeof placed === 'string' ? apiError(400, `Bad Request: ${placed}`) : json(placed)
}

function preview(call: ApiCall): Reply {
  const account = accountOf(call)
  if (account !== accountId) return apiError(400, `Bad Request: accountId is not valid: ${account}`)
  const impact = whatIf(bodyFields(call.exchange))
  return typeof impact === 'string' ? apiError(400, `Bad Request: ${impact}`) : json(impact)
}

function accountOf({ exchange }: ApiCall): string {
  return /\/iserver\/account\/([^/]+)\//.exec(exchange.path)?.[1] ?? ''
}
