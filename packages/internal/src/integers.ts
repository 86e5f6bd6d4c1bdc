import { hexFromBytes } from './bytes.ts'

/** Big-endian bytes of an integer without sign, read as a number. */
export function integerFromBytes(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${hexFromBytes(bytes)}`)
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
