import { type EncodedParameter, encodeParameters } from '../base-string/parameters.ts'
import { encodeReserved } from '../base-string/percent-encode.ts'
import { invalidInput, reading, requireObject } from '../checks.ts'

/**
 * Writes the value of an `Authorization` header: realm first, then the parameters in the order given,
 * percent-encoded and quoted, `", "` between them.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT` if the realm holds anything but printable ASCII or `parameters` are
 *   no pairs of strings, `ERR_OAUTH1_LONE_SURROGATE`.
 * @see RFC 5849 3.5.1
 */
export function formatAuthorizationHeader(header: {
  readonly realm?: string | undefined
  readonly parameters: Iterable<readonly [name: string, value: string]>
}): string {
  requireObject('header', header)
  const { realm, list } = reading('header', () => ({ realm: header.realm, list: header.parameters }))
  const parameters = encodeParameters('parameters', list)
  const first = realm === undefined ? [] : [`realm="${quoteRealm(realm)}"`]
  return `OAuth ${[...first, ...parameters.map(({ name, value }) => `${name}="${value}"`)].join(', ')}`
}

/** The same from parameters that are sorted and encoded already; the signature is put in its place. */
export function formatSignedHeader(
  realm: string | undefined,
  parameters: readonly EncodedParameter[],
  signature: string,
): string {
  let text = realm === undefined ? 'OAuth ' : `OAuth realm="${quoteRealm(realm)}`
  let isBehind = realm !== undefined
  for (const { name, value, inHeader } of parameters) {
    if (name === 'oauth_signature_method') {
      text += '", oauth_signature="'
      text += encodeReserved('what signer.sign returns', signature)
    }
    if (isBehind) text += inHeader ?? `", ${name}="`
    else text += `${name}="`
    text += value
    isBehind = true
  }
  return `${text}"`
}

const plainRealm = /^[ !#-[\]-~]*$/
const printableAscii = /^[ -~]*$/

/** The realm is a quoted-string of HTTP, not percent-encoded (RFC 5849 3.5.1, RFC 2617 1.2). */
function quoteRealm(realm: unknown): string {
  if (typeof realm === 'string' && plainRealm.test(realm)) return realm
  if (typeof realm !== 'string' || !printableAscii.test(realm)) {
    throw invalidInput('realm must be printable ASCII')
  }
  return realm.replace(/["\\]/g, '\\$&')
}
