import type { SplitUrl } from './base-string-uri.ts'
import { rememberOrigin } from './plain-origin.ts'

// What every WHATWG parser leaves alone. A path: nothing it encodes, no dot segment, and none of the marks that
// encodeURIComponent passes over. A query may hold what the parser encodes, since both spellings decode to
// the same, but nothing that it strips.
const plainPath = /^(?:\/(?!\.|%2e)[\w$%&+,\-.:;=@~|[\]]*)+$/i
const plainQuery = /^[!"$-~]*$/
const plainOriginOf = /* @__PURE__ */ rememberOrigin()

/**
 * `splitSentUrl` for URLs that a WHATWG parser would leave alone, by far the most, without the parser.
 * Undefined for all others.
 */
export function splitPlainUrl(url: string): SplitUrl | undefined {
  const origin = plainOriginOf(url)
  if (origin === undefined) return undefined
  const queryAt = url.indexOf('?', origin.text.length)
  const path = queryAt < 0 ? url.slice(origin.text.length) : url.slice(origin.text.length, queryAt)
  const query = queryAt < 0 ? '' : url.slice(queryAt + 1)
  const encodedPath = encodePlainPath(path)
  if (encodedPath === undefined || !plainQuery.test(query)) return undefined
  return { encodedUri: origin.encoded + encodedPath, query }
}

// A program calls few paths again and again. Those with an order's number in them are many, so all are forgotten
// where they get too many.
const encodedPaths = new Map<string, string>()
const mostPaths = 64
const longestPath = 256

function encodePlainPath(path: string): string | undefined {
  const known = encodedPaths.get(path)
  if (known !== undefined) return known
  if (!plainPath.test(path)) return undefined
  const encoded = encodeURIComponent(path)
  if (path.length > longestPath) return encoded
  if (encodedPaths.size === mostPaths) encodedPaths.clear()
  encodedPaths.set(path, encoded)
  return encoded
}
