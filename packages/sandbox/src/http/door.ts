import { isLoopback } from '@ibkr-auth/internal/loopback'
import { explained } from '../explain/known-refusals.ts'
import { hostName, isIbkrHost } from '../request/hosts.ts'
import { isApiPath } from '../request/paths.ts'
import type { RequestRecord } from '../request/record.ts'
import { cdnPage, type Reply, text } from '../request/reply.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { note, refuse, refused } from '../verify/refused.ts'

/** What is checked of every request before anybody reads it; undefined if it may go on. */
export function entryObjection(record: RequestRecord, state: SandboxState): Reply | undefined {
  if (!isAllowedHost(record.host, state)) {
    note(record, explained('host-not-allowed'))
    return text(421, 'The Host header does not name this sandbox.\n')
  }
  if (!isApiPath(record.routePath)) return undefined
  if (record.asSent && !record.headers.get('user-agent')) {
    note(record, explained('user-agent-missing'))
    return cdnPage(403, 'Access Denied')
  }
  if (lacksLength(record)) return refuse(record, refused(411, 'Length Required', 'content-length-missing'))
  return undefined
}

/** A page on another site can make a browser call any port, but not choose the Host header (DNS rebinding). */
function isAllowedHost(host: string, { origin, settings }: SandboxState): boolean {
  const name = hostName(host)
  if (isLoopback(name) || isIbkrHost(host)) return true
  return origin.endsWith(`//${host.toLowerCase()}`) || settings.allowedHosts.includes(name)
}

function lacksLength({ method, headers, asSent }: RequestRecord): boolean {
  const wantsLength = method === 'POST' || method === 'PUT' || method === 'PATCH'
  return wantsLength && asSent && !headers.has('content-length')
}

/** Refuses what a page of another origin makes a browser send; programs send neither of the two headers. */
export function crossOriginObjection(record: RequestRecord): Reply | undefined {
  const { headers, scheme, host } = record
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  const isOwn = origin === null || origin === `${scheme}://${host}`
  if (isOwn && (site === null || site === 'same-origin' || site === 'none')) return undefined
  note(record, explained('cross-origin'))
  return text(403, 'Calls from pages of another origin are refused.\n')
}
