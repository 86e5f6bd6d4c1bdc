import { TransportResponse } from '../http/response.ts'
import type { Attempt, Next } from '../request/types.ts'
import type { Outgoing } from './attempt.ts'
import type { CallState } from './call.ts'
import { explainInterceptor } from './failed-call.ts'

/** Sends an attempt with the caller's interceptors around it, which are foreign code. */
export function sendIntercepted(
  call: CallState,
  outgoing: Outgoing,
  send: (call: CallState, outgoing: Outgoing) => Promise<TransportResponse>,
): Promise<TransportResponse> {
  const innermost: Next = (attempt) => {
    const amiss = wrongPass(call, attempt)
    if (amiss !== undefined) return Promise.reject(explainInterceptor(call.known, amiss))
    return send(call, attempt)
  }
  const chain = call.settings.interceptors.reduceRight<Next>(
    (next, one) => async (attempt) => replyOf(call, await one(attempt, next)),
    innermost,
  )
  return chain(describe(call, outgoing))
}

/** What an interceptor does amiss in passing on an attempt: one that repeats by itself would double an order. */
function wrongPass(call: CallState, attempt: Attempt | undefined | null): string | undefined {
  if (typeof attempt !== 'object' || attempt === null) return 'passed on something else than an attempt'
  if (call.repeatable || call.sent === 'no') return undefined
  return 'called next() again after the request went out'
}

function replyOf(call: CallState, answer: TransportResponse): TransportResponse {
  if (answer instanceof TransportResponse || isReply(answer)) return answer
  throw explainInterceptor(call.known, 'answered with something else than a reply')
}

/** Of another installed copy of this package. */
function isReply(answer: TransportResponse | undefined | null): boolean {
  return typeof answer === 'object' && Number.isInteger(answer?.status) && typeof answer?.json === 'function'
}

function describe(call: CallState, { headers, authorize, mayLeave }: Outgoing): Attempt {
  const { method, url, path, body, idempotent, context } = call.request
  const { dispatcher } = call.settings
  const { id, timeLeftMs, attempts } = call
  return {
    call: id,
    method,
    url,
    path,
    headers,
    body,
    idempotent,
    number: attempts + 1,
    // Few ask for it, and it costs more than the rest of the attempt.
    get signal() {
      return call.cancellation.signal
    },
    timeLeftMs,
    authorize,
    mayLeave,
    context,
    dispatcher,
  }
}
