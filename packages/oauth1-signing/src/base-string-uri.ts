import { whatwgHref } from './host.ts'
import { OAuth1Error } from './oauth1-error.ts'

/** A URL as a text or as any object with an `href`, such as the platform's `URL`. */
export type UrlLike = string | { readonly href: string }

/** A URL taken apart for signing: its base string URI, and its query as it stands on the wire. */
export interface SplitUrl {
  readonly baseStringUri: string
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
  return splitUrl(typeof url === 'string' ? url : url.href).baseStringUri
}

// The lookahead-free shape keeps this linear: each class stops at the next part's first character.
const absoluteUrl =
  /^(https?):\/\/(?:[^/?#@]*@)?(\[[\da-f:.]+\]|[^/?#@:[\]\\]+)(?::(\d*))?(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/is

/** Splits a URL byte for byte, without any of the repairs that a WHATWG parser makes. */
export function splitUrl(url: string): SplitUrl {
  const match = absoluteUrl.exec(url)
  if (match === null) throw invalidUrl()
  const [, rawScheme = '', host = '', rawPort = '', path = '/', query = ''] = match
  const scheme = rawScheme.toLowerCase()
  const port = rawPort.replace(/^0+(?=\d)/, '')
  const shownPort = port === '' || port === (scheme === 'https' ? '443' : '80') ? '' : `:${port}`
  return { baseStringUri: `${scheme}://${host.toLowerCase()}${shownPort}${path}`, query }
}

// What every WHATWG parser leaves alone: a named host in lower case, a short port that is no default one
// of any length, and characters that neither path nor query encodes. Dot segments are looked for apart.
const alreadyNormal =
  /^https?:\/\/(?:[a-z\d-]+\.)*[a-z][a-z-]*(?::[1-9]\d{0,3})?(?:[/?][\w!$%&'()*+,\-./:;=?@~|[\]]*)?$/
const mayHoldDotSegments = /\/\.|%2e|xn--/i

/**
 * Splits the URL that a client sends when it is given this one, which is what must be signed. Texts that a
 * WHATWG parser would leave alone, by far the most, never see it.
 */
export function splitSentUrl(url: UrlLike): SplitUrl {
  if (typeof url !== 'string') return splitUrl(url.href)
  if (alreadyNormal.test(url) && !mayHoldDotSegments.test(url)) return splitUrl(url)
  let href: string
  try {
    href = whatwgHref(url)
  } catch {
    throw invalidUrl()
  }
  return splitUrl(href)
}

function invalidUrl(): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_URL', 'url must be an absolute http or https URL')
}
