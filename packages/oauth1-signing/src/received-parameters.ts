import type { EncodedParameter } from './encoded-parameter.ts'
import { appendFormPairs, recodeFormComponent } from './form-encoding.ts'
import { utf8Text } from './host.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { percentEncode } from './percent-encode.ts'

/** A query or form body taken apart: its protocol parameters, and the text that is left without them. */
export interface TakenFromForm {
  readonly parameters: readonly EncodedParameter[]
  readonly rest: string
}

/** Undefined unless the text carries at least the consumer key or the signature of RFC 5849 3.5.2, 3.5.3. */
export function fromForm(text: string): TakenFromForm | undefined {
  const parameters: EncodedParameter[] = []
  const rest: string[] = []
  if (!text.includes('oauth') && !text.includes('%')) return undefined
  for (const piece of text.split('&')) {
    const name = recodeFormComponent(piece.split('=', 1)[0] ?? '')
    if (isProtocolName(name)) appendFormPairs(piece, parameters)
    else rest.push(piece)
  }
  return isSigned(parameters) ? { parameters, rest: rest.join('&') } : undefined
}

function isProtocolName(name: string): boolean {
  return name.startsWith('oauth_') || name === 'diffie_hellman_challenge'
}

function isSigned(parameters: readonly EncodedParameter[]): boolean {
  return parameters.some(({ name }) => name === 'oauth_signature' || name === 'oauth_consumer_key')
}

/** The members of the JSON body that IBKR's legacy OpenAPI describes; it has no others. */
const jsonMembers = new Set([
  'oauth_consumer_key',
  'oauth_nonce',
  'oauth_signature',
  'oauth_signature_method',
  'oauth_timestamp',
  'oauth_token',
  'oauth_verifier',
  'oauth_callback',
  'diffie_hellman_challenge',
])

/** Far beyond every such body, and far below where counting its strings runs out of stack. */
const longestJson = 1_048_576

/** Undefined for JSON that is no such body. */
export function fromJson(body: string | Uint8Array): readonly EncodedParameter[] | undefined {
  const text = typeof body === 'string' ? body : utf8OrNothing(body)
  const members = text.length > longestJson ? undefined : jsonObject(text)
  if (members === undefined || !('oauth_signature' in members || 'oauth_consumer_key' in members))
    return undefined
  const parameters = Object.entries(members).map(([name, value]) => {
    // Nothing signs a member outside this list, so it could be anything.
    if (!jsonMembers.has(name)) throw malformed('The JSON body has a member that is no OAuth parameter')
    if (typeof value !== 'string') throw malformed(`${name} in the JSON body must be a string`)
    return { name, value: percentEncode(value) }
  })
  if (stringsIn(text) !== 2 * parameters.length) {
    throw new OAuth1Error('ERR_OAUTH1_DUPLICATE_PARAMETER', 'A parameter appears twice in the JSON body')
  }
  return parameters
}

/**
 * `JSON.parse` keeps the last of two members of one name. In an object of nothing but strings each member is two
 * strings, so the number of strings tells how many members were sent.
 */
function stringsIn(json: string): number {
  return json.match(/"(?:[^"\\]|\\.)*"/g)?.length ?? 0
}

function utf8OrNothing(bytes: Uint8Array): string {
  try {
    return utf8Text(bytes)
  } catch {
    return ''
  }
}

function jsonObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function malformed(message: string): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', message)
}
