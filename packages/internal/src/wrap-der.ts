import { bytesFromHex, hexFromBytes } from './bytes.ts'
import { derElement, derTag } from './der.ts'
import type { DerKey } from './der-key.ts'

// AlgorithmIdentifier { rsaEncryption 1.2.840.113549.1.1.1, NULL } (RFC 8017 A.1)
const rsaIdentifier = '300d06092a864886f70d0101010500'
// AlgorithmIdentifier { id-ecPublicKey 1.2.840.10045.2.1, prime256v1 1.2.840.10045.3.1.7 } (RFC 5480 2.1.1)
const ecIdentifier = '301306072a8648ce3d020106082a8648ce3d030107'
const version0 = '020100'

/** A key in the DER that runtimes import: PKCS#8 (RFC 5208 5) if private, SubjectPublicKeyInfo (RFC 5280 4.1) if public. */
export function wrapDer({ half, algorithm, der, inner }: DerKey): Uint8Array {
  if (inner !== der) return der
  const identifier = algorithm === 'ec' ? ecIdentifier : rsaIdentifier
  const key = hexFromBytes(der)
  const parts =
    half === 'private'
      ? [version0, identifier, derElement(derTag.octetString, key)]
      : [identifier, derElement(derTag.bitString, '00', key)]
  return bytesFromHex(derElement(derTag.sequence, ...parts)) as Uint8Array
}
