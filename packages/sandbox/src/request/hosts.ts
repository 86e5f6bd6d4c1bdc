import type { RequestRecord } from './record.ts'

const ibkrHost = /^(?:\d+\.)?(?:api\.ibkr\.com|(?:www\.|qa\.)?interactivebrokers\.com)(?::\d+)?$/i

/** True for the hosts of IBKR's API, which clients may have written into their Host header. */
export function isIbkrHost(host: string): boolean {
  return ibkrHost.test(host)
}

/** The name in a Host header, without its port, in lower case. */
export function hostName(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase()
}

/**
 * The URL that the client called, as it has to stand in the signature base string: scheme, Host header, target. Some
 * clients write IBKR's host into the Host header whatever they call; then it is the URL of the sandbox.
 */
export function calledUrl(record: RequestRecord, ownOrigin: string): string {
  const { scheme, host, target } = record
  const called = `${scheme}://${host}`
  return (isIbkrHost(host) && !ownOrigin.endsWith(`//${host}`) ? ownOrigin : called) + target
}
