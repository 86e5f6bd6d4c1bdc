import { isBytes, utf8TextStrict } from '@ibkr-auth/internal/bytes'
import { readJsonObject } from '@ibkr-auth/internal/json'
import { formPairs, recodeFormComponent } from '../base-string/form.ts'
import { type EncodedParameter, encodedParameter } from '../base-string/parameters.ts'
import { encodeNamed } from '../base-string/percent-encode.ts'
import { invalidInput } from '../checks.ts'
import { OAuth1Error } from '../errors.ts'

// Finds the protocol parameters that travel elsewhere than in a header.

/** Ten times as many as any protocol has. */
export const mostProtocolParameters = 100

export function tooManyParameters(): OAuth1Error {
  return invalidInput(`The request has more than ${mostProtocolParameters} protocol parameters; send less`)
}

/**
 * Takes the protocol parameters out of a query or form (RFC 5849 3.5.2, 3.5.3); undefined if it is not signed. Together
 * they may be as long as in a header.
 */
export function takeFrom(
  text: string,
  longest: number,
): { taken: readonly EncodedParameter[]; rest: string } | undefined {
  if (!text.includes('oauth') && !text.includes('%')) return undefined
  const taken: string[] = []
  const rest: string[] = []
  let length = 0
  for (const piece of text.split('&')) {
    if (isProtocolName(nameIn(piece))) {
      length += piece.length
      taken.push(piece)
      if (taken.length > mostProtocolParameters) throw tooManyParameters()
      if (length > longest)
        throw invalidInput(`The protocol parameters are longer than ${longest}; send less`)
    } else rest.push(piece)
  }
  const pairs = formPairs(taken.join('&'))
  return isSigned(pairs) ? { taken: pairs, rest: rest.join('&') } : undefined
}

function nameIn(piece: string): string {
  const equalsAt = piece.indexOf('=')
  return equalsAt < 0 ? piece : piece.slice(0, equalsAt)
}

/** As long as `diffie_hellman_challenge` with every character escaped. */
const longestProtocolName = 72

/** Looks no further into a name than it takes to know. */
function isProtocolName(rawName: string): boolean {
  const name = recodeFormComponent(rawName.slice(0, longestProtocolName))
  return (
    name.startsWith('oauth_') ||
    (name === 'diffie_hellman_challenge' && rawName.length <= longestProtocolName)
  )
}

function isSigned(parameters: readonly EncodedParameter[]): boolean {
  return parameters.some(({ name }) => name === 'oauth_signature' || name === 'oauth_consumer_key')
}

/** The members of the JSON body that IBKR's legacy OpenAPI describes; it has no others. */
const jsonMembers: ReadonlySet<string> = /* @__PURE__ */ new Set([
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

/** Far beyond every such body. */
const longestJson = 16_384

/** Undefined for JSON that is no such body. */
export function takeFromJson(body: unknown): readonly EncodedParameter[] | undefined {
  const text = isBytes(body) && body.length <= longestJson ? utf8TextStrict(body) : body
  if (typeof text !== 'string' || text.length > longestJson) return undefined
  const reading = readJsonObject(text)
  if (!reading.ok) return refuseTwice(reading.defect, text)
  const { value: members } = reading
  if (!('oauth_signature' in members || 'oauth_consumer_key' in members)) return undefined
  return Object.entries(members).map(([name, value]) => {
    // Nothing signs a member outside this list, so it could be anything.
    if (!jsonMembers.has(name)) throw invalidInput('The JSON body has a member that is no OAuth parameter')
    return encodedParameter(name, encodeNamed(`${name} in the JSON body`, value))
  })
}

/** JSON with a member twice is refused where it is a signed body, and none of ours otherwise. */
function refuseTwice(defect: string, text: string): undefined {
  if (defect !== 'duplicate-member' || !text.includes('oauth_')) return undefined
  throw new OAuth1Error('ERR_OAUTH1_DUPLICATE_PARAMETER', 'A parameter appears twice in the JSON body')
}
