import {
  constants,
  createHash,
  createHmac,
  type KeyObject,
  publicDecrypt,
  timingSafeEqual,
} from 'node:crypto'
import { percentDecoded } from '../request/percent-decoded.ts'

/** What a signature is checked with: the bytes of an HMAC key, or an RSA public key. */
export type Proof =
  | { readonly kind: 'hmac-sha256'; readonly key: Uint8Array }
  | { readonly kind: 'rsa-sha256'; readonly publicKey: KeyObject }

/** Says whether `text` is what the received signature was made of. */
export type SignatureTest = (proof: Proof, text: string) => boolean

// DER of DigestInfo { sha256, NULL } up to the digest (RFC 8017 9.2).
const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex')

/**
 * Prepares the test of one received signature against many texts. An RSA signature is opened once: what it
 * holds is the digest of the text that the client signed, so each further text costs one hash.
 */
export function signatureTest(signature: Uint8Array): SignatureTest {
  const opened = new Map<KeyObject, Uint8Array | undefined>()
  return (proof, text) => {
    if (proof.kind === 'hmac-sha256')
      return equal(createHmac('sha256', proof.key).update(text).digest(), signature)
    if (!opened.has(proof.publicKey)) opened.set(proof.publicKey, signedDigest(signature, proof.publicKey))
    const digest = opened.get(proof.publicKey)
    return digest !== undefined && equal(createHash('sha256').update(text).digest(), digest)
  }
}

/** The SHA-256 digest inside an RSASSA-PKCS1-v1_5 signature; undefined if this key did not make it. */
export function signedDigest(signature: Uint8Array, publicKey: KeyObject): Uint8Array | undefined {
  try {
    const encoded = publicDecrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, signature)
    const isSha256 = encoded.length === 51 && encoded.subarray(0, 19).equals(digestInfo)
    return isSha256 ? encoded.subarray(19) : undefined
  } catch {
    return undefined // The padding does not open under this key, which is the answer.
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** A way to read a received `oauth_signature` that a correct client would not need. */
export interface SignatureReading {
  readonly bytes: Uint8Array
  readonly detail: string
}

/** The received signature as base64; undefined where it is not base64. */
export function decodedSignature(signature: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(signature) ? Buffer.from(signature, 'base64') : undefined
}

/** What the client may have meant, if it wrote its signature wrongly. */
export function mistakenReadings(signature: string): readonly SignatureReading[] {
  const readings: SignatureReading[] = []
  const add = (text: string, encoding: 'base64' | 'base64url' | 'hex', detail: string): void => {
    readings.push({ bytes: Buffer.from(text, encoding), detail })
  }
  if (signature.includes(' ')) {
    add(signature.replaceAll(' ', '+'), 'base64', 'A "+" of the base64 became a space: encode it as %2B.')
  }
  if (signature.includes('%')) {
    add(percentDecoded(signature), 'base64', 'It was percent-encoded twice.')
  }
  if (/^[A-Za-z0-9_-]+$/.test(signature))
    add(signature, 'base64url', 'It is base64url; standard base64 is expected.')
  if (/^(?:[0-9a-f]{2})+$/i.test(signature)) add(signature, 'hex', 'It is hex; base64 is expected.')
  return readings
}
