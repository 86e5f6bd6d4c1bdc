const secretName = /token|secret|signature|verifier|assertion|password|session|nonce|code|api_?key/i

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
  return equals >= 0 && secretName.test(decode(name)) ? `${name}=[masked]` : pair
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    // Broken escapes: what cannot be read is treated as a secret.
    return 'token'
  }
}

/** Hides what was sent as a credential where a server repeats it: each part of it of eight characters or more. */
export function maskEchoes(text: string, credentials: readonly string[]): string {
  const parts = credentials.flatMap((value) => value.split(/[\s,;"=]+/)).filter((part) => part.length >= 8)
  return parts
    .sort((a, b) => b.length - a.length)
    .reduce((masked, part) => masked.replaceAll(part, '[masked]'), text)
}
