import type { EncodedParameter } from './encoded-parameter.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { percentEncode } from './percent-encode.ts'

/**
 * Writes the value of an `Authorization` header: realm first, then the parameters in the order given,
 * percent-encoded and quoted, `", "` between them.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT` if the realm holds anything but printable ASCII,
 *   `ERR_OAUTH1_LONE_SURROGATE`.
 * @see RFC 5849 3.5.1
 */
export function formatAuthorizationHeader(header: {
  readonly realm?: string | undefined
  readonly parameters: Iterable<readonly [name: string, value: string]>
}): string {
  let text = startOfHeader(header.realm)
  for (const [name, value] of header.parameters) {
    text = appendParameter(text, percentEncode(name), percentEncode(value))
  }
  return text
}

/** The same from parameters that are sorted and encoded already; the signature is put in its place. */
export function formatSignedHeader(
  realm: string | undefined,
  parameters: readonly EncodedParameter[],
  signature: string,
): string {
  let text = startOfHeader(realm)
  let isPlaced = false
  for (const { name, value } of parameters) {
    if (!isPlaced && name > 'oauth_signature') {
      text = appendParameter(text, 'oauth_signature', percentEncode(signature))
      isPlaced = true
    }
    text = appendParameter(text, name, value)
  }
  return text
}

const scheme = 'OAuth '

export function startOfHeader(realm: string | undefined): string {
  return realm === undefined ? scheme : `${scheme}realm="${quoteRealm(realm)}"`
}

function appendParameter(text: string, name: string, value: string): string {
  return text === scheme ? `${text}${name}="${value}"` : `${text}, ${name}="${value}"`
}

const plainRealm = /^[ !#-[\]-~]*$/
const printableAscii = /^[ -~]*$/

/** The realm is a quoted-string of HTTP, not percent-encoded (RFC 5849 3.5.1, RFC 2617 1.2). */
function quoteRealm(realm: string): string {
  if (plainRealm.test(realm)) return realm
  if (!printableAscii.test(realm)) {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', 'credentials.realm must be printable ASCII')
  }
  return realm.replace(/["\\]/g, '\\$&')
}
