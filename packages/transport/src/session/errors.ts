import { readServerMessage, readStatedError } from '../call/refused-reply.ts'
import { TransportError, type TransportErrorCode } from '../errors.ts'
import type { TransportResponse } from '../http/response.ts'
import { readMember } from './backoff.ts'
import type { BrokerageReport, Hide } from './brokerage-protocol.ts'
import type { MaintenanceKind } from './maintenance.ts'
import { type Refusal, recognizeRefusal } from './refusals.ts'

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

/** The brokerage session cannot be opened at present. */
export function brokerageUnavailable(failure: Failure): TransportError {
  const what = `The brokerage session could not be opened (${reasonOf(failure.cause)})`
  return unavailable('ERR_TRANSPORT_BROKERAGE_UNAVAILABLE', what, failure)
}

/** Somebody else leads, and what that one sees is no open brokerage session. */
export function leaderHasNone(report: BrokerageReport): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
    `The process that leads reports no open brokerage session (${describe(report)}); only there does openBrokerage({ takeOver: true }) end another one`,
  )
}

function unavailable(code: TransportErrorCode, what: string, failure: Failure): TransportError {
  const { cause, retryAfterMs, maintenance } = failure
  const next =
    retryAfterMs === undefined
      ? 'no further attempt is timed'
      : `the next attempt is in ${Math.max(0, Math.ceil(retryAfterMs / 1_000))} s`
  const time = maintenance === undefined ? '' : `: this is the time of ${maintenanceNames[maintenance]}`
  const told = maintenance === undefined ? code : 'ERR_TRANSPORT_MAINTENANCE'
  return new TransportError(told, `${what}${time}; ${next}`, {
    cause,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

/** What was found when a session elsewhere was found, and what may be done about it. */
export interface Found {
  readonly report: BrokerageReport
  /** In milliseconds since 1970. */
  readonly sinceMs: number
  /** When a status last showed the session's own brokerage session, in milliseconds since 1970; undefined if none counts. */
  readonly provenAtMs: number | undefined
}

export function competingSession({ report, sinceMs, provenAtMs }: Found): TransportError {
  const own =
    provenAtMs === undefined
      ? 'nothing shows that it is the one this session had'
      : `this session's own was last seen at ${new Date(provenAtMs).toISOString()}`
  return new TransportError(
    'ERR_TRANSPORT_COMPETING_SESSION',
    `Since ${new Date(sinceMs).toISOString()} the username has a brokerage session elsewhere (${describe(report)}; ${own}): TWS, mobile, Client Portal, another program, or this one under a credential before. Give the API a username of its own, wait until that session ends (silence ends one after some five minutes), or call openBrokerage({ takeOver: true }), which ends it: whoever works in it is thrown out`,
  )
}

/** What IBKR's texts mean for somebody who wants to get on. */
const remedies: Readonly<Partial<Record<Refusal, string>>> = {
  'no-dh-token':
    'IBKR does not let this username in: it is not enabled for the API, a paper account too young (up to two weeks), in use elsewhere, or under maintenance',
  'no-bridge': 'the brokerage session is being set up or torn down',
  'accounts-missing': 'the accounts are not loaded yet',
  unauthenticated: 'IBKR gives this credential no brokerage session; requests outside /iserver may go on',
  gone: 'IBKR gives this credential no brokerage session now; requests outside /iserver may go on',
}

/** A call of the brokerage session's own was not answered with what it is for. */
export function brokerageRefused(call: string, response: TransportResponse, hide: Hide): TransportError {
  const refusal = recognizeRefusal(response)
  const remedy = refusal && remedies[refusal]
  // IBKR refuses with 200, too: the reason is then in `error`, and anything else in the reply is none.
  const said = response.ok ? readStatedError(response) : readServerMessage(response)
  const serverMessage = said === undefined ? undefined : hide(said)
  const what = response.ok
    ? `${call} answered without what was asked for`
    : `${call} answered ${response.status}`
  const words = [what, serverMessage, remedy].filter((part) => part !== undefined)
  return new TransportError('ERR_TRANSPORT_BROKERAGE_UNAVAILABLE', words.join(': '), {
    status: response.status,
    sent: 'yes',
    response,
    ...(serverMessage === undefined ? {} : { serverMessage }),
  })
}

/** A `tickle` was not answered with what it is for. */
export function tickleRefused(response: TransportResponse): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
    response.ok
      ? 'POST /tickle was answered with something else than JSON'
      : `POST /tickle answered ${response.status}`,
    { status: response.status, sent: 'yes', response },
  )
}

/** The brokerage session was opened so often and is not what it should be. */
export function notHealthy(report: BrokerageReport, times: number): TransportError {
  const serverMessage = [report.message, report.fail].filter((part) => part !== undefined).join(': ')
  return new TransportError(
    'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
    `The brokerage session was opened ${times} times and is not healthy (${describe(report)})`,
    serverMessage === '' ? {} : { serverMessage },
  )
}

/** A status in words, IBKR's own included. */
function describe({
  authenticated,
  connected,
  competing,
  established,
  message,
  fail,
}: BrokerageReport): string {
  const found = [
    `authenticated: ${authenticated}`,
    `connected: ${connected}`,
    `competing: ${competing}`,
    `established: ${established ?? 'not told'}`,
    ...(message === undefined ? [] : [`message: "${message}"`]),
    ...(fail === undefined ? [] : [`fail: "${fail}"`]),
  ]
  return found.join(', ')
}

/** This package's messages hold no secrets; of anybody else's errors the code has to do. */
export function reasonOf(cause: unknown): string {
  if (isA(cause, TransportError)) return cause.message
  const code = readMember(cause, 'code')
  if (typeof code === 'string') return code
  const name = isA(cause, Error) ? readMember(cause, 'name') : undefined
  return typeof name === 'string' ? name : 'no reason given'
}

/** What was thrown may be anything: even to ask a proxy what it is may throw. */
function isA<Kind>(cause: unknown, kind: abstract new (...given: never[]) => Kind): cause is Kind {
  try {
    return cause instanceof kind
  } catch {
    return false
  }
}
