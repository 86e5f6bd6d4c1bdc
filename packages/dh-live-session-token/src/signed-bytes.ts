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
