import type { Authorize } from './authorize.ts'
import type { CallState } from './call-state.ts'
import type { Attempt, Next } from './interceptor.ts'
import { type HeaderRecord, mergeHeaders } from './request-headers.ts'
import { sendAttempt } from './send-attempt.ts'
import type { TransportResponse } from './transport-response.ts'

/** Makes one attempt, with the transport's interceptors around it. */
export function interceptedAttempt(call: CallState): Promise<TransportResponse> {
  const { interceptors } = call.settings
  const { headers, authorize } = call.request
  if (interceptors.length === 0) return sendAttempt(call, headers, authorize)
  const innermost: Next = async (attempt) =>
    sendAttempt(call, changedHeaders(call, attempt), attempt.authorize)
  const chain = interceptors.reduceRight<Next>(
    (next, one) => async (attempt) => one(attempt, next),
    innermost,
  )
  return chain(describe(call, headers, authorize))
}

function describe(call: CallState, headers: HeaderRecord, authorize: Authorize | undefined): Attempt {
  const { method, url, path, body, idempotent, context } = call.request
  const { dispatcher } = call.settings
  const number = call.attempts + 1
  const { signal } = call.cancellation
  return { method, url, path, headers, body, idempotent, number, signal, authorize, context, dispatcher }
}

function changedHeaders(call: CallState, attempt: Attempt): HeaderRecord {
  const { headers } = call.request
  return attempt.headers === headers ? headers : mergeHeaders(headers, attempt.headers, call.settings.host)
}
