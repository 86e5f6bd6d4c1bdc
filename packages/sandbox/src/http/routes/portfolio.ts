import { accountValues, cents } from '../../market/account-values.ts'
import { descriptionOf, instrumentOf, multiplierOf } from '../../market/instruments.ts'
import type { Position } from '../../market/portfolio.ts'
import { currentBases } from '../../request/paths.ts'
import { apiError, json, type Reply } from '../../request/reply.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { type ApiCall, type ApiRoute, addApiRoutes } from '../api-call.ts'
import { forOwnAccount } from '../own-account.ts'
import type { Router } from '../router.ts'

const routes: readonly ApiRoute[] = [
  [['GET'], '/portfolio/:account/positions', 'session', positions],
  [['GET'], '/portfolio/:account/positions/:page', 'session', positions],
  [['GET'], '/portfolio/:account/position/:conid', 'session', position],
  [['GET'], '/portfolio/:account/summary', 'session', summary],
  [['GET'], '/portfolio/:account/ledger', 'session', ledger],
]

/** What an account holds and is worth, as its fills left it. */
export function addPortfolioRoutes(router: Router, state: SandboxState): void {
  addApiRoutes(router, state, currentBases, routes)
}

const pageSize = 100

function positions(call: ApiCall): Reply {
  return forOwnAccount(call, (account) => {
    const { page = '0' } = call.parameters
    if (!/^\d{1,6}$/.test(page)) return apiError(400, 'Bad Request: pageId is not valid')
    const all = call.state.market.portfolio.list(account)
    const start = Number(page) * pageSize
    return json(all.slice(start, start + pageSize).map((held) => positionRow(call, held)))
  })
}

function position(call: ApiCall): Reply {
  return forOwnAccount(call, (account) => {
    const held = call.state.market.portfolio.list(account)
    return json(
      held
        .filter(({ conid }) => String(conid) === call.parameters.conid)
        .map((row) => positionRow(call, row)),
    )
  })
}

function positionRow({ state, nowMs }: ApiCall, held: Position): object {
  const { accountId, conid, quantity, averagePrice, realizedPnl } = held
  const instrument = instrumentOf(conid)
  const option = instrument?.option
  const units = quantity * multiplierOf(conid)
  const price = state.market.quotes.quote(conid, nowMs)?.last ?? averagePrice
  return {
    acctId: accountId,
    conid,
    contractDesc: instrument && descriptionOf(instrument),
    position: quantity,
    mktPrice: price,
    mktValue: cents(units * price),
    currency: instrument?.currency,
    avgCost: averagePrice,
    avgPrice: averagePrice,
    realizedPnl: cents(realizedPnl),
    unrealizedPnl: cents(units * (price - averagePrice)),
    exchs: null,
    expiry: null,
    putOrCall: option?.right ?? null,
    multiplier: option?.multiplier ?? null,
    strike: String(option?.strike ?? 0),
    exerciseStyle: null,
    conExchMap: [],
    assetClass: instrument?.secType,
    undConid: option?.underlyingConid ?? 0,
    model: '',
    name: instrument?.companyName,
    ticker: instrument?.symbol,
    listingExchange: instrument?.exchange,
    isUS: true,
    isEventContract: false,
    pageSize,
  }
}

function summary(call: ApiCall): Reply {
  return forOwnAccount(call, (account) => {
    const values = accountValues(balanceOf(call, account))
    const { netLiquidation, availableFunds, excessLiquidity } = values
    const amounts: Readonly<Record<string, number>> = {
      accruedcash: 0,
      availablefunds: availableFunds,
      buyingpower: values.buyingPower,
      cushion: netLiquidation === 0 ? 0 : cents(excessLiquidity / netLiquidation),
      equitywithloanvalue: netLiquidation,
      excessliquidity: excessLiquidity,
      fullavailablefunds: availableFunds,
      grosspositionvalue: values.grossPositionValue,
      initmarginreq: values.initialMargin,
      maintmarginreq: values.maintenanceMargin,
      netliquidation: netLiquidation,
      totalcashvalue: values.totalCash,
    }
    const texts = { accountcode: account, accountready: 'true', accounttype: 'INDIVIDUAL' }
    const row = { currency: null, isNull: false, timestamp: call.nowMs, severity: 0 }
    return json({
      ...mapped(texts, (value) => ({ ...row, amount: 0, value })),
      ...mapped(amounts, (amount) => ({ ...row, currency: 'USD', amount, value: null })),
    })
  })
}

function ledger(call: ApiCall): Reply {
  return forOwnAccount(call, (account) => {
    const balance = balanceOf(call, account)
    const entry = (secondkey: string): object => ({
      acctcode: account,
      cashbalance: cents(balance.cash),
      cashbalancefxsegment: 0,
      commoditymarketvalue: 0,
      corporatebondsmarketvalue: 0,
      currency: secondkey,
      dividends: 0,
      exchangerate: 1,
      funds: 0,
      futuremarketvalue: 0,
      futureoptionmarketvalue: 0,
      futuresonlypnl: 0,
      interest: 0,
      issueroptionsmarketvalue: 0,
      key: 'LedgerList',
      moneyfunds: 0,
      netliquidationvalue: cents(balance.netLiquidation),
      realizedpnl: cents(balance.realizedPnl),
      secondkey,
      sessionid: 1,
      settledcash: cents(balance.cash),
      severity: 0,
      stockmarketvalue: cents(balance.positionsValue),
      stockoptionmarketvalue: 0,
      tbillsmarketvalue: 0,
      tbondsmarketvalue: 0,
      timestamp: Math.floor(call.nowMs / 1_000),
      unrealizedpnl: cents(balance.unrealizedPnl),
      warrantsmarketvalue: 0,
    })
    return json({ USD: entry('USD'), BASE: entry('BASE') })
  })
}

function balanceOf(
  { state, nowMs }: ApiCall,
  account: string,
): ReturnType<typeof state.market.portfolio.balance> {
  return state.market.portfolio.balance(account, state.market.quotes, nowMs)
}

function mapped<Value>(
  values: Readonly<Record<string, Value>>,
  row: (value: Value) => object,
): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, row(value)]))
}
