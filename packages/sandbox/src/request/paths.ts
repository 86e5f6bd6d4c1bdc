import { percentDecoded } from './percent-decoded.ts'

/** Bases of the current API, OAuth 1.0a included. */
export const currentBases = ['/v1/api', '/alpha/api'] as const

/** Bases of the legacy API: live and paper ("OAuth at Interactive Brokers" 7.6). */
export const legacyBases = ['/tradingapi/v1', '/ptradingapi/v1'] as const

/** True for paths under the legacy bases. */
export function isLegacyPath(path: string): boolean {
  return legacyBases.some((base) => path.startsWith(`${base}/`))
}

/** True for paths (as routes read them) that stand for IBKR's, as opposed to the sandbox's own pages and admin endpoints. */
export function isApiPath(path: string): boolean {
  return apiPath.test(path)
}

const apiPath = /^\/(?:v1\/api|alpha\/api|tradingapi\/v1|ptradingapi\/v1|gw|oauth2)(?:\/|$)/

/** A path as IBKR's list of operations has it: without the base, and without a slash at its end. */
export function operationPath(routePath: string): string {
  const base = currentBases.find((known) => routePath.startsWith(`${known}/`)) ?? ''
  return routePath.slice(base.length).replace(/(?<=.)\/$/, '')
}

/** A path as routes read it: percent-decoded, so that no spelling of it gets round a check. */
export function routePathOf(path: string): string {
  return percentDecoded(path)
}
