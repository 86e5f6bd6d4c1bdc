const secretName = /token|secret|signature|verifier|assertion|password|session|nonce|code|api_?key/i

/** A name whose escapes are broken may be that of a secret. */
const unreadable = 'token'

/** Hides the values of parameters that carry secrets in a path with query. */
export function maskQuery(pathAndQuery: string): string {
  const at = pathAndQuery.indexOf('?')
  if (at < 0) return pathAndQuery
  const pairs = pathAndQuery.slice(at + 1).split('&')
  return `${pathAndQuery.slice(0, at + 1)}${pairs.map(maskPair).join('&')}`
}

function maskPair(pair: string): string {
  const equals = pair.indexOf('=')
  const name = equals < 0 ? pair : pair.slice(0, equals)
  return equals >= 0 && secretName.test(decode(name, unreadable)) ? `${name}=[masked]` : pair
}

function decode(text: string, otherwise: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return otherwise
  }
}

/** Values of the parameters that carry secrets, as they were sent and decoded. */
export function secretValues(parameters: string): string[] {
  const secret = parameters.split('&').filter((pair) => pair !== maskPair(pair))
  const values = secret.map((pair) => pair.slice(pair.indexOf('=') + 1))
  return [...values, ...values.map((value) => decode(value, value))]
}

/**
 * Hides what was sent as a credential where a server repeats it, as it was sent or decoded: each part of it that is
 * long enough to be one.
 */
export function maskEchoes(text: string, credentials: readonly string[]): string {
  const parts = credentials
    .flatMap((value) => [value, ...value.split(/[\s,;"=]+/)])
    .flatMap((part) => (part.includes('%') ? [part, decode(part, part)] : [part]))
    .filter((part) => part.length >= 8)
  return parts
    .sort((a, b) => b.length - a.length)
    .reduce((masked, part) => masked.replaceAll(part, '[masked]'), text)
}
