import type { OrderFields } from './order-fields.ts'
import type { Portfolio } from './portfolio.ts'
import type { Quotes } from './quotes.ts'

/** What an order would do to an account, without placing it. */
export function whatIf(
  { conid, quantity, price, side }: OrderFields,
  accountId: string,
  { quotes, portfolio }: { readonly quotes: Quotes; readonly portfolio: Portfolio },
  nowMs: number,
): object {
  const commission = 1
  const quote = quotes.quote(conid, nowMs)
  const amount = (price ?? quote?.last ?? 0) * quantity
  const signed = side === 'BUY' ? quantity : -quantity
  const { netLiquidation, positionsValue } = portfolio.balance(accountId, quotes, nowMs)
  const held = portfolio.position(accountId, conid).quantity
  const exposed = Math.abs(positionsValue)
  const added = Math.sign(signed) * amount
  return {
    amount: {
      amount: `${amount.toFixed(2)} USD (${quantity} Shares)`,
      commission: `${commission.toFixed(2)} USD`,
      total: `${(amount + commission).toFixed(2)} USD`,
    },
    equity: change(netLiquidation, -commission),
    initial: change(exposed * 0.5, added * 0.5),
    maintenance: change(exposed * 0.25, added * 0.25),
    position: change(held, signed),
    warn:
      quote?.availability === 'none' ? 'You are trying to submit an order without having market data.' : '',
    error: null,
  }
}

function change(current: number, by: number): object {
  return { current: current.toFixed(2), change: by.toFixed(2), after: (current + by).toFixed(2) }
}
