import type { TransportResponse } from '../http/response.ts'

/** The brokerage status as `ssodh/init`, `auth/status` and `tickle` report it (OpenAPI 2.28.0). */
export interface BrokerageReport {
  readonly authenticated: boolean
  readonly connected: boolean
  readonly competing: boolean
  /** False while accounts are not loaded; absent from some answers. */
  readonly established: boolean | undefined
}

/** Whether a brokerage session is good for orders. */
export function isHealthy(report: BrokerageReport | undefined): boolean {
  return report?.authenticated === true && report.connected && !report.competing
}

type Members = Readonly<Record<string, unknown>>

/** Reads the reply of `ssodh/init` or `auth/status`; undefined if it is no such thing. */
export function readBrokerageReport(response: TransportResponse): BrokerageReport | undefined {
  return response.ok ? toReport(parse(response)) : undefined
}

/**
 * Reads a `tickle`'s `iserver.authStatus`; undefined if there is no brokerage session in it. An error under `hmds` says
 * nothing: it stands there until historical data was asked for.
 */
export function readTickle(response: TransportResponse): BrokerageReport | undefined {
  return response.ok ? toReport(member(member(parse(response), 'iserver'), 'authStatus')) : undefined
}

/** Whether the reply of `/iserver/accounts` names any account. */
export function readHasAccounts(response: TransportResponse): boolean {
  const accounts = response.ok ? parse(response)?.accounts : undefined
  return Array.isArray(accounts) && accounts.length > 0
}

function toReport(status: Members | undefined): BrokerageReport | undefined {
  if (status === undefined || typeof status.authenticated !== 'boolean') return undefined
  return {
    authenticated: status.authenticated,
    connected: status.connected === true,
    competing: status.competing === true,
    established: typeof status.established === 'boolean' ? status.established : undefined,
  }
}

function parse(response: TransportResponse): Members | undefined {
  try {
    return asMembers(response.json())
  } catch {
    return undefined
  }
}

function member(members: Members | undefined, name: string): Members | undefined {
  return asMembers(members?.[name])
}

function asMembers(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null ? (value as Members) : undefined
}
