import { TransportError, type TransportErrorCode } from '../errors.ts'
import type { TransportResponse } from '../http/response.ts'
import { checkFirst, facts, type KnownOfCall, subject } from './failed-call.ts'
import { documentedPenaltyMs, leavesOpen, mayRepeatAfterReply } from './retry-rules.ts'
import { readServerMessage } from './server-message.ts'

/** A reply that is no success. */
export function explainReply(
  known: KnownOfCall,
  response: TransportResponse,
  secrets: readonly string[],
  clockOffByMs: number | undefined,
  retryAfterMs: number | undefined,
): TransportError {
  const { status } = response
  const serverMessage = readServerMessage(response, secrets)
  const code = codeOfStatus(status, known, clockOffByMs)
  const told = serverMessage === undefined ? '' : `: ${serverMessage}`
  return new TransportError(
    code,
    `${subject(known)} was answered with ${status}${told}${remedy(code, clockOffByMs, retryAfterMs)}`,
    {
      ...facts(known),
      status,
      response,
      retryable: mayRepeatAfterReply(status, known.idempotent && !known.presigned),
      serverMessage,
      retryAfterMs,
    },
  )
}

function codeOfStatus(
  status: number,
  known: KnownOfCall,
  clockOffByMs: number | undefined,
): TransportErrorCode {
  if (!known.idempotent && leavesOpen(status)) return 'ERR_TRANSPORT_AMBIGUOUS'
  if (status === 401)
    return clockOffByMs === undefined ? 'ERR_TRANSPORT_UNAUTHENTICATED' : 'ERR_TRANSPORT_CLOCK_SKEW'
  if (status === 403) return 'ERR_TRANSPORT_FORBIDDEN'
  if (status === 429) return 'ERR_TRANSPORT_PACED'
  if (status >= 500) return 'ERR_TRANSPORT_SERVER_ERROR'
  return status < 400 ? 'ERR_TRANSPORT_REDIRECT' : 'ERR_TRANSPORT_REQUEST_REFUSED'
}

function remedy(
  code: TransportErrorCode,
  clockOffByMs: number | undefined,
  retryAfterMs: number | undefined,
): string {
  if (code === 'ERR_TRANSPORT_AMBIGUOUS') return `. ${checkFirst}`
  if (code === 'ERR_TRANSPORT_REDIRECT')
    return '. Redirects are not followed: a credential goes to its own origin only'
  if (code === 'ERR_TRANSPORT_CLOCK_SKEW') {
    const seconds = Math.round(Math.abs(clockOffByMs ?? 0) / 1_000)
    return `. The time it was signed with is ${seconds} s off the server's: correct the clock, or sign with the time that authorize is given`
  }
  if (code === 'ERR_TRANSPORT_PACED') {
    const wait = Math.ceil((retryAfterMs ?? documentedPenaltyMs) / 1_000)
    return `. Send nothing for ${wait} s: each request in that time counts against you`
  }
  return ''
}
