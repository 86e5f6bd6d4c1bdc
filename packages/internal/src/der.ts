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

/** Algorithms of keys by the contents of their OBJECT IDENTIFIERs, as hex. */
export const keyAlgorithm: Readonly<Record<string, 'rsa' | 'rsa-pss' | 'ec'>> = {
  // 1.2.840.113549.1.1.1, rsaEncryption
  '2a864886f70d010101': 'rsa',
  // 1.2.840.113549.1.1.10, id-RSASSA-PSS
  '2a864886f70d01010a': 'rsa-pss',
  // 1.2.840.10045.2.1, id-ecPublicKey
  '2a8648ce3d0201': 'ec',
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
