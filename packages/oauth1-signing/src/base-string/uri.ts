import { parseUrl } from '@ibkr-auth/internal/globals'
import { reading } from '../checks.ts'
import { OAuth1Error } from '../errors.ts'
import { encodeNamed } from './percent-encode.ts'

/** A URL as a text or as an object with an `href`, such as the platform's `URL`. */
export type UrlLike = string | { readonly href: string }

/** A URL taken apart for signing. */
export interface SplitUrl {
  /** The base string URI, percent-encoded. */
  readonly encodedUri: string
  /** The query as it stands on the wire. */
  readonly query: string
}

/**
 * The base string URI: scheme and host in lower case, the port only where it is not the scheme's own, the
 * path byte for byte, no query, fragment or user information. An empty path becomes `/`.
 *
 * A text is taken as it stands, dot segments included. Clients such as fetch resolve those before they
 * send; pass the `URL` object to get the URI of what they send.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_URL` if the URL is not an absolute http or https one.
 * @see RFC 5849 3.4.1.2
 */
export function baseStringUri(url: UrlLike): string {
  return splitUrl(hrefOf('url', url)).uri
}

/** Splits the URL of a received request byte for byte, without any of the repairs that a WHATWG parser makes. */
export function splitReceivedUrl(url: string): SplitUrl {
  const { uri, query } = splitUrl(url)
  return { encodedUri: encodeNamed('url', uri), query }
}

/** Splits the URL that a client such as fetch sends when it is given this one, which is what must be signed. */
export function splitSentUrl(url: UrlLike): SplitUrl {
  if (typeof url !== 'string') return splitReceivedUrl(hrefOf('url', url))
  if (!plainUrl.test(url)) return splitReceivedUrl(sentHref(url))
  const queryAt = url.indexOf('?')
  // Nothing in it that percentEncode would have to write otherwise.
  if (queryAt < 0) return { encodedUri: encodeURIComponent(url), query: '' }
  return { encodedUri: encodeURIComponent(url.slice(0, queryAt)), query: url.slice(queryAt + 1) }
}

/**
 * URLs that a WHATWG parser leaves as they are, and whose base string URI is what stands before the query: most of
 * them. Parsing takes longer than a look.
 */
const plainUrl =
  /^https?:\/\/(?:[a-z\d]+[.-])*[a-z]+(?::[1-9]\d{3})?(?:\/(?!\.|%2[Ee])[\w$%&+,\-.:;=@~|[\]]*)+(?:\?[!$-&(-;=?-~]*)?$/

/** The URL that a WHATWG client sends for a text. */
export function sentHref(url: string): string {
  const parsed = parseUrl(url)
  if (parsed === undefined) throw invalidUrl('url')
  return parsed.href
}

/** The text of a URL; `name` is what an error calls it. */
export function hrefOf(name: string, url: unknown): string {
  const isObject = typeof url === 'object' && url !== null
  const href = isObject ? reading(name, () => ('href' in url ? url.href : url)) : url
  if (typeof href !== 'string') throw invalidUrl(name)
  return href
}

// Linear: each class stops at the first character of what may follow it.
const absoluteUrl =
  /^(https?):\/\/(?:[^/?#@]*@)?(\[[\da-f:.]+\]|[^/?#@:[\]\\]+)(?::(\d*))?(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/is

/** The base string URI, not yet encoded, and the query. */
export function splitUrl(url: string): { readonly uri: string; readonly query: string } {
  const match = absoluteUrl.exec(url)
  if (match === null) throw invalidUrl('url')
  const [, rawScheme = '', host = '', rawPort = '', path = '/', query = ''] = match
  const scheme = rawScheme.toLowerCase()
  return { uri: `${scheme}://${host.toLowerCase()}${shownPort(scheme, rawPort)}${path}`, query }
}

function shownPort(scheme: string, rawPort: string): string {
  if (rawPort === '') return ''
  const port = rawPort.replace(/^0+(?=\d)/, '')
  return port === '' || port === (scheme === 'https' ? '443' : '80') ? '' : `:${port}`
}

export function invalidUrl(name: string): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_URL', `${name} must be an absolute http or https URL`)
}
