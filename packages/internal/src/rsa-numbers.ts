import { bytesFromBase64 } from './bytes.ts'
import { DerReader, derTag } from './der.ts'
import { bitLength, integerFromBytes } from './integers.ts'
import { fault, isPrivate, type KeyPurpose, type KeyRefusal } from './key-reading.ts'

/** The numbers of an RSA key by their JWK names (RFC 7518 6.3), in their PKCS#1 order (RFC 8017 A.1.2). */
const names = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

/** A private key with its primes. */
export type RsaCrtNumbers = Readonly<Record<(typeof names)[number], bigint>>
export type RsaPublicNumbers = Pick<RsaCrtNumbers, 'n' | 'e'>

/** A private key: whole, or without its primes. */
export type RsaPrivateNumbers = RsaCrtNumbers | Pick<RsaCrtNumbers, 'n' | 'e' | 'd'>

/** What could be read of a key; nothing at all where it was something else. */
export type RsaNumbers = { readonly [Name in keyof RsaCrtNumbers]?: bigint | undefined }

/** Numbers of an RSA key in PKCS#1 (RFC 8017 A.1). */
export function rsaNumbersFromPkcs1(der: Uint8Array, half: 'private' | 'public'): RsaNumbers {
  const body = new DerReader(der).enter(derTag.sequence)
  const read = (): bigint | undefined => body?.readInteger()
  if (half === 'public') return { n: read(), e: read() }
  return read() === 0n ? collect(read) : {} // Version 1 has more than two primes.
}

/** Numbers of an RSA key in a JWK (RFC 7518 6.3). */
export function rsaNumbersFromJwk(jwk: Readonly<Record<string, unknown>>): RsaNumbers {
  if (jwk.kty !== 'RSA') return {}
  return collect((name) => {
    const bytes = bytesFromBase64(jwk[name])
    return bytes && integerFromBytes(bytes)
  })
}

function collect(read: (name: string) => bigint | undefined): RsaNumbers {
  return Object.fromEntries(names.map((name) => [name, read(name)]))
}

const longestModulus = 16_384
const longestExponent = 64

/** Why these are not the numbers of a key for this purpose; `undefined` if they are. */
export function rsaNumbersFault(numbers: RsaNumbers, purpose: KeyPurpose): KeyRefusal | undefined {
  const problem = isPrivate(purpose) ? privateNumbersFault(numbers) : publicNumbersFault(numbers)
  return problem === undefined ? undefined : fault('damaged', `is no sound RSA key: ${problem}`)
}

/**
 * Why these are not the numbers of a public key (RFC 8017 3.1); `undefined` if they are. Exponents beyond 64 bits are
 * refused: nobody makes such keys, and a verification with one takes as long as the stranger who made it likes.
 */
function publicNumbersFault({ n, e }: RsaNumbers): string | undefined {
  if (n === undefined || e === undefined || n <= 0n) return 'its modulus or exponent is missing'
  if (bitLength(n) > longestModulus) return `its modulus has more than ${longestModulus} bits`
  if ((n & 1n) === 0n) return 'its modulus is even'
  return exponentFault(e) ?? (n > e ? undefined : 'its public exponent is not below the modulus')
}

/** Why this is not a public exponent; `undefined` if it is. */
export function exponentFault(e: bigint): string | undefined {
  if (e < 3n || (e & 1n) === 0n) return 'its public exponent is even or below 3'
  return bitLength(e) > longestExponent
    ? `its public exponent has more than ${longestExponent} bits`
    : undefined
}

/**
 * Why these are not the numbers of a private key that belong together (RFC 8017 3.2); `undefined` if they are. One
 * damaged prime would let a signature give the key away.
 */
function privateNumbersFault(numbers: RsaNumbers): string | undefined {
  const fault = publicNumbersFault(numbers)
  const { n, e, d, p, q, dp, dq, qi } = numbers
  if (fault !== undefined || n === undefined || e === undefined) return fault
  if (d === undefined || d <= 1n || d >= n) return 'its private exponent is missing or out of range'
  const primes = [p, q, dp, dq, qi]
  if (primes.every((number) => number === undefined)) return undefined
  if (!p || !q || !dp || !dq || !qi || p <= 1n || q <= 1n)
    return 'some of its prime factors and exponents are missing'
  const fits =
    p * q === n &&
    mod(d, p - 1n) === dp &&
    mod(d, q - 1n) === dq &&
    mod(e * dp, p - 1n) === 1n &&
    mod(e * dq, q - 1n) === 1n &&
    mod(q * qi, p) === 1n
  return fits ? undefined : 'its numbers do not belong together (damaged, or of two keys)'
}

function mod(value: bigint, modulus: bigint): bigint {
  return ((value % modulus) + modulus) % modulus
}

/** True for a private key that has its primes. */
export function hasPrimes(numbers: RsaPrivateNumbers): numbers is RsaCrtNumbers {
  return 'p' in numbers && numbers.p !== undefined
}
