import { hexFromBytes } from './bytes.ts'
import { DerReader, derTag, keyAlgorithm } from './der.ts'

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

/**
 * Tells the DER forms of a key apart by their structure, since labels lie: PKCS#1 private and public (RFC 8017 A.1),
 * SEC 1 (RFC 5915), PKCS#8 plain and encrypted (RFC 5208), SubjectPublicKeyInfo and certificate (RFC 5280 4.1).
 * `undefined` for anything else.
 */
export function identifyDerKey(der: Uint8Array): DerKey | 'encrypted' | 'certificate' | undefined {
  const outer = new DerReader(der)
  const body = outer.enter(derTag.sequence)
  if (body === undefined || !outer.atEnd) return undefined
  return body.nextTag() === derTag.integer ? withVersion(body, der) : withoutVersion(body, der)
}

/** Both private forms start with a version, a short integer; a public PKCS#1 key starts with its modulus. */
function withVersion(body: DerReader, der: Uint8Array): DerKey | undefined {
  const first = body.read(derTag.integer)
  const second = body.nextTag()
  if (second === derTag.sequence) {
    const algorithm = algorithmOf(body.read(second))
    const inner = body.read(derTag.octetString)
    return inner && { half: 'private', algorithm, der, inner }
  }
  if (second === derTag.octetString) return { half: 'private', algorithm: 'ec', der, inner: der }
  if (first === undefined || second !== derTag.integer) return undefined
  return { half: first.length > 1 ? 'public' : 'private', algorithm: 'rsa', der, inner: der }
}

function withoutVersion(body: DerReader, der: Uint8Array): ReturnType<typeof identifyDerKey> {
  const identifier = body.read(derTag.sequence)
  if (identifier === undefined) return undefined
  if (body.nextTag() === derTag.octetString) return 'encrypted'
  if (body.nextTag() === derTag.sequence) return 'certificate'
  const inner = body.read(derTag.bitString)?.subarray(1)
  return inner && { half: 'public', algorithm: algorithmOf(identifier), der, inner }
}

function algorithmOf(identifier: Uint8Array | undefined): KeyAlgorithm {
  const oid = identifier && new DerReader(identifier).read(derTag.objectIdentifier)
  return keyAlgorithm[oid ? hexFromBytes(oid) : ''] ?? 'other'
}
