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
  return derElement(derTag.integer, digits >= '8' ? `00${digits}` : digits)
}

/** One element as it was read. */
export interface DerElement {
  readonly tag: number
  readonly contents: Uint8Array
}

/** Bytes. No key, certificate or set of DH parameters comes near. */
const longest = 65_536

/** The elements that follow one another in these bytes; none of them where the bytes are no row of elements. */
export function derElements(bytes: Uint8Array): readonly DerElement[] {
  if (bytes.length > longest) return []
  const elements: DerElement[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const tag = bytes[offset] as number
    let length = bytes[offset + 1] ?? Number.NaN
    let start = offset + 2
    if (length >= 0x80) {
      const end = start + (length & 0x7f)
      length = Number(integerFromBytes(bytes.subarray(start, end)))
      start = end
    }
    offset = start + length
    if (!(offset <= bytes.length)) return []
    elements.push({ tag, contents: bytes.subarray(start, offset) })
  }
  return elements
}

/** The elements of the SEQUENCE that these bytes are from end to end; none where they are something else. */
export function derSequence(bytes: Uint8Array): readonly DerElement[] {
  const [outer, ...others] = derElements(bytes)
  return outer?.tag === derTag.sequence && others.length === 0 ? derElements(outer.contents) : []
}

/** Value of an INTEGER, signed; `undefined` for an element that is none, or not there. */
export function integerOf(element: DerElement | undefined): bigint | undefined {
  if (element?.tag !== derTag.integer || element.contents.length === 0) return undefined
  return BigInt.asIntN(element.contents.length * 8, integerFromBytes(element.contents))
}
