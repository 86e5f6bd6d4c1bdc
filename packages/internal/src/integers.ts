import { bytesFromHex } from './bytes.ts'

/** Big-endian bytes of an integer without sign, read as a number. */
export function integerFromBytes(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const start = bytes.length % 8
  let value = 0n
  for (let index = 0; index < start; index += 1) value = (value << 8n) | BigInt(view.getUint8(index))
  for (let index = start; index < bytes.length; index += 8) value = (value << 64n) | view.getBigUint64(index)
  return value
}

/**
 * A non-negative integer as big-endian bytes.
 *
 * @param length - Zero-padded to this many bytes; without it, the fewest that hold the value (one for zero).
 */
export function bytesFromInteger(value: bigint, length = 0): Uint8Array {
  return bytesFromHex(evenHex(value).padStart(2 * length, '0')) as Uint8Array
}

/** A non-negative integer as lower-case hex of the fewest whole bytes. */
export function evenHex(value: bigint | number): string {
  const digits = value.toString(16)
  return digits.length % 2 === 0 ? digits : `0${digits}`
}

/** Bits of a non-negative integer; 0 for 0. */
export function bitLength(value: bigint): number {
  return value > 0n ? value.toString(2).length : 0
}
