import { reasonOf } from '@ibkr-auth/internal/thrown'
import { TransportError, type TransportErrorCode } from '../errors.ts'
import type { MaintenanceKind } from './maintenance.ts'

/** What is known of a failure that requests are told of. */
export interface Failure {
  readonly cause: unknown
  /** Until the next attempt, in milliseconds; undefined if none is timed. */
  readonly retryAfterMs: number | undefined
  readonly maintenance: MaintenanceKind | undefined
}

const maintenanceNames: Readonly<Record<MaintenanceKind, string>> = {
  'daily-reset': "IBKR's daily reset",
  weekend: "IBKR's weekend maintenance",
}

/** Two answers of the same refusal in a row, on every path that was asked. */
const refusedWords =
  'IBKR answers 401 or 410 on every path that was asked, with a credential that was only just obtained; check consumer key, access token, username and address'

export function sessionClosed(): TransportError {
  return new TransportError('ERR_TRANSPORT_SESSION_CLOSED', 'The session is closed; create another one')
}

/** The old credential ended before its brokerage session could be looked at once more. */
export function tooLateToConfirm(): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_SESSION_UNAVAILABLE',
    'The credential ended before the brokerage session could be confirmed with it',
  )
}

/** The credential was refused for good, or `establish()` failed for good. */
export function sessionFailed(cause: unknown): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_SESSION_FAILED',
    `The session has no credential and does not try for another by itself (${reasonOf(cause)}); remove the cause, then call renew()`,
    { cause },
  )
}

/** The second refusal in a row: the fresh credential was refused too. */
export function refusedAgain(): TransportError {
  return new TransportError('ERR_TRANSPORT_UNAUTHENTICATED', refusedWords, { sent: 'yes' })
}

/** No login is left for now. */
export function loginBudgetSpent(): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_SESSION_UNAVAILABLE',
    'the login budget is spent, which keeps a session from logging in over and over',
  )
}

/** No credential at present. */
export function sessionUnavailable(failure: Failure): TransportError {
  const what = `The session has no credential at present (${reasonOf(failure.cause)})`
  return unavailable('ERR_TRANSPORT_SESSION_UNAVAILABLE', what, failure)
}

/** Something that cannot be had at present: why, and when it is tried again. */
export function unavailable(code: TransportErrorCode, what: string, failure: Failure): TransportError {
  const { cause, retryAfterMs, maintenance } = failure
  const next =
    retryAfterMs === undefined
      ? 'no further attempt is timed'
      : `the next attempt is in ${Math.max(0, Math.ceil(retryAfterMs / 1_000))} s`
  const time = maintenance === undefined ? '' : `: this is the time of ${maintenanceNames[maintenance]}`
  const told = maintenance === undefined ? code : 'ERR_TRANSPORT_MAINTENANCE'
  return new TransportError(told, `${what}${time}; ${next}`, { cause, retryAfterMs })
}
