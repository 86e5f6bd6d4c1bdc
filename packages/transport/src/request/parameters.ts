import type { Parameters } from './types.ts'

/** Writes parameters as `name=value&…`, percent-encoded by RFC 3986 2.3: the encoding that OAuth 1.0a signs (RFC 5849 3.6). */
export function encodeParameters(parameters: Parameters): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue
    const values = typeof value === 'object' ? value : [value]
    for (const one of values) pairs.push(`${encode(name)}=${encode(String(one))}`)
  }
  return pairs.join('&')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
