import { type EncodedParameter, encodeParameters } from '../base-string/parameters.ts'
import { encodeNamed } from '../base-string/percent-encode.ts'
import { invalidInput, requireObject } from '../errors.ts'

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
  const parameters = encodeParameters('parameters', header.parameters)
  const start = startOfHeader(header.realm)
  const items = parameters.map(({ name, value }) => `${name}="${value}"`).join(', ')
  return header.realm === undefined || items === '' ? start + items : `${start}, ${items}`
}

/** The same from parameters that are sorted and encoded already; the signature is put in its place. */
export function formatSignedHeader(
  realm: string | undefined,
  parameters: readonly EncodedParameter[],
  signature: string,
): string {
  let text = startOfHeader(realm)
  let separator = realm === undefined ? '' : ', '
  let isPlaced = false
  for (const { name, value } of parameters) {
    if (!isPlaced && name > 'oauth_signature') {
      text += `${separator}oauth_signature="${encodeNamed('what signer.sign returns', signature)}"`
      isPlaced = true
    }
    text += `${separator}${name}="${value}"`
    separator = ', '
  }
  return text
}

function startOfHeader(realm: string | undefined): string {
  return realm === undefined ? 'OAuth ' : `OAuth realm="${quoteRealm(realm)}"`
}

const plainRealm = /^[ !#-[\]-~]*$/
const printableAscii = /^[ -~]*$/

/** The realm is a quoted-string of HTTP, not percent-encoded (RFC 5849 3.5.1, RFC 2617 1.2). */
function quoteRealm(realm: unknown): string {
  if (typeof realm !== 'string' || !printableAscii.test(realm)) {
    throw invalidInput('realm must be printable ASCII')
  }
  return plainRealm.test(realm) ? realm : realm.replace(/["\\]/g, '\\$&')
}
