import { unreservedOnly } from './percent-encode.ts'
import type { RecognizedQuerySigning } from './query-signing.ts'
import type { ReadRequest } from './received-request.ts'

// Ways that treat method, URI and protocol parameters alike. The others may respell the path.
const plainWays: ReadonlySet<RecognizedQuerySigning> = new Set(['rfc5849', 'omit', 'raw', 'url'])

/**
 * What `buildRecognizedBaseString` gives for a request with an Authorization header, without query and form and
 * with nothing to escape: most requests to a server. Undefined for all others.
 */
export function plainReceivedBaseString(
  { source, protocolParameters, encodedParameters }: ReadRequest,
  querySigning: RecognizedQuerySigning,
): string | undefined {
  if (source.query !== '' || source.form !== '') return undefined
  if (encodedParameters !== undefined || !plainWays.has(querySigning)) return undefined
  const parameters = plainParameters(protocolParameters)
  if (parameters === undefined) return undefined
  return `${source.encodedMethod}&${source.encodedUri}&${parameters}`
}

function plainParameters(parameters: ReadonlyMap<string, string>): string | undefined {
  const pairs: string[] = []
  let isSorted = true
  let previous = ''
  for (const [name, value] of parameters) {
    if (name === 'oauth_signature') continue
    if (!unreservedOnly.test(name + value)) return undefined
    if (name < previous) isSorted = false
    previous = name
    pairs.push(`${name}%3D${value}`)
  }
  // `%` is lower than any character of a plain name, so the pairs sort as their names do.
  return (isSorted ? pairs : pairs.sort()).join('%26')
}
