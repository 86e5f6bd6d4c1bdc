import type { Order } from '../market/order.ts'
import { apiError, json, type Reply } from '../request/reply.ts'
import type { ApiCall } from './api-call.ts'

/** Answers a call for the account that its path names, if it is one of the caller's. */
export function forOwnAccount(
  { parameters, state, session }: ApiCall,
  answer: (accountId: string) => Reply,
): Reply {
  const { account = '' } = parameters
  const isOwn = state.users.accountIds(session.username).includes(account)
  return isOwn ? answer(account) : apiError(400, `Bad Request: accountId is not valid: ${account}`)
}

/** The order that the path names, if its account is one of the caller's. */
export function ownOrder({ parameters, state, session }: ApiCall): Order | undefined {
  const { order: text = '', account } = parameters
  const order = /^\d{1,15}$/.test(text) ? state.market.orders.find(Number(text)) : undefined
  if (order === undefined || (account !== undefined && account !== order.accountId)) return undefined
  return state.users.accountIds(session.username).includes(order.accountId) ? order : undefined
}

/** What IBKR says of an order that the caller has not. */
export function unknownOrder({ parameters }: ApiCall, code = 200): Reply {
  return json({ error: `OrderID ${(parameters.order ?? '').slice(0, 20)} doesn't exist` }, code)
}
