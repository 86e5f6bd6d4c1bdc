import { hexFromBytes } from './bytes.ts'
import { derElements, derSequence } from './der.ts'

/** Kinds of keys, by the algorithm identifier that PKCS#8 and SubjectPublicKeyInfo carry. */
export type KeyAlgorithm = 'rsa' | 'rsa-pss' | 'ec' | 'other'

/** A key in DER. */
export interface DerKey {
  readonly half: 'private' | 'public'
  readonly algorithm: KeyAlgorithm
  /** As it came. */
  readonly der: Uint8Array
  /** What is inside PKCS#8 or SubjectPublicKeyInfo; `der` itself where nothing was around it. */
  readonly inner: Uint8Array
}

/** By the contents of their OBJECT IDENTIFIERs, as hex. */
const algorithms: Readonly<Record<string, KeyAlgorithm>> = {
  // 1.2.840.113549.1.1.1, rsaEncryption
  '2a864886f70d010101': 'rsa',
  // 1.2.840.113549.1.1.10, id-RSASSA-PSS
  '2a864886f70d01010a': 'rsa-pss',
  // 1.2.840.10045.2.1, id-ecPublicKey
  '2a8648ce3d0201': 'ec',
}

/**
 * Tells the DER forms of a key apart by their structure, since labels lie: PKCS#1 private and public (RFC 8017 A.1),
 * SEC 1 (RFC 5915), PKCS#8 plain and encrypted (RFC 5208), SubjectPublicKeyInfo and certificate (RFC 5280 4.1).
 * `undefined` for anything else.
 */
export function identifyDerKey(der: Uint8Array): DerKey | 'encrypted' | 'certificate' | undefined {
  const [first, second, third] = derSequence(der)
  if (first === undefined || second === undefined) return undefined
  switch ((first.tag << 8) | second.tag) {
    case 0x02_02: // INTEGER, INTEGER: a version, which is short, or the modulus of a public key
      return { half: first.contents.length > 1 ? 'public' : 'private', algorithm: 'rsa', der, inner: der }
    case 0x02_04: // INTEGER, OCTET STRING: SEC 1
      return { half: 'private', algorithm: 'ec', der, inner: der }
    case 0x02_30: // INTEGER, SEQUENCE, OCTET STRING: PKCS#8
      return third && { half: 'private', algorithm: algorithmOf(second.contents), der, inner: third.contents }
    case 0x30_03: // SEQUENCE, BIT STRING, whose first byte counts unused bits
      return {
        half: 'public',
        algorithm: algorithmOf(first.contents),
        der,
        inner: second.contents.subarray(1),
      }
    case 0x30_04: // SEQUENCE, OCTET STRING
      return 'encrypted'
    case 0x30_30: // SEQUENCE, SEQUENCE
      return 'certificate'
  }
  return undefined
}

function algorithmOf(identifier: Uint8Array): KeyAlgorithm {
  const [oid] = derElements(identifier)
  return algorithms[oid ? hexFromBytes(oid.contents) : ''] ?? 'other'
}
