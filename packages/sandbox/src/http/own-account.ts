import { apiError, type Reply } from '../request/reply.ts'
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
