import { createQuerySigningAdvice, type QuerySigning } from '@ibkr-auth/oauth1-signing'
import { type Interceptor, TransportError } from '@ibkr-auth/transport'

/** Where only requests with a query are refused, says so in the error of the second one, and what to set. */
export function adviseOnQueries(querySigning: QuerySigning): Interceptor {
  const advise = createQuerySigningAdvice(querySigning)
  return async (attempt, next) => {
    const reply = await next(attempt)
    const { status } = reply
    const { method, url, number: attempts } = attempt
    const advice = advise({ url, status })
    if (advice === undefined) return reply
    const details = { method, status, attempts, sent: 'yes' } as const
    throw new TransportError('ERR_TRANSPORT_UNAUTHENTICATED', advice, details)
  }
}
