import { fault, isPrivate, type KeyPurpose, type UnusableKey } from './key-reading.ts'
import type { RsaNumbers } from './rsa-numbers.ts'

/** Bits. */
const longestModulus = 16_384
const longestExponent = 64n

/** Why these are not the numbers of a key for this purpose (RFC 8017 3); `undefined` if they are. */
export function rsaNumbersFault(numbers: RsaNumbers, purpose: KeyPurpose): UnusableKey | undefined {
  const { n = 0n, e = 0n } = numbers
  if (!(n & 1n) || n >> BigInt(longestModulus)) return unsoundModulus()
  const unusable = exponentFault(e)
  if (unusable !== undefined || !isPrivate(purpose) || belongTogether(numbers, n, e)) return unusable
  return unsound('private numbers are missing, or do not belong together')
}

/** Why a modulus, of which a `CryptoKey` tells the length alone, is none; `undefined` if it may be one. */
export function modulusLengthFault(bits: number): UnusableKey | undefined {
  return bits > longestModulus ? unsoundModulus() : undefined
}

/**
 * Why this is not a public exponent; `undefined` if it is. Nobody makes longer ones, and a verification with one takes
 * as long as the stranger who made it likes.
 */
export function exponentFault(e: bigint): UnusableKey | undefined {
  if (e > 2n && e & 1n && !(e >> longestExponent)) return undefined
  return unsound(`public exponent is missing, even, below 3 or over ${longestExponent} bits`)
}

/** Of a private key, with its primes or without them: one damaged prime would let a signature give the key away. */
function belongTogether({ d = 0n, p, q, dp, dq, qi }: RsaNumbers, n: bigint, e: bigint): boolean {
  if (d <= 1n || d >= n) return false
  if (!p || !q || !dp || !dq || !qi || p <= 1n || q <= 1n)
    return [p, q, dp, dq, qi].every((number) => number === undefined)
  return (
    p * q === n &&
    d % (p - 1n) === dp &&
    d % (q - 1n) === dq &&
    (e * dp) % (p - 1n) === 1n &&
    (e * dq) % (q - 1n) === 1n &&
    (q * qi) % p === 1n
  )
}

function unsoundModulus(): UnusableKey {
  return unsound(`modulus is missing, even or over ${longestModulus} bits`)
}

function unsound(problem: string): UnusableKey {
  return fault('damaged', `is no sound RSA key, its ${problem}: take it from a backup`)
}
