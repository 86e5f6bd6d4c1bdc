import { checkGroup, invalidInput } from '../checks.ts'
import type { Parameters } from './types.ts'

/** Writes parameters as `name=value&…`, percent-encoded by RFC 3986 2.3: the encoding that OAuth 1.0a signs (RFC 5849 3.6). */
export function encodeParameters(parameters: Parameters, of: 'query' | 'form'): string {
  checkGroup(of, parameters)
  const pairs: string[] = []
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    for (const one of values) pairs.push(`${encode(name, of)}=${encode(textOf(one, `${of}.${name}`), of)}`)
  }
  return pairs.join('&')
}

function textOf(value: unknown, name: string): string {
  const isPlain = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint'
  if (isPlain || Number.isFinite(value)) return String(value)
  throw invalidInput(`${name} must be a string, a number, true, false, or a list of those`)
}

function encode(text: string, of: string): string {
  try {
    return encodeURIComponent(text).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  } catch {
    throw invalidInput(`${of} must hold whole characters: half of a surrogate pair cannot be encoded`)
  }
}
