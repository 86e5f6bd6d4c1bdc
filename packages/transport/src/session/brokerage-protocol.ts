import type { TransportResponse } from '../http/response.ts'
import { brokerageRefused } from './brokerage-errors.ts'
import type { BrokerageReport } from './brokerage-report.ts'
import type { BrokerageAnswer } from './brokerage-state.ts'
import { type Refusal, recognizeRefusal } from './refusals.ts'
import { retryAfterMsOf } from './thrown.ts'

/** `/iserver` is the brokerage session, but for the calls that set it up. */
export function needsBrokerage(path: string): boolean {
  return isBelowIserver(path) && !path.startsWith('/iserver/auth/') && path !== '/iserver/reauthenticate'
}

/** Whether a 401 on this path may be about the brokerage session alone. */
export function isBelowIserver(path: string): boolean {
  return path === '/iserver' || path.startsWith('/iserver/')
}

/** Whether a request to this path breaks the silence that ends a brokerage session. */
export function keepsAlive(path: string): boolean {
  return path === '/tickle' || path.startsWith('/iserver/')
}

/** Reads what `ssodh/init` or `auth/status` was answered with. */
export function readStatusAnswer(call: string, response: TransportResponse, hide: Hide): BrokerageAnswer {
  const report = readStatus(response, hide)
  return report === undefined ? refused(call, response, hide) : { kind: 'status', report }
}

/** Reads what `/iserver/accounts` was answered with. */
export function readAccountsAnswer(call: string, response: TransportResponse, hide: Hide): BrokerageAnswer {
  if (!response.ok) return refused(call, response, hide)
  const accounts = parse(response)?.accounts
  const any = Array.isArray(accounts) && accounts.length > 0
  return { kind: 'accounts', any, error: any ? undefined : brokerageRefused(call, response, hide) }
}

function refused(call: string, response: TransportResponse, hide: Hide): BrokerageAnswer {
  return readFailure(brokerageRefused(call, response, hide), recognizeRefusal(response))
}

/** A call that was refused, or not answered at all. */
export function readFailure(error: unknown, refusal?: Refusal): BrokerageAnswer {
  return { kind: 'failed', refusal, error, retryAfterMs: retryAfterMsOf(error) }
}

/** Hides secrets that were sent where the server repeats them. */
export type Hide = (text: string) => string

/** Reads the reply of `ssodh/init` or `auth/status`; undefined if it is no such thing. */
export function readStatus(response: TransportResponse, hide: Hide): BrokerageReport | undefined {
  return response.ok ? toReport(parse(response), hide) : undefined
}

/**
 * Reads a `tickle`'s `iserver.authStatus`; undefined if there is no brokerage session in it. An error under `hmds` says
 * nothing: it stands there until historical data was asked for.
 */
export function readTickle(response: TransportResponse, hide: Hide): BrokerageReport | undefined {
  return response.ok ? toReport(member(member(parse(response), 'iserver'), 'authStatus'), hide) : undefined
}

/** Whether a reply is JSON, as whatever speaks for IBKR is; a captive portal answers with a page. */
export function isJsonObject(response: TransportResponse): boolean {
  return parse(response) !== undefined
}

type Members = Readonly<Record<string, unknown>>

function toReport(status: Members | undefined, hide: Hide): BrokerageReport | undefined {
  if (status === undefined || typeof status.authenticated !== 'boolean') return undefined
  return {
    authenticated: status.authenticated,
    connected: status.connected === true,
    competing: status.competing === true,
    established: typeof status.established === 'boolean' ? status.established : undefined,
    message: textOf(status.message, hide),
    // The reason of a refusal with 200 may stand in `error` alone.
    fail: textOf(status.fail, hide) ?? textOf(status.error, hide),
  }
}

/** More than any message has; what follows is not looked at. */
const mostCharacters = 65_536

function textOf(value: unknown, hide: Hide): string | undefined {
  if (typeof value !== 'string') return undefined
  const line = hide(
    value
      .slice(0, mostCharacters)
      .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
      .trim(),
  ).slice(0, 500)
  return line === '' ? undefined : line
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
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined
}
