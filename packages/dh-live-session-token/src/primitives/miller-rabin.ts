import { bitLength, integerFromBytes } from '../integer-bytes.ts'
import { modPow } from './mod-pow.ts'

const rounds = 40

/** Miller-Rabin with 40 random bases: a composite number passes with a chance of at most 2^-80. */
export function isProbablePrime(candidate: bigint, randomBytes: (length: number) => Uint8Array): boolean {
  if (candidate < 4n) return candidate === 2n || candidate === 3n
  if (candidate % 2n === 0n) return false
  const length = Math.ceil(bitLength(candidate) / 8) + 8
  for (let round = 0; round < rounds; round += 1) {
    const base = 2n + (integerFromBytes(randomBytes(length)) % (candidate - 3n))
    if (isWitness(base, candidate)) return false
  }
  return true
}

function isWitness(base: bigint, candidate: bigint): boolean {
  let odd = candidate - 1n
  let twos = 0
  for (; odd % 2n === 0n; odd /= 2n) twos += 1
  let power = modPow(base, odd, candidate)
  if (power === 1n || power === candidate - 1n) return false
  for (; twos > 1; twos -= 1) {
    power = (power * power) % candidate
    if (power === candidate - 1n) return false
  }
  return true
}
