/** Big-endian bytes of an integer without sign, read as a number. */
export function integerFromBytes(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${hexFromBytes(bytes)}`)
}

/**
 * A non-negative integer as big-endian bytes.
 *
 * @param length - Zero-padded to this many bytes; without it, the fewest that hold the value (one for zero).
 */
export function bytesFromInteger(value: bigint, length = 0): Uint8Array {
  return bytesFromHex(evenHex(value).padStart(2 * length, '0'))
}

/** A non-negative integer as lower-case hex of the fewest whole bytes. */
export function evenHex(value: bigint | number): string {
  const digits = value.toString(16)
  return digits.length % 2 === 0 ? digits : `0${digits}`
}

/**
 * Big-endian two's complement in the fewest bytes, as Java's `BigInteger.toByteArray()` writes a
 * non-negative integer: a zero byte leads exactly when the bit length is a multiple of 8.
 *
 * @param magnitude - Big-endian bytes without sign, leading zeros allowed.
 * @see "OAuth at Interactive Brokers" 5.3
 */
export function signedBytes(magnitude: Uint8Array): Uint8Array {
  const start = magnitude.findIndex((byte) => byte !== 0)
  if (start < 0) return new Uint8Array(1)
  const signByte = (magnitude[start] as number) >> 7
  const result = new Uint8Array(signByte + magnitude.length - start)
  result.set(magnitude.subarray(start), signByte)
  return result
}

export function bitLength(value: bigint): number {
  return value > 0n ? value.toString(2).length : 0
}

export function hexFromBytes(bytes: Uint8Array): string {
  let digits = ''
  for (const byte of bytes) digits += digitPairs[byte]
  return digits
}

const digitPairs = Array.from({ length: 256 }, (_, byte) => (byte + 256).toString(16).slice(1))

/** Reads an even number of hex digits that the caller has already checked. */
export function bytesFromHex(digits: string): Uint8Array {
  const bytes = new Uint8Array(digits.length / 2)
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = (nibbleAt(digits, 2 * index) << 4) | nibbleAt(digits, 2 * index + 1)
  }
  return bytes
}

/** Digits are 0x30 to 0x39; letters of either case differ from that by one known bit and 9. */
function nibbleAt(digits: string, index: number): number {
  const code = digits.charCodeAt(index)
  return (code & 15) + 9 * (code >> 6)
}
