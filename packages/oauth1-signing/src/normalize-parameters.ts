import { percentEncode } from './percent-encode.ts'

/**
 * Normalises parameters: percent-encodes names and values, sorts by encoded name and then by encoded
 * value in byte order, joins with `=` and `&`. Duplicates all stay.
 *
 * @param parameters - Decoded names and values, in any order.
 * @throws {OAuth1Error} `ERR_OAUTH1_LONE_SURROGATE` if a name or value has no UTF-8 form.
 * @see RFC 5849 3.4.1.3.2
 */
export function normalizeParameters(parameters: Iterable<readonly [name: string, value: string]>): string {
  const pairs: string[] = []
  for (const [name, value] of parameters) pairs.push(percentEncode(name) + separator + percentEncode(value))
  return pairs.sort().join('&').replaceAll(separator, '=')
}

/**
 * Stands between name and value while pairs are sorted: lower than `%` and than every unreserved character,
 * so that sorting joined texts is sorting by name first (`=` would put `a1=0` before `a=1`). Encoded texts
 * are ASCII, where JavaScript's order is byte order.
 */
export const separator = '!'
