import { primitives } from '#primitives'
import { type DhParams, invalidDhParams } from './dh-params.ts'
import type { LiveSessionTokenError } from './errors.ts'
import type { DhKey } from './primitives/contract.ts'
import { choosePrivateExponent, type RandomBytes } from './private-exponent.ts'

const fewestBits = 512n

/**
 * A fresh private exponent and its public integer, which is what either side sends to the other.
 *
 * @param generator - May exceed the prime, as in IBKR's published example.
 */
export function createExchangeKey(
  { prime, generator }: DhParams,
  randomBytes: RandomBytes | undefined,
): DhKey {
  if (prime % 2n === 0n || prime >> (fewestBits - 1n) === 0n) {
    throw invalidDhParams(`the prime must be odd and have at least ${fewestBits} bits (IBKR asks for 2048).`)
  }
  const reduced = generator % prime
  if (!isInRange(reduced, prime)) throw degenerate()
  const exponent = choosePrivateExponent(randomBytes)
  try {
    const key = primitives.createDhKey(prime, reduced, exponent)
    if (!isInRange(key.publicInteger, prime)) throw degenerate()
    return key
  } finally {
    exponent.fill(0)
  }
}

/**
 * A Diffie-Hellman integer from the wire: hex of either case, odd length and leading zeros allowed.
 *
 * @returns `undefined` unless it is in 2 .. p-2.
 */
export function readDhInteger(digits: string, prime: bigint): bigint | undefined {
  if (typeof digits !== 'string' || digits.length > mostDigits || !/^[0-9a-f]+$/i.test(digits))
    return undefined
  const value = BigInt(`0x${digits}`)
  return isInRange(value, prime) ? value : undefined
}

/** Twice those of the longest prime. */
const mostDigits = 4096

function isInRange(value: bigint, prime: bigint): boolean {
  return value >= 2n && value <= prime - 2n
}

function degenerate(): LiveSessionTokenError {
  return invalidDhParams('this generator yields 0, 1 or p-1. Make the parameters again with openssl dhparam.')
}
