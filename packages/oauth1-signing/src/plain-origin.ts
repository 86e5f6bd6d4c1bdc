import { whatwgHref } from './host.ts'
import { percentEncode } from './percent-encode.ts'

/** An origin that a WHATWG parser leaves alone, and that its base string URI repeats character by character. */
export interface PlainOrigin {
  readonly text: string
  readonly encoded: string
}

/** Finds the plain origin at the start of a URL with a path, and remembers it: a program talks to few, mostly to one. */
export function rememberOrigin(): (url: string) => PlainOrigin | undefined {
  let last: PlainOrigin | undefined
  return (url) => {
    if (last !== undefined && url.startsWith(last.text) && url[last.text.length] === '/') return last
    const pathAt = url.indexOf('/', 'https://'.length)
    const text = pathAt < 0 ? '' : url.slice(0, pathAt)
    if (!isPlain(text)) return undefined
    last = { text, encoded: percentEncode(text) }
    return last
  }
}

function isPlain(text: string): boolean {
  if (!/^https?:\/\/[^@]+$/.test(text)) return false
  try {
    return whatwgHref(text) === `${text}/`
  } catch {
    return false
  }
}
