import { TransportError } from '../errors.ts'
import type { TransportResponse } from '../http/response.ts'
import type { RequestOptions } from '../request/types.ts'
import { type BrokerageReport, readBrokerageReport, readHasAccounts } from './brokerage-report.ts'
import { type Refusal, recognizeRefusal } from './recognize-refusal.ts'

/** Sends a request of the brokerage session's own, ahead of others; any status is returned. */
export type SendBrokerageCall = (
  method: 'GET' | 'POST',
  path: string,
  options?: RequestOptions,
) => Promise<TransportResponse>

/** `POST /iserver/auth/ssodh/init`. With `compete` it is sent once and never repeated: it may throw a person out. */
export async function initialize(send: SendBrokerageCall, compete: boolean): Promise<BrokerageReport> {
  const json = { publish: true, compete }
  const response = await send('POST', '/iserver/auth/ssodh/init', { json, idempotent: !compete })
  return readBrokerageReport(response) ?? fail('POST /iserver/auth/ssodh/init', response)
}

/** `POST /iserver/auth/status`. */
export async function askStatus(send: SendBrokerageCall): Promise<BrokerageReport> {
  const response = await send('POST', '/iserver/auth/status', { idempotent: true })
  return readBrokerageReport(response) ?? fail('POST /iserver/auth/status', response)
}

/** `GET /iserver/accounts`: whether there are any yet. On the last attempt there must be. */
export async function askAccounts(send: SendBrokerageCall, isLast: boolean): Promise<boolean> {
  const response = await send('GET', '/iserver/accounts')
  if (readHasAccounts(response)) return true
  return isLast ? fail('GET /iserver/accounts', response) : false
}

/** What IBKR's texts mean for somebody who wants to get on. */
const remedies: Readonly<Partial<Record<Refusal, string>>> = {
  'no-dh-token':
    'IBKR does not let this username in: it is not enabled for the API, a paper account too young (up to two weeks), or under maintenance',
  'no-bridge': 'the brokerage session is being set up or torn down',
  'accounts-missing': 'the accounts are not loaded yet',
}

function fail(call: string, response: TransportResponse): never {
  const refusal = recognizeRefusal(response)
  const remedy = refusal && remedies[refusal]
  const without = response.ok
    ? `${call} answered without what was asked for`
    : `${call} answered ${response.status}`
  throw new TransportError(
    'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
    remedy ? `${without}: ${remedy}` : without,
    { status: response.status, sent: 'yes', response },
  )
}

/** The brokerage session was opened so often and is not what it should be. */
export function notHealthy(report: BrokerageReport, times: number): TransportError {
  const { authenticated, connected, established } = report
  const found = `authenticated: ${authenticated}, connected: ${connected}, established: ${established ?? 'unknown'}`
  return new TransportError(
    'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
    `The brokerage session was opened ${times} times and is not healthy (${found})`,
  )
}
