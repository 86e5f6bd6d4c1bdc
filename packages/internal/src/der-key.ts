import { hexFromBytes } from './bytes.ts'
import { DerReader, derTag, keyAlgorithm, wrapPkcs1, wrapSec1, wrapSpki } from './der.ts'

/** Kinds of keys, by the algorithm identifier that PKCS#8 and SubjectPublicKeyInfo carry. */
export type KeyAlgorithm = 'rsa' | 'rsa-pss' | 'ec' | 'other'

/** A key in DER: PKCS#8 if it is private, SubjectPublicKeyInfo if it is public. */
export interface DerKey {
  readonly kind: 'pkcs8' | 'spki'
  readonly algorithm: KeyAlgorithm
  readonly bytes: Uint8Array
}

/**
 * Tells the DER forms of a key apart by their structure, since labels lie: PKCS#1 private and public (RFC 8017 A.1),
 * SEC 1 (RFC 5915), PKCS#8 plain and encrypted (RFC 5208), SubjectPublicKeyInfo and certificate (RFC 5280 4.1).
 * `undefined` for anything else.
 */
export function identifyDerKey(der: Uint8Array): DerKey | { kind: 'encrypted' | 'certificate' } | undefined {
  const outer = new DerReader(der)
  const body = outer.enter(derTag.sequence)
  if (body === undefined || !outer.atEnd) return undefined
  return body.nextTag() === derTag.integer ? withVersion(body, der) : withoutVersion(body, der)
}

/** Both private forms start with a version, a short integer; a public PKCS#1 key starts with its modulus. */
function withVersion(body: DerReader, der: Uint8Array): DerKey | undefined {
  const first = body.read(derTag.integer)
  if (first === undefined) return undefined
  if (body.nextTag() === derTag.sequence) {
    const algorithm = algorithmOf(body.read(derTag.sequence))
    return body.nextTag() === derTag.octetString ? { kind: 'pkcs8', algorithm, bytes: der } : undefined
  }
  if (body.nextTag() === derTag.octetString) return { kind: 'pkcs8', algorithm: 'ec', bytes: wrapSec1(der) }
  if (first.length > 1) return { kind: 'spki', algorithm: 'rsa', bytes: wrapSpki(der) }
  return body.nextTag() === derTag.integer
    ? { kind: 'pkcs8', algorithm: 'rsa', bytes: wrapPkcs1(der) }
    : undefined
}

function withoutVersion(body: DerReader, der: Uint8Array): ReturnType<typeof identifyDerKey> {
  const inner = body.read(derTag.sequence)
  if (inner === undefined) return undefined
  if (body.nextTag() === derTag.octetString) return { kind: 'encrypted' }
  if (body.nextTag() === derTag.sequence) return { kind: 'certificate' }
  return body.nextTag() === derTag.bitString
    ? { kind: 'spki', algorithm: algorithmOf(inner), bytes: der }
    : undefined
}

function algorithmOf(identifier: Uint8Array | undefined): KeyAlgorithm {
  const oid = identifier && new DerReader(identifier).read(derTag.objectIdentifier)
  const name = oid && hexFromBytes(oid)
  if (name === keyAlgorithm.rsaEncryption) return 'rsa'
  if (name === keyAlgorithm.rsassaPss) return 'rsa-pss'
  return name === keyAlgorithm.ecPublicKey ? 'ec' : 'other'
}
