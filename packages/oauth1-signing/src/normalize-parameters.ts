import { encodeParameters, joinParameters, sortParameters } from './encoded-parameter.ts'

/**
 * Normalises parameters: percent-encodes names and values, sorts by encoded name and then by encoded
 * value in byte order, joins with `=` and `&`. Duplicates all stay.
 *
 * @param parameters - Decoded names and values, in any order.
 * @throws {OAuth1Error} `ERR_OAUTH1_LONE_SURROGATE` if a name or value has no UTF-8 form.
 * @see RFC 5849 3.4.1.3.2
 */
export function normalizeParameters(parameters: Iterable<readonly [name: string, value: string]>): string {
  return joinParameters(sortParameters(encodeParameters(parameters)))
}
