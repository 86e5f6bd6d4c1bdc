import { bytesFromBase64 } from './bytes.ts'
import { derSequence, integerOf } from './der.ts'
import { integerFromBytes } from './integers.ts'

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

/** True for a private key that has its primes. */
export function hasPrimes(numbers: RsaPrivateNumbers): numbers is RsaCrtNumbers {
  return 'p' in numbers && numbers.p !== undefined
}
