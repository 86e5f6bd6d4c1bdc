import { explained } from '../explain/known-refusals.ts'
import type { World } from '../state/world.ts'
import { refused } from '../verify/refused.ts'
import type { Exchange } from './exchange.ts'
import { hostName, isIbkrHost, isLoopbackName } from './host-names.ts'
import { isApiPath } from './paths.ts'
import { note, refuse } from './refuse.ts'
import { cdnPage, type Reply, text } from './replies.ts'

/** What is checked of every request before anybody reads it; undefined if it may go on. */
export function entryObjection(exchange: Exchange, world: World): Reply | undefined {
  if (!isAllowedHost(exchange.host, world)) {
    note(exchange, explained('host-not-allowed'))
    return text(421, 'The Host header does not name this sandbox.\n')
  }
  if (!isApiPath(exchange.path)) return undefined
  if (exchange.asSent && !exchange.headers.get('user-agent')) {
    note(exchange, explained('user-agent-missing'))
    return cdnPage(403, 'Access Denied')
  }
  if (lacksLength(exchange))
    return refuse(exchange, refused(411, 'Length Required', 'content-length-missing'))
  return undefined
}

/** A page on another site can make a browser call any port, but not choose the Host header (DNS rebinding). */
function isAllowedHost(host: string, { origin, settings }: World): boolean {
  const name = hostName(host)
  if (isLoopbackName(name) || isIbkrHost(host)) return true
  return origin.endsWith(`//${host.toLowerCase()}`) || settings.allowedHosts.includes(name)
}

function lacksLength({ method, headers, asSent }: Exchange): boolean {
  const wantsLength = method === 'POST' || method === 'PUT' || method === 'PATCH'
  return wantsLength && asSent && !headers.has('content-length')
}
