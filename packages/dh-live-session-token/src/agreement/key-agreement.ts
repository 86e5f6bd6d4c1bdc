import * as primitives from '#primitives'
import { invalidInput } from '../arguments.ts'
import { type DhParams, invalidDhParams } from '../dh-params.ts'
import type { LiveSessionTokenError } from '../errors.ts'
import type { DhKey } from '../primitives/contract.ts'
import { drawBytes, type RandomBytes } from '../random-bytes.ts'
import { usingBytes } from '../secret.ts'

const fewestBits = 512n

/** Bytes. RFC 7919 A.1 wants at least 225 bits for a 2048-bit group; IBKR's samples draw 256. */
const exponentLength = 32

/** Of a public integer in hex: twice those of the longest prime. */
const mostDigits = 4096

/**
 * The generator below the prime, of parameters that can agree on anything.
 *
 * @param generator - May exceed the prime, as in IBKR's published example.
 */
export function reducedGenerator({ prime, generator }: DhParams): bigint {
  if (prime % 2n === 0n || prime >> (fewestBits - 1n) === 0n) {
    throw invalidDhParams(`the prime must be odd and have at least ${fewestBits} bits (IBKR asks for 2048).`)
  }
  const reduced = generator % prime
  if (!isInRange(reduced, prime)) throw degenerate()
  return reduced
}

/** A fresh private exponent and its public integer, which is what either side sends to the other. */
export function createExchangeKey(params: DhParams, randomBytes: RandomBytes | undefined): DhKey {
  const { prime } = params
  const generator = reducedGenerator(params)
  return usingBytes(drawBytes(randomBytes, exponentLength), (exponent) => {
    if (isTrivial(exponent)) throw invalidInput(`randomBytes must return ${exponentLength} random bytes.`)
    const key = primitives.createDhKey(prime, generator, exponent)
    if (!isInRange(key.publicInteger, prime)) throw degenerate()
    return key
  })
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

function isInRange(value: bigint, prime: bigint): boolean {
  return value >= 2n && value <= prime - 2n
}

/** Whether it is 0 or 1; told from the bytes, since a text or bigint of them could not be wiped. */
function isTrivial(exponent: Uint8Array): boolean {
  return exponent.every((byte, index) => byte < (index < exponentLength - 1 ? 1 : 2))
}

function degenerate(): LiveSessionTokenError {
  return invalidDhParams('this generator yields 0, 1 or p-1. Make the parameters again with openssl dhparam.')
}
