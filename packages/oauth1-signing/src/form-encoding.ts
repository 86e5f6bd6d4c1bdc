import { isUnreserved, percentEncode } from './percent-encode.ts'

/**
 * Turns one name or value of an `application/x-www-form-urlencoded` text into its percent-encoded form:
 * decodes it (`+` is a space) and encodes the bytes again (RFC 5849 3.4.1.3.1 and 3.6).
 *
 * It works on bytes. `%FF` is no UTF-8, and a decoder of texts would make U+FFFD of it as of any other
 * such byte, so that one request could be taken for another with the same signature.
 */
export function recodeFormComponent(component: string): string {
  if (isUnreserved(component)) return component
  const spaced = component.includes('+') ? component.replaceAll('+', '%20') : component
  if (!spaced.includes('%')) return percentEncode(spaced)
  try {
    return percentEncode(decodeURIComponent(spaced))
  } catch {
    return recodeBytes(spaced)
  }
}

const escapesAndRuns = /%[\dA-Fa-f]{2}|%|[^%]+/g

function recodeBytes(component: string): string {
  return component.replace(escapesAndRuns, (part) => {
    if (part.length !== 3 || part[0] !== '%') return percentEncode(part)
    const character = String.fromCharCode(Number.parseInt(part.slice(1), 16))
    return isUnreserved(character) ? character : part.toUpperCase()
  })
}

/** Calls back for each pair of a form-encoded text. Empty pieces between two `&` are none. */
export function forEachFormPair(text: string, visit: (name: string, value: string) => void): void {
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('&', start)
    if (end < 0) end = text.length
    if (end > start) visitPair(text.slice(start, end), visit)
    start = end + 1
  }
}

function visitPair(pair: string, visit: (name: string, value: string) => void): void {
  const equals = pair.indexOf('=')
  if (equals < 0) visit(recodeFormComponent(pair), '')
  else visit(recodeFormComponent(pair.slice(0, equals)), recodeFormComponent(pair.slice(equals + 1)))
}

/**
 * The text of a percent-encoded component. Bytes that are no UTF-8 stay as `%XX`, for a text to show.
 */
export function decodeComponent(encoded: string): string {
  if (!encoded.includes('%')) return encoded
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

/** Pairs of a form-encoded text, decoded. */
export function parseForm(text: string): [name: string, value: string][] {
  const pairs: [string, string][] = []
  forEachFormPair(text, (name, value) => {
    pairs.push([decodeComponent(name), decodeComponent(value)])
  })
  return pairs
}
