import { TransportError } from '../errors.ts'
import type { MaintenanceKind } from './maintenance.ts'

/** What is known of a failure that requests are told of. */
export interface Failure {
  readonly cause: unknown
  /** Until the next attempt, in milliseconds; undefined if none is timed. */
  readonly retryAfterMs: number | undefined
  readonly maintenance: MaintenanceKind | undefined
}

const maintenanceNames: Readonly<Record<MaintenanceKind, string>> = {
  'nightly-reset': "IBKR's nightly reset",
  saturday: "IBKR's Saturday maintenance",
}

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
export function refusedAgain(status: number, path: string): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_SESSION_FAILED',
    `IBKR answered ${status} to ${path} with a credential that was only just obtained; check consumer key, access token, username and address, then call renew()`,
    { status, sent: 'yes' },
  )
}

/** No credential at present. */
export function sessionUnavailable(failure: Failure): TransportError {
  const what = `The session has no credential at present (${reasonOf(failure.cause)})`
  if (failure.maintenance === undefined) {
    return new TransportError(
      'ERR_TRANSPORT_SESSION_UNAVAILABLE',
      `${what}; ${next(failure)}`,
      details(failure),
    )
  }
  const text = `${what}: this is the time of ${maintenanceNames[failure.maintenance]}; ${next(failure)}`
  return new TransportError('ERR_TRANSPORT_MAINTENANCE', text, details(failure))
}

/** The brokerage session cannot be opened at present. */
export function brokerageUnavailable(failure: Failure): TransportError {
  const what = `The brokerage session could not be opened (${reasonOf(failure.cause)})`
  if (failure.maintenance === undefined) {
    return new TransportError(
      'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
      `${what}; ${next(failure)}`,
      details(failure),
    )
  }
  const text = `${what}: this is the time of ${maintenanceNames[failure.maintenance]}; ${next(failure)}`
  return new TransportError('ERR_TRANSPORT_MAINTENANCE', text, details(failure))
}

export function competingSession(): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_COMPETING_SESSION',
    'The username has a brokerage session elsewhere (TWS, mobile, Client Portal, another program); give the API a username of its own, wait for that session to end, or throw it out with openBrokerage({ compete: true })',
  )
}

function details(failure: Failure): { cause: unknown; retryAfterMs?: number } {
  const { cause, retryAfterMs } = failure
  return retryAfterMs === undefined ? { cause } : { cause, retryAfterMs }
}

function next({ retryAfterMs }: Failure): string {
  if (retryAfterMs === undefined) return 'no further attempt is timed'
  return `the next attempt is in ${Math.ceil(retryAfterMs / 1_000)} s`
}

/** This package's messages hold no secrets; of anybody else's errors the code has to do. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof TransportError) return cause.message
  if (typeof cause !== 'object' || cause === null) return 'no reason given'
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  return cause instanceof Error ? cause.name : 'no reason given'
}
