import { percentEncode } from './percent-encode.ts'

/** A parameter with name and value percent-encoded once. */
export interface EncodedParameter {
  readonly name: string
  readonly value: string
}

/** Encodes decoded names and values. */
export function encodeParameters(
  parameters: Iterable<readonly [name: string, value: string]>,
): EncodedParameter[] {
  return Array.from(parameters, ([name, value]) => ({
    name: percentEncode(name),
    value: percentEncode(value),
  }))
}

/** By encoded name, then by encoded value (RFC 5849 3.4.1.3.2). Encoded texts are ASCII: byte order. */
function compareParameters(one: EncodedParameter, other: EncodedParameter): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1
  return one.value < other.value ? -1 : one.value === other.value ? 0 : 1
}

/** Sorts in place. */
export function sortParameters(parameters: EncodedParameter[]): EncodedParameter[] {
  return parameters.sort(compareParameters)
}

/** Names and values joined, not encoded again. */
export function joinParameters(parameters: readonly EncodedParameter[]): string {
  return parameters.map(({ name, value }) => `${name}=${value}`).join('&')
}
