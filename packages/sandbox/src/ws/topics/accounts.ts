import { accountValues, cents } from '../../market/account-values.ts'
import type { Balance } from '../../market/portfolio.ts'
import { accountRefusal, every, type Feed, type FeedContext, type FeedRefusal } from '../feed.ts'
import { type StreamRequest, textList } from '../request.ts'

/** `spl+{}`: profit and loss of each account, once a second. */
export function profitAndLoss(_request: StreamRequest, { state, accountIds, send }: FeedContext): Feed {
  const update = every(1_000, (nowMs) => {
    const args = accountIds.map((accountId) => {
      const balance = state.market.portfolio.balance(accountId, state.market.quotes, nowMs)
      return [`${accountId}.Core`, profitAndLossRow(balance)]
    })
    send({ topic: 'spl', args: Object.fromEntries(args) })
  })
  return { key: 'spl', update }
}

function profitAndLossRow({
  unrealizedPnl,
  realizedPnl,
  netLiquidation,
  cash,
  positionsValue,
}: Balance): object {
  return {
    rowType: 1,
    dpl: cents(unrealizedPnl + realizedPnl),
    nl: cents(netLiquidation),
    upl: cents(unrealizedPnl),
    uel: cents(cash),
    mv: cents(positionsValue),
  }
}

/** `ssd+<account>+{"keys":[…],"fields":[…]}`: values of the account summary, whole, then those that changed. */
export function accountSummary(
  { targets, options }: StreamRequest,
  context: FeedContext,
): Feed | FeedRefusal {
  const { state, send } = context
  const accountId = targets[0] ?? ''
  const keys = textList(options.keys)
  let sent = new Map<string, number>()
  const update = every(3_000, (nowMs) => {
    const balance = state.market.portfolio.balance(accountId, state.market.quotes, nowMs)
    const current = new Map(Object.entries(summaryValues(balance)))
    const changed = [...current].filter(
      ([key, value]) => (keys.length === 0 || keys.includes(key)) && sent.get(key) !== value,
    )
    if (changed.length > 0) {
      const result = changed.map(([key, monetaryValue]) => ({
        key,
        timestamp: Math.floor(nowMs / 1_000),
        monetaryValue,
        currency: 'USD',
        severity: 0,
      }))
      send({ topic: `ssd+${accountId}`, result: result.map((row) => onlyFields(row, options.fields)) })
    }
    sent = current
  })
  return accountRefusal(accountId, context) ?? { key: `ssd+${accountId}`, update }
}

function summaryValues(balance: Balance): Readonly<Record<string, number>> {
  const values = accountValues(balance)
  return {
    'NetLiquidation-S': values.netLiquidation,
    NetLiquidation: values.netLiquidation,
    TotalCashValue: values.totalCash,
    AvailableFunds: values.availableFunds,
    BuyingPower: values.buyingPower,
    GrossPositionValue: values.grossPositionValue,
  }
}

/** `sld+<account>+{"keys":[…],"fields":[…]}`: every ten seconds; a currency without change is key and time alone. */
export function ledger({ targets, options }: StreamRequest, context: FeedContext): Feed | FeedRefusal {
  const { state, send } = context
  const accountId = targets[0] ?? ''
  const wanted = textList(options.keys)
  const keys = ['LedgerListBASE', 'LedgerListUSD'].filter(
    (key) => wanted.length === 0 || wanted.includes(key),
  )
  let sent = ''
  const update = every(10_000, (nowMs) => {
    const balance = state.market.portfolio.balance(accountId, state.market.quotes, nowMs)
    const values = ledgerValues(balance)
    const isNew = JSON.stringify(values) !== sent
    sent = JSON.stringify(values)
    const timestamp = Math.floor(nowMs / 1_000)
    const result = keys.map((key) => {
      if (!isNew) return { key, timestamp }
      const currency = key.slice('LedgerList'.length)
      return {
        ...onlyFields({ ...values, secondKey: currency, acctCode: accountId }, options.fields),
        key,
        timestamp,
      }
    })
    send({ topic: `sld+${accountId}`, result })
  })
  return accountRefusal(accountId, context) ?? { key: `sld+${accountId}`, update }
}

function ledgerValues({ cash, netLiquidation, unrealizedPnl, realizedPnl, positionsValue }: Balance): object {
  return {
    cashbalance: cents(cash),
    settledCash: cents(cash),
    netLiquidationValue: cents(netLiquidation),
    stockMarketValue: cents(positionsValue),
    unrealizedPnl: cents(unrealizedPnl),
    realizedPnl: cents(realizedPnl),
    exchangeRate: 1,
    severity: 0,
  }
}

/** The members that were asked for, and those that say which row it is; all of them where none were named. */
function onlyFields(row: object, fields: unknown): object {
  const wanted = textList(fields)
  if (wanted.length === 0) return row
  return Object.fromEntries(
    Object.entries(row).filter(([name]) => name === 'key' || name === 'timestamp' || wanted.includes(name)),
  )
}
