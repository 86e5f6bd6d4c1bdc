import { bytesFromHex } from '@ibkr-auth/internal/bytes'
import { evenHex } from '@ibkr-auth/internal/integers'

/**
 * A non-negative integer as big-endian bytes.
 *
 * @param length - Zero-padded to this many bytes; without it, the fewest that hold the value (one for zero).
 */
export function bytesFromInteger(value: bigint, length = 0): Uint8Array {
  return bytesFromHex(evenHex(value).padStart(2 * length, '0')) as Uint8Array
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
