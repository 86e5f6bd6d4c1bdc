import { bitLength, integerFromBytes } from '@ibkr-auth/internal/integers'

/**
 * base^exponent mod modulus, by fixed windows of four bits: four squarings and one multiplication for each hex
 * digit, whichever it is. BigInt is not constant-time, and this does not claim to be.
 *
 * Windows of five or six bits, Montgomery and Barrett reduction are all slower over BigInt at 2048 bits.
 */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const powers = [1n]
  for (let index = 1, power = 1n; index < 16; index += 1) {
    power = (power * base) % modulus
    powers.push(power)
  }
  let result = 1n
  for (const digit of exponent.toString(16)) {
    for (let square = 0; square < 4; square += 1) result = (result * result) % modulus
    result = (result * (powers[Number.parseInt(digit, 16)] as bigint)) % modulus
  }
  return result
}

/** The inverse of value modulo a modulus that it has no factor in common with. */
export function modInverse(value: bigint, modulus: bigint): bigint {
  let [remainder, next, factor, nextFactor] = [modulus, value, 0n, 1n]
  while (next !== 0n) {
    const quotient = remainder / next
    ;[remainder, next] = [next, remainder - quotient * next]
    ;[factor, nextFactor] = [nextFactor, factor - quotient * nextFactor]
  }
  return factor < 0n ? factor + modulus : factor
}

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
