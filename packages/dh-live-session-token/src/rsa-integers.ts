import { bytesFromBase64 } from './base64.ts'
import { DerReader, derTag } from './der.ts'
import { integerFromBytes } from './integer-bytes.ts'

/** The numbers of an RSA key by their JWK names (RFC 7518 6.3), in their PKCS #1 order (RFC 8017 A.1.2). */
const names = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

export type RsaCrtIntegers = Readonly<Record<(typeof names)[number], bigint>>
export type RsaPublicIntegers = Pick<RsaCrtIntegers, 'n' | 'e'>

/** A private key: whole, or without its primes. */
export type RsaIntegers = RsaCrtIntegers | Pick<RsaCrtIntegers, 'n' | 'e' | 'd'>

/** What could be read of a key; nothing at all where it was something else. */
export type RsaNumbers = { readonly [Name in keyof RsaCrtIntegers]?: bigint | undefined }

/**
 * Numbers of an RSA key in DER: PKCS #1 (RFC 8017 A.1), or one of the two structures around that, PKCS #8
 * (RFC 5208) and SubjectPublicKeyInfo (RFC 5280 4.1).
 */
export function rsaNumbersFromDer(der: Uint8Array, wrapped = false): RsaNumbers {
  const body = new DerReader(der).enter(derTag.sequence)
  const first = body?.readInteger()
  if (body?.read(derTag.sequence) && !wrapped) {
    const key = first === undefined ? body.read(derTag.bitString)?.subarray(1) : body.read(derTag.octetString)
    return key ? rsaNumbersFromDer(key, true) : {}
  }
  return first === 0n ? collect(() => body?.readInteger()) : { n: first, e: body?.readInteger() }
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

export function asPublicKey({ n, e }: RsaNumbers): RsaPublicIntegers | undefined {
  return n && e && n & 1n && n > e && e > 1n ? { n, e } : undefined
}

/** Without all the primes' numbers these are left out; with primes of another modulus it is no key. */
export function asPrivateKey(numbers: RsaNumbers): RsaIntegers | undefined {
  const key = asPublicKey(numbers)
  const { d, p, q, dp, dq, qi } = numbers
  if (!key || !d || d <= 0n) return undefined
  if (!p || !q || !dp || !dq || !qi) return { ...key, d }
  return p > 0n && p * q === key.n ? { ...key, d, p, q, dp, dq, qi } : undefined
}

export function hasPrimes(integers: RsaIntegers): integers is RsaCrtIntegers {
  return 'p' in integers
}
