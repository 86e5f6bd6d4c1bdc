import { marginsOf } from './account-values.ts'
import { commission } from './order.ts'
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
  const quote = quotes.quote(conid, nowMs)
  const amount = (price ?? quote?.last ?? 0) * quantity
  const signed = side === 'BUY' ? quantity : -quantity
  const { netLiquidation, positionsValue } = portfolio.balance(accountId, quotes, nowMs)
  const held = portfolio.position(accountId, conid).quantity
  const [now, after] = [marginsOf(positionsValue), marginsOf(positionsValue + Math.sign(signed) * amount)]
  return {
    amount: {
      amount: `${amount.toFixed(2)} USD (${quantity} Shares)`,
      commission: `${commission.toFixed(2)} USD`,
      total: `${(amount + commission).toFixed(2)} USD`,
    },
    equity: change(netLiquidation, -commission),
    initial: change(now.initial, after.initial - now.initial),
    maintenance: change(now.maintenance, after.maintenance - now.maintenance),
    position: change(held, signed),
    warn:
      quote?.availability === 'none' ? 'You are trying to submit an order without having market data.' : '',
    error: null,
  }
}

function change(current: number, by: number): object {
  return { current: current.toFixed(2), change: by.toFixed(2), after: (current + by).toFixed(2) }
}
