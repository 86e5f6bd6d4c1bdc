import type { Exchange } from '../http/exchange.ts'
import { isIbkrHost } from '../http/host-names.ts'
import type { World } from '../state/world.ts'

/**
 * The URL that the client called, as it has to stand in the signature base string: scheme, Host header, target. Some
 * clients write IBKR's host into the Host header whatever they call; then it is the URL of the sandbox.
 */
export function calledUrl(exchange: Exchange, world: World): string {
  const { scheme, host, target } = exchange
  const origin = `${scheme}://${host}`
  return (isIbkrHost(host) && !world.origin.endsWith(`//${host}`) ? world.origin : origin) + target
}
