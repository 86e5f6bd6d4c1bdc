import { whatwgHref } from './host.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { percentEncode } from './percent-encode.ts'

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
  return takeApart(typeof url === 'string' ? url : url.href).baseStringUri
}

// Linear: each class stops at the first character of what may follow it.
const absoluteUrl =
  /^(https?):\/\/(?:[^/?#@]*@)?(\[[\da-f:.]+\]|[^/?#@:[\]\\]+)(?::(\d*))?(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/is

/** Splits a URL byte for byte, without any of the repairs that a WHATWG parser makes. */
export function splitUrl(url: string): SplitUrl {
  const { baseStringUri, query } = takeApart(url)
  return { encodedUri: percentEncode(baseStringUri), query }
}

function takeApart(url: string): { readonly baseStringUri: string; readonly query: string } {
  const match = absoluteUrl.exec(url)
  if (match === null) throw invalidUrl()
  const [, rawScheme = '', host = '', rawPort = '', path = '/', query = ''] = match
  const scheme = rawScheme.toLowerCase()
  const port = rawPort.replace(/^0+(?=\d)/, '')
  const shownPort = port === '' || port === (scheme === 'https' ? '443' : '80') ? '' : `:${port}`
  return { baseStringUri: `${scheme}://${host.toLowerCase()}${shownPort}${path}`, query }
}

/** Splits the URL that a client such as fetch sends when it is given this one, which is what must be signed. */
export function splitSentUrl(url: UrlLike): SplitUrl {
  return splitUrl(typeof url === 'string' ? sentHref(url) : url.href)
}

function sentHref(url: string): string {
  try {
    return whatwgHref(url)
  } catch {
    throw invalidUrl()
  }
}

function invalidUrl(): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_URL', 'url must be an absolute http or https URL')
}
