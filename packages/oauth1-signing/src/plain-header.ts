import { startOfHeader } from './format-authorization-header.ts'
import { percentEncode } from './percent-encode.ts'
import type { StandardParameters } from './protocol-parameters.ts'
import { unreserved } from './unreserved.ts'

/** `formatSignedHeader` for the parameters that nearly every request carries. */
export function formatPlainHeader(
  realm: string | undefined,
  { consumerKey, nonce = '', signatureMethod, timestamp = '', token }: StandardParameters,
  signature: string,
): string {
  const start =
    realm === undefined ? 'OAuth oauth_consumer_key="' : `${startOfHeader(realm)}, oauth_consumer_key="`
  const text = `${start}${consumerKey}", oauth_nonce="${nonce}", oauth_signature="${encodeSignature(signature)}", oauth_signature_method="${signatureMethod}", oauth_timestamp="${timestamp}"`
  return token === undefined ? text : `${text}, oauth_token="${token}"`
}

/** For the base64 of a MAC faster than the general encoder. */
function encodeSignature(signature: string): string {
  let encoded = ''
  let done = 0
  for (let index = 0; index < signature.length; index++) {
    const code = signature.charCodeAt(index)
    if (unreserved[code] === 1) continue
    const replacement = code === 0x2b ? '%2B' : code === 0x2f ? '%2F' : code === 0x3d ? '%3D' : undefined
    if (replacement === undefined) return percentEncode(signature)
    encoded += signature.slice(done, index) + replacement
    done = index + 1
  }
  return encoded + signature.slice(done)
}
