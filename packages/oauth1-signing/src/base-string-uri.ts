import { whatwgHref } from './host.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { encodeReserved } from './percent-encode.ts'

/** A URL as a text or as any object with an `href`, such as the platform's `URL`. */
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
  return { encodedUri: encodeReserved(baseStringUri), query }
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

// What every WHATWG parser leaves alone. An origin: a named host in lower case, a port of four digits at
// most that is no default one. A path: nothing it encodes, no dot segment, and none of the marks that
// encodeURIComponent passes over. A query may hold what the parser encodes, since both spellings decode to
// the same, but nothing that it strips.
const plainOrigin = /^https?:\/\/(?:[a-z\d-]+\.)*[a-z][a-z-]*(?::(?!443$|80$)[1-9]\d{0,3})?$/
const plainPath = /^(?:\/(?!\.|%2e)[\w$%&+,\-.:;=@~|[\]]*)+$/i
const plainQuery = /^[!"$-~]*$/

/**
 * Splits the URL that a client sends when it is given this one, which is what must be signed. Texts that a
 * WHATWG parser would leave alone, by far the most, never see it.
 */
export function splitSentUrl(url: UrlLike): SplitUrl {
  return typeof url === 'string' ? (splitPlainUrl(url) ?? splitUrl(sentHref(url))) : splitUrl(url.href)
}

function splitPlainUrl(url: string): SplitUrl | undefined {
  const origin = plainOriginOf(url)
  if (origin === undefined) return undefined
  const queryAt = url.indexOf('?', origin.text.length)
  const path = queryAt < 0 ? url.slice(origin.text.length) : url.slice(origin.text.length, queryAt)
  const query = queryAt < 0 ? '' : url.slice(queryAt + 1)
  if (!plainPath.test(path) || !plainQuery.test(query)) return undefined
  return { encodedUri: origin.encoded + encodeURIComponent(path), query }
}

interface PlainOrigin {
  readonly text: string
  readonly encoded: string
}

// A program talks to few origins, mostly to one.
let lastOrigin: PlainOrigin | undefined

function plainOriginOf(url: string): PlainOrigin | undefined {
  if (lastOrigin !== undefined && url.startsWith(lastOrigin.text) && url[lastOrigin.text.length] === '/') {
    return lastOrigin
  }
  const pathAt = url.indexOf('/', 'https://'.length)
  const text = pathAt < 0 ? '' : url.slice(0, pathAt)
  if (!plainOrigin.test(text) || text.includes('xn--')) return undefined
  lastOrigin = { text, encoded: encodeReserved(text) }
  return lastOrigin
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
