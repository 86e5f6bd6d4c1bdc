import { type Sent, TransportError, type TransportErrorCode } from '../errors.ts'
import type { ExchangeFailure } from '../http/failure.ts'
import { mayRepeatWithoutReply } from './retry-rules.ts'

/** What is known of a call when it fails. */
export interface KnownOfCall {
  readonly method: string
  /** Path and query, secrets masked. */
  readonly path: string
  readonly idempotent: boolean
  readonly presigned: boolean
  readonly attempts: number
  readonly elapsedMs: number
  /** How far the furthest of all attempts came. */
  readonly sent: Sent
  /** True if an attempt went out, perhaps, and no reply has said what became of it. */
  readonly unresolved: boolean
}

/** Why a call is given up before it is done. */
export type CancelKind = 'aborted' | 'closed' | 'timeout'

/** What to do about a request that may have been carried out. */
export const checkFirst = 'It may have been carried out: ask for the state before sending it again'

/** An exchange that brought no whole reply. `status` is 0 if not even its head came. */
export function explainFailure(
  known: KnownOfCall,
  failure: ExchangeFailure,
  own: Sent,
  status: number,
): TransportError {
  const details = {
    ...facts(known),
    ...(status === 0 ? {} : { status }),
    retryable:
      (failure.kind === 'unreachable' || failure.kind === 'timeout') &&
      mayRepeatWithoutReply(own, known.idempotent, known.presigned),
    cause: failure.cause,
  }
  if (isAmbiguous(known, failure, own, status)) {
    return new TransportError(
      'ERR_TRANSPORT_AMBIGUOUS',
      `${subject(known)}: ${failure.message} after the request went out. ${checkFirst}`,
      details,
    )
  }
  return new TransportError(codes[failure.kind], `${subject(known)}: ${failure.message}`, details)
}

const codes: Readonly<Record<ExchangeFailure['kind'], TransportErrorCode>> = {
  unreachable: 'ERR_TRANSPORT_UNREACHABLE',
  untrusted: 'ERR_TRANSPORT_UNREACHABLE',
  refused: 'ERR_TRANSPORT_UNREACHABLE',
  timeout: 'ERR_TRANSPORT_TIMEOUT',
  'bad-response': 'ERR_TRANSPORT_BAD_RESPONSE',
  'too-large': 'ERR_TRANSPORT_TOO_LARGE',
  held: 'ERR_TRANSPORT_PACING_WAIT',
}

function isAmbiguous(known: KnownOfCall, failure: ExchangeFailure, own: Sent, status: number): boolean {
  if (known.idempotent || own === 'no') return false
  // A reply that came but cannot be read has at least said, by its status, what became of the request.
  return status === 0 || (failure.kind !== 'bad-response' && failure.kind !== 'too-large')
}

/** A call that was given up, by its caller, by the clock or by the end of the transport. */
export function explainCancel(
  known: KnownOfCall,
  kind: CancelKind,
  totalMs: number,
  cause?: unknown,
): TransportError {
  const ambiguous = !known.idempotent && known.unresolved
  const details = {
    ...facts(known),
    cause,
    retryable: kind === 'timeout' && mayRepeatWithoutReply(known.sent, known.idempotent, known.presigned),
  }
  const state = ambiguous ? ` after the request went out. ${checkFirst}` : ''
  if (kind === 'aborted')
    return new TransportError(
      'ERR_TRANSPORT_ABORTED',
      `${subject(known)}: aborted by the caller${state}`,
      details,
    )
  if (kind === 'closed')
    return new TransportError(
      'ERR_TRANSPORT_CLOSED',
      `${subject(known)}: the transport was closed${state}`,
      details,
    )
  const code = ambiguous ? 'ERR_TRANSPORT_AMBIGUOUS' : 'ERR_TRANSPORT_TIMEOUT'
  return new TransportError(code, `${subject(known)}: not done within ${totalMs} ms${state}`, details)
}

/** A function that authorises and failed; what it threw may hold secrets, so only its cause says so. */
export function explainAuthorize(known: KnownOfCall, cause: unknown): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_AUTHORIZE_FAILED',
    `${subject(known)}: authorize failed, so this attempt was not sent; see the cause`,
    {
      ...facts(known),
      cause,
    },
  )
}

/** An interceptor that did what it must not; what became of the request is what is known of its attempts. */
export function explainInterceptor(known: KnownOfCall, did: string): TransportError {
  const state = known.idempotent || known.sent === 'no' ? '' : `. ${checkFirst}`
  return new TransportError(
    'ERR_TRANSPORT_INVALID_INPUT',
    `${subject(known)}: an interceptor ${did}${state}`,
    facts(known),
  )
}

/** How a message names the call. */
export function subject(known: KnownOfCall): string {
  return `${known.method} ${known.path}`
}

/** What every error tells of its call. */
export function facts(known: KnownOfCall): {
  method: string
  path: string
  attempts: number
  elapsedMs: number
  sent: Sent
} {
  const { method, path, attempts, elapsedMs, sent } = known
  return { method, path, attempts, elapsedMs, sent }
}
