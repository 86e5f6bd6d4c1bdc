import { pacingErrorCodes } from './pacing/error-codes.ts'
import { sessionErrorCodes } from './session/error-codes.ts'

const requestErrorCodes = [
  'ERR_TRANSPORT_INVALID_INPUT',
  'ERR_TRANSPORT_OUT_OF_SCOPE',
  'ERR_TRANSPORT_CLOSED',
  'ERR_TRANSPORT_AUTHORIZE_FAILED',
  'ERR_TRANSPORT_ABORTED',
  'ERR_TRANSPORT_UNREACHABLE',
  'ERR_TRANSPORT_TIMEOUT',
  'ERR_TRANSPORT_AMBIGUOUS',
  'ERR_TRANSPORT_BAD_RESPONSE',
  'ERR_TRANSPORT_TOO_LARGE',
  'ERR_TRANSPORT_REDIRECT',
  'ERR_TRANSPORT_REQUEST_REFUSED',
  'ERR_TRANSPORT_UNAUTHENTICATED',
  'ERR_TRANSPORT_CLOCK_SKEW',
  'ERR_TRANSPORT_FORBIDDEN',
  'ERR_TRANSPORT_PACED',
  'ERR_TRANSPORT_SERVER_ERROR',
] as const

/** A code of {@link TransportError}: one for each failure that is reacted to differently. */
export type TransportErrorCode =
  | (typeof requestErrorCodes)[number]
  | (typeof sessionErrorCodes)[number]
  | (typeof pacingErrorCodes)[number]

/** Every {@link TransportErrorCode}. */
export const transportErrorCodes: readonly TransportErrorCode[] = [
  ...requestErrorCodes,
  ...sessionErrorCodes,
  ...pacingErrorCodes,
]
