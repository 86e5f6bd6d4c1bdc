/**
 * A Diffie-Hellman integer from the wire: hex of either case, odd length and leading zeros allowed.
 *
 * @returns `undefined` unless it is in 2 .. p-2.
 */
export function readDhInteger(digits: string, prime: bigint): bigint | undefined {
  const longest = prime.toString(16).length + 16
  if (typeof digits !== 'string' || digits.length > longest || !/^[0-9a-f]+$/i.test(digits)) return undefined
  const value = BigInt(`0x${digits}`)
  return value >= 2n && value <= prime - 2n ? value : undefined
}
