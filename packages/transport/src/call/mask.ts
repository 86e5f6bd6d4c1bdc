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
function secretValues(parameters: string): string[] {
  const secret = parameters.split('&').filter((pair) => pair !== maskPair(pair))
  const values = secret.map((pair) => pair.slice(pair.indexOf('=') + 1))
  return [...values, ...values.map((value) => decode(value, value))]
}

/** What every request has and everybody may see. */
const harmless = new Set(['accept', 'accept-encoding', 'content-type', 'user-agent'])
/** More than any credential needs; what follows is not looked at. */
const mostCharacters = 65_536

/** Everything that a request carries and nobody else should see, as it is sent: to be hidden where a server repeats it. */
export function secretsOf(
  { pathAndQuery, form, body }: SentRequest,
  headers: Readonly<Record<string, string>>,
): string[] {
  const ofHeaders = Object.keys(headers).flatMap((name) => (harmless.has(name) ? [] : [headers[name] ?? '']))
  const parameters = `${pathAndQuery.slice(pathAndQuery.indexOf('?') + 1)}&${form ?? ''}`
  return [...ofHeaders, ...secretValues(parameters), ...(form === undefined ? secretsOfBody(body) : [])]
}

interface SentRequest {
  readonly pathAndQuery: string
  readonly form: string | undefined
  readonly body: string | Uint8Array | undefined
}

/** JSON is told apart by the names of its members; any other body (a JWT, an assertion) is a secret as a whole. */
function secretsOfBody(body: string | Uint8Array | undefined): string[] {
  if (body === undefined || body.length === 0 || body.length > mostCharacters) return []
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  try {
    return secretMembers(JSON.parse(text))
  } catch {
    return [text]
  }
}

function secretMembers(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return secretName.test(name) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([member, one]) =>
    secretMembers(one, Array.isArray(value) ? name : member),
  )
}
