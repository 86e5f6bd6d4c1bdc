import { bytesFromBase64 } from './base64.ts'
import { DerReader, derTag } from './der.ts'
import { integerFromBytes } from './integer-bytes.ts'

/** The numbers of an RSA private key (RFC 8017 3.2); the primes are known or not, all together. */
export interface RsaIntegers {
  readonly n: bigint
  readonly e: bigint
  readonly d: bigint
  readonly primes?: RsaPrimes
}

export interface RsaPrimes {
  readonly p: bigint
  readonly q: bigint
  readonly dp: bigint
  readonly dq: bigint
  readonly qi: bigint
}

/** Numbers out of an RSAPrivateKey (RFC 8017 A.1.2), or `undefined`. */
export function rsaIntegersFromPkcs1(der: Uint8Array): RsaIntegers | undefined {
  const body = new DerReader(der).enter(derTag.sequence)
  if (body?.readInteger() !== 0n) return undefined
  const [n, e, d, p, q, dp, dq, qi] = Array.from({ length: 8 }, () => body.readInteger())
  return checked({ n, e, d }, { p, q, dp, dq, qi })
}

/** Numbers out of a PrivateKeyInfo (RFC 5208) that holds an RSA key, or `undefined`. */
export function rsaIntegersFromPkcs8(der: Uint8Array): RsaIntegers | undefined {
  const body = new DerReader(der).enter(derTag.sequence)
  if (body?.readInteger() === undefined || body.enter(derTag.sequence) === undefined) return undefined
  const key = body.read(derTag.octetString)
  return key && rsaIntegersFromPkcs1(key)
}

/** Numbers out of a JWK (RFC 7518 6.3), or `undefined`. */
export function rsaIntegersFromJwk(jwk: Readonly<Record<string, unknown>>): RsaIntegers | undefined {
  if (jwk.kty !== 'RSA') return undefined
  const { n, e, d, p, q, dp, dq, qi } = Object.fromEntries(
    ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'].map((name) => [name, integerFromJwk(jwk[name])]),
  )
  return checked({ n, e, d }, { p, q, dp, dq, qi })
}

/** A base64url integer member of a JWK, or `undefined`. */
export function integerFromJwk(member: unknown): bigint | undefined {
  const bytes = typeof member === 'string' ? bytesFromBase64(member) : undefined
  return bytes && integerFromBytes(bytes)
}

type Maybe<T> = { readonly [K in keyof T]: T[K] | undefined }

function checked(
  { n, e, d }: Maybe<Pick<RsaIntegers, 'n' | 'e' | 'd'>>,
  { p, q, dp, dq, qi }: Maybe<RsaPrimes>,
): RsaIntegers | undefined {
  if (n === undefined || e === undefined || d === undefined) return undefined
  if (n % 2n === 0n || n <= 0n || e <= 1n || d <= 1n || d >= n) return undefined
  if (p === undefined || q === undefined || dp === undefined || dq === undefined || qi === undefined)
    return { n, e, d }
  return p > 1n && q > 1n && p * q === n ? { n, e, d, primes: { p, q, dp, dq, qi } } : undefined
}
