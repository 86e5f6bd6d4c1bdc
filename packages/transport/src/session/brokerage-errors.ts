import { reasonOf } from '@ibkr-auth/internal/thrown'
import { readServerMessage, readStatedError } from '../call/server-message.ts'
import { TransportError } from '../errors.ts'
import type { TransportResponse } from '../http/response.ts'
import type { Hide } from './brokerage-protocol.ts'
import { type BrokerageReport, describeReport } from './brokerage-report.ts'
import { type Failure, unavailable } from './errors.ts'
import { type Refusal, recognizeRefusal } from './refusals.ts'

/** The brokerage session cannot be opened at present. */
export function brokerageUnavailable(failure: Failure): TransportError {
  const what = `The brokerage session could not be opened (${reasonOf(failure.cause)})`
  return unavailable('ERR_TRANSPORT_BROKERAGE_UNAVAILABLE', what, failure)
}

/** Somebody else leads, and what that one sees is no open brokerage session. */
export function leaderHasNone(report: BrokerageReport): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
    `The process that leads reports no open brokerage session (${describeReport(report)}); only there does openBrokerage({ takeOver: true }) end another one`,
  )
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
    `Since ${new Date(sinceMs).toISOString()} the username has a brokerage session elsewhere (${describeReport(report)}; ${own}): TWS, mobile, Client Portal, another program, or this one under a credential before. Give the API a username of its own, wait until that session ends (silence ends one after some five minutes), or call openBrokerage({ takeOver: true }), which ends it: whoever works in it is thrown out`,
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
    serverMessage,
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
    `The brokerage session was opened ${times} times and is not healthy (${describeReport(report)})`,
    serverMessage === '' ? {} : { serverMessage },
  )
}
