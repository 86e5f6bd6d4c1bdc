import { bytesFromBase64 } from './bytes.ts'
import { derSequence, integerOf } from './der.ts'
import { integerFromBytes } from './integers.ts'
import { fault, isPrivate, type KeyPurpose, type KeyRefusal } from './key-reading.ts'

/** The numbers of an RSA key by their JWK names (RFC 7518 6.3), in their PKCS#1 order (RFC 8017 A.1.2). */
export const rsaNumberNames = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

/** A private key with its primes. */
export type RsaCrtNumbers = Readonly<Record<(typeof rsaNumberNames)[number], bigint>>
export type RsaPublicNumbers = Pick<RsaCrtNumbers, 'n' | 'e'>

/** A private key: whole, or without its primes. */
export type RsaPrivateNumbers = RsaCrtNumbers | Pick<RsaCrtNumbers, 'n' | 'e' | 'd'>

/** What could be read of a key; nothing at all where it was something else. */
export type RsaNumbers = { readonly [Name in keyof RsaCrtNumbers]?: bigint | undefined }

/** Numbers of an RSA key in PKCS#1 (RFC 8017 A.1). */
export function rsaNumbersFromPkcs1(der: Uint8Array, half: 'private' | 'public'): RsaNumbers {
  const integers = derSequence(der).map(integerOf)
  if (half === 'public') return collect((_, index) => integers[index])
  return integers[0] === 0n ? collect((_, index) => integers[index + 1]) : {} // Version 1 has more than two primes.
}

/** Numbers of an RSA key in a JWK (RFC 7518 6.3). */
export function rsaNumbersFromJwk(jwk: Readonly<Record<string, unknown>>): RsaNumbers {
  return collect((name) => {
    const bytes = bytesFromBase64(jwk[name])
    return bytes && integerFromBytes(bytes)
  })
}

function collect(read: (name: string, index: number) => bigint | undefined): RsaNumbers {
  return Object.fromEntries(rsaNumberNames.map((name, index) => [name, read(name, index)]))
}

const [longestModulus, longestExponent] = [16_384n, 64n]

/** Why these are not the numbers of a key for this purpose (RFC 8017 3); `undefined` if they are. */
export function rsaNumbersFault(numbers: RsaNumbers, purpose: KeyPurpose): KeyRefusal | undefined {
  const { n = 0n, e = 0n } = numbers
  if (!(n & 1n) || n >> longestModulus)
    return unsound(`modulus is missing, even or over ${longestModulus} bits`)
  const refusal = exponentFault(e)
  if (refusal !== undefined || !isPrivate(purpose) || belongTogether(numbers, n, e)) return refusal
  return unsound('private numbers are missing, or do not belong together')
}

/**
 * Why this is not a public exponent; `undefined` if it is. Nobody makes longer ones, and a verification with one takes
 * as long as the stranger who made it likes.
 */
export function exponentFault(e: bigint): KeyRefusal | undefined {
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

function unsound(problem: string): KeyRefusal {
  return fault('damaged', `is no sound RSA key, its ${problem}: take it from a backup`)
}

/** True for a private key that has its primes. */
export function hasPrimes(numbers: RsaPrivateNumbers): numbers is RsaCrtNumbers {
  return 'p' in numbers && numbers.p !== undefined
}
