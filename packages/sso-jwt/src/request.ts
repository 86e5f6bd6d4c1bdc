import { globals, parseUrl } from '@ibkr-auth/internal/globals'
import { climbs, isLoopback } from '@ibkr-auth/internal/loopback'
import type { SecretTextLike } from '@ibkr-auth/internal/secret'
import { callForeign, isBearerToken, longestBearer } from './checks.ts'
import { invalidInput } from './errors.ts'
import { ibkrHosts } from './ibkr-hosts.ts'
import { isPlainObject } from './plain-object.ts'

/** A request to send. Works as `fetch(request.url, request)`. */
export interface BuiltRequest {
  readonly method: string
  /** Absolute URL. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Where requests go. */
export interface BaseUrlOptions {
  /**
   * Scheme, host and port, without a path. `https` only, but for loopback addresses.
   * @defaultValue `https://api.ibkr.com`
   */
  readonly baseUrl?: string | undefined
}

/** What IBKR's OAuth 2.0 endpoints answer with. */
export const acceptJson = 'application/json, application/problem+json'

/** An absolute URL below the base URL; refuses base URLs that would carry a token in the clear. */
export function absoluteUrl(path: string, baseUrl: unknown): string {
  const origin = checkBaseUrl(baseUrl ?? ibkrHosts.production.origin)
  const url = parseUrl(path, origin)
  if (url === undefined || url.origin !== origin || url.pathname !== path || climbs(path)) {
    throw invalidInput(
      'path must be an absolute path as it goes over the wire: no query (use "query"), no fragment, no "..", other characters percent-encoded',
    )
  }
  return url.href
}

function checkBaseUrl(baseUrl: unknown): string {
  const url = typeof baseUrl === 'string' ? parseUrl(baseUrl) : undefined
  const bare = url !== undefined && (url.href === `${url.origin}/` || url.href === url.origin)
  if (url === undefined || !bare) {
    throw invalidInput(
      'baseUrl must be scheme, host and port only, such as https://api.ibkr.com: /gw and /oauth2 come with the request',
    )
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw invalidInput(
      'baseUrl must be https (http is for loopback addresses): the request carries a credential',
    )
  }
  return url.origin
}

/** Query parameters, unencoded. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** `?a=1&b=2`, or nothing. Parameters with the value `undefined` are left out. */
export function queryString(query: Query | undefined): string {
  if (query === undefined) return ''
  const params = new globals.URLSearchParams()
  for (const [name, value] of callForeign('query', () => entriesOf(query))) {
    if (value === undefined) continue
    const isValue = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
    if (!isValue) throw invalidInput('query must hold texts, finite numbers and booleans only')
    params.append(name, String(value))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

function entriesOf(query: object): [name: string, value: unknown][] {
  if (!isPlainObject(query)) throw invalidInput('query must be a plain object of names and values')
  return Object.entries(query)
}

/** `Authorization` value for a bearer token (RFC 6750 2.1). */
export function bearer(accessToken: SecretTextLike): string {
  const token: unknown = callForeign('accessToken', () =>
    typeof accessToken === 'object' && accessToken !== null ? accessToken.reveal() : accessToken,
  )
  if (!isBearerToken(token)) {
    throw invalidInput(
      `accessToken must be the access_token of a token reply: 1 to ${longestBearer} characters of RFC 6750 2.1, or an object whose reveal() gives it`,
    )
  }
  return `Bearer ${token}`
}
