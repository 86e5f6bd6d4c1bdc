import { bytesFromHex, hexFromBytes } from './bytes.ts'
import { evenHex, integerFromBytes } from './integers.ts'

/** Tags of the DER elements (X.690) that keys and DH parameters are made of. */
export const derTag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
} as const

/** Writes one DER element as hex digits: what a bigint gives, and an engine joins without copying. */
export function derElement(tag: number, ...parts: readonly string[]): string {
  const contents = parts.join('')
  const length = evenHex(contents.length / 2)
  const longForm = contents.length < 256 ? '' : `8${length.length / 2}`
  return evenHex(tag) + longForm + length + contents
}

/** Writes a non-negative INTEGER: always with the sign byte where the top bit is set. */
export function derInteger(value: bigint): string {
  const digits = evenHex(value)
  return derElement(derTag.integer, /^[89a-f]/.test(digits) ? `00${digits}` : digits)
}

/** Contents of the OBJECT IDENTIFIERs of key algorithms, as hex. */
export const keyAlgorithm = {
  /** 1.2.840.113549.1.1.1 */
  rsaEncryption: '2a864886f70d010101',
  /** 1.2.840.113549.1.1.10 */
  rsassaPss: '2a864886f70d01010a',
  /** 1.2.840.10045.2.1 */
  ecPublicKey: '2a8648ce3d0201',
} as const

// AlgorithmIdentifier { rsaEncryption, NULL } (RFC 8017 A.1)
const rsaIdentifier = `300d0609${keyAlgorithm.rsaEncryption}0500`
// AlgorithmIdentifier { id-ecPublicKey, prime256v1 1.2.840.10045.3.1.7 } (RFC 5480 2.1.1)
const ecIdentifier = `30130607${keyAlgorithm.ecPublicKey}06082a8648ce3d030107`
const version0 = '020100'

function bytes(hex: string): Uint8Array {
  return bytesFromHex(hex) as Uint8Array
}

function privateKeyInfo(identifier: string, key: Uint8Array): Uint8Array {
  return bytes(
    derElement(derTag.sequence, version0, identifier, derElement(derTag.octetString, hexFromBytes(key))),
  )
}

/** PKCS#8 (RFC 5208 5) around a PKCS#1 RSAPrivateKey (RFC 8017 A.1.2). */
export function wrapPkcs1(rsaPrivateKey: Uint8Array): Uint8Array {
  return privateKeyInfo(rsaIdentifier, rsaPrivateKey)
}

/** PKCS#8 around a SEC 1 ECPrivateKey (RFC 5915 3) on P-256. */
export function wrapSec1(ecPrivateKey: Uint8Array): Uint8Array {
  return privateKeyInfo(ecIdentifier, ecPrivateKey)
}

/** SubjectPublicKeyInfo (RFC 5280 4.1) around a PKCS#1 RSAPublicKey (RFC 8017 A.1.1). */
export function wrapSpki(rsaPublicKey: Uint8Array): Uint8Array {
  return bytes(
    derElement(
      derTag.sequence,
      rsaIdentifier,
      derElement(derTag.bitString, `00${hexFromBytes(rsaPublicKey)}`),
    ),
  )
}

/** Reads DER elements one after another; `undefined` wherever the bytes are not what was asked for. */
export class DerReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length
  }

  /** Tag of the next element; `undefined` at the end. */
  nextTag(): number | undefined {
    return this.#bytes[this.#offset]
  }

  /** Contents of the next element if it has this tag. */
  read(tag: number): Uint8Array | undefined {
    if (this.nextTag() !== tag) return undefined
    let start = this.#offset + 2
    let length = this.#bytes[this.#offset + 1] ?? -1
    if (length >= 0x80) {
      const count = length & 0x7f
      if (count < 1 || count > 3) return undefined
      length = Number(integerFromBytes(this.#bytes.subarray(start, start + count)))
      start += count
    }
    if (length < 0 || start + length > this.#bytes.length) return undefined
    this.#offset = start + length
    return this.#bytes.subarray(start, this.#offset)
  }

  /** A reader over the contents of the next element. */
  enter(tag: number): DerReader | undefined {
    const contents = this.read(tag)
    return contents && new DerReader(contents)
  }

  /** The next INTEGER, signed. */
  readInteger(): bigint | undefined {
    const contents = this.read(derTag.integer)
    if (contents === undefined || contents.length === 0) return undefined
    return BigInt.asIntN(contents.length * 8, integerFromBytes(contents))
  }
}
