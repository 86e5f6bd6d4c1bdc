import { bitLength, integerFromBytes } from '../integer-bytes.ts'
import { modPow } from './mod-pow.ts'

const rounds = 40

/** Miller-Rabin with 40 random bases: a composite number passes with a chance of at most 2^-80. */
export function isProbablePrime(candidate: bigint, randomBytes: (length: number) => Uint8Array): boolean {
  if (candidate < 4n || candidate % 2n === 0n) return candidate === 2n || candidate === 3n
  for (let round = 0; round < rounds; round += 1) {
    const random = integerFromBytes(randomBytes((bitLength(candidate) >> 3) + 9))
    if (isWitness(2n + (random % (candidate - 3n)), candidate)) return false
  }
  return true
}

/** True if this base proves the candidate composite. */
function isWitness(base: bigint, candidate: bigint): boolean {
  let exponent = candidate - 1n
  while (exponent % 2n === 0n) exponent /= 2n
  let power = modPow(base, exponent, candidate)
  if (power === 1n) return false
  while (power !== candidate - 1n) {
    exponent *= 2n
    if (exponent === candidate - 1n) return true
    power = (power * power) % candidate
  }
  return false
}
