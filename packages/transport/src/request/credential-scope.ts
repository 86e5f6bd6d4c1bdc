import { climbs, isLoopback } from '@ibkr-auth/internal/loopback'
import { TransportError } from '../errors.ts'
import { encodeParameters } from './parameters.ts'
import type { Parameters } from './types.ts'

/** The only place a credential may go: an origin, and a path prefix on it. */
export interface CredentialScope {
  /** `https://api.ibkr.com` */
  readonly origin: string
  /** `/v1/api`, or empty. */
  readonly pathPrefix: string
}

/** A URL that lies within the scope. */
export interface ResolvedUrl {
  /** Absolute, exactly as it will be sent and signed. */
  readonly href: string
  /** Path and query. */
  readonly pathAndQuery: string
  /** Path below the prefix, without query. */
  readonly path: string
}

/** Checks where a transport is meant to send: `https://api.ibkr.com/v1/api` is an origin and the prefix of every path. */
export function createCredentialScope(baseUrl: string, allowPlainHttp: readonly string[]): CredentialScope {
  const url = parse(baseUrl, 'baseUrl')
  if (url.search || url.hash || url.username || url.password) {
    throw invalid('baseUrl must be scheme, host, port and path alone: no user name, query or fragment')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('baseUrl must be an https URL')
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowPlainHttp.includes(url.hostname)) {
    throw invalid('baseUrl must be https; name its host in allowPlainHttp if plain http is really meant')
  }
  return { origin: url.origin, pathPrefix: readPrefix(baseUrl, url) }
}

/** The path as it was written, since that is what requests begin with: one that the parser changes is not plain. */
function readPrefix(baseUrl: string, url: URL): string {
  const prefix = url.pathname.replace(/\/+$/, '')
  const written = baseUrl.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/\/+$/, '')
  if (written !== prefix || (prefix !== '' && !plainPath.test(prefix))) {
    throw invalid(
      "baseUrl's path must be plain, like /v1/api: no dot segments, no escapes, no empty segments",
    )
  }
  return prefix
}

/** What a URL parser leaves as it is: no dot segments, no escapes, no empty segments. Most paths of an API are like this. */
const plainPath = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+$/

const controls = /\p{Cc}/u

/**
 * Finds the absolute URL of a request and makes sure that it lies within the scope.
 *
 * @throws {TransportError} `ERR_TRANSPORT_OUT_OF_SCOPE` for anything outside, `ERR_TRANSPORT_INVALID_INPUT` for what is no URL.
 */
export function resolveUrl(
  scope: CredentialScope,
  given: string | URL,
  query: Parameters | undefined,
): ResolvedUrl {
  const text: unknown = typeof given === 'string' ? given : given?.href
  if (typeof text !== 'string') throw invalid('url must be a string or a URL')
  if (plainPath.test(text)) return withQuery(scope, scope.pathPrefix + text, '', query)
  // A URL parser takes some of them out without a word, and the request would go elsewhere.
  if (controls.test(text)) throw invalid('url must not hold line breaks or other control characters')
  const url = parse(text.startsWith('/') ? scope.origin + scope.pathPrefix + text : text, 'url')
  if (url.username || url.password) throw invalid('url must not carry a user name or password')
  if (url.origin !== scope.origin) throw outOfScope(`its origin is not ${scope.origin}`)
  if (!isBelow(url.pathname, scope.pathPrefix))
    throw outOfScope(`its path does not lie below ${scope.pathPrefix}`)
  if (climbs(url.pathname)) throw outOfScope('its path holds a "." or ".." segment in disguise')
  return withQuery(scope, url.pathname, url.search, query)
}

function withQuery(
  scope: CredentialScope,
  pathname: string,
  ownSearch: string,
  query: Parameters | undefined,
): ResolvedUrl {
  const added = query === undefined ? '' : encodeParameters(query, 'query')
  const search = added === '' ? ownSearch : `${ownSearch === '' ? '?' : `${ownSearch}&`}${added}`
  const pathAndQuery = pathname + search
  const path = pathname.slice(scope.pathPrefix.length) || '/'
  return { href: scope.origin + pathAndQuery, pathAndQuery, path }
}

function isBelow(pathname: string, prefix: string): boolean {
  return (
    pathname.startsWith(prefix) &&
    (pathname.length === prefix.length || prefix === '' || pathname[prefix.length] === '/')
  )
}

function parse(text: string, field: string): URL {
  try {
    return new URL(text)
  } catch {
    throw invalid(
      `${field} must be an absolute URL${field === 'url' ? ' or a path that begins with a slash' : ''}`,
    )
  }
}

function invalid(message: string): TransportError {
  return new TransportError('ERR_TRANSPORT_INVALID_INPUT', message)
}

function outOfScope(why: string): TransportError {
  return new TransportError(
    'ERR_TRANSPORT_OUT_OF_SCOPE',
    `url is outside of what this transport's credential is for: ${why}. Use a transport of its own for it`,
  )
}
