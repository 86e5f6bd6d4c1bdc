import { formUrlEncoded, lowerCaseHex, quote, quotePlus, rfc3986, uriComponentPlus } from './encoders.ts'
import type { Pair } from './types.ts'

/** Stands where a secret stood; the first characters stay, so that two tokens can be told apart. */
export function masked(secret: string): string {
  return `${secret.length > 8 ? secret.slice(0, 4) : ''}***`
}

/** Replaces each secret in a text, raw and percent-encoded once or twice, in whichever way clients encode. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let shown = text
  for (const secret of new Set(secrets)) {
    if (secret === '') continue
    for (const form of formsOf(secret)) shown = shown.replaceAll(form, masked(secret))
  }
  return shown
}

const encoders = [rfc3986, lowerCaseHex, uriComponentPlus, quotePlus, quote, formUrlEncoded]

/** The longest first: a short form may stand within a long one. */
function formsOf(secret: string): readonly string[] {
  const once = encoders.map((encode) => encode(secret))
  const twice = [...once.map(rfc3986), ...once.map(lowerCaseHex)]
  return [...new Set([...twice, ...once, secret])].sort((a, b) => b.length - a.length)
}

/** Parameters whose values open something, in lower case: OAuth 1.0a, OAuth 2.0, IBKR's sessions, and what is usual. */
const secretNames = new Set([
  'access_token',
  'api_key',
  'apikey',
  'assertion',
  'bearer_token',
  'client_assertion',
  'client_secret',
  'code',
  'id_token',
  'live_session_token',
  'oauth_signature',
  'oauth_token',
  'oauth_token_secret',
  'oauth_verifier',
  'password',
  'refresh_token',
  'session',
  'sid',
  'token',
  'token_secret',
])

/** True for the names of parameters whose values are never shown. */
export function isSecretName(name: string): boolean {
  return secretNames.has(name.trim().toLowerCase())
}

/** What is shorter opens nothing, and masked everywhere it would make a base string unreadable. */
const shortestSecret = 6

/** The values, among these parameters, that are never shown. */
export function secretValues(pairs: readonly Pair[]): readonly string[] {
  return pairs
    .filter(([name, value]) => value.length >= shortestSecret && isSecretName(name))
    .map(([, value]) => value)
}

/** A request target as the log may show it: values of parameters that open something are masked. */
export function maskTarget(target: string): string {
  const start = target.indexOf('?')
  if (start === -1 || !target.includes('=', start)) return target
  // Servers differ in what separates parameters: a value is masked for all of them.
  const parts = target.slice(start + 1).split(/([&;?#])/)
  return `${target.slice(0, start + 1)}${parts.map(maskParameter).join('')}`
}

function maskParameter(part: string): string {
  const equals = part.indexOf('=')
  return equals > 0 && isSecretName(decoded(part.slice(0, equals))) ? `${part.slice(0, equals)}=***` : part
}

/** Decoded until it stays the same, a few times at most: a name may be encoded twice. */
function decoded(name: string): string {
  let text = name
  for (let round = 0; round < 3 && /[%+]/.test(text); round++) {
    try {
      text = decodeURIComponent(text.replaceAll('+', ' '))
    } catch {
      return text
    }
  }
  return text
}
