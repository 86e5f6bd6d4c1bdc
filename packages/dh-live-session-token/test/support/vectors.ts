// What the tests need that run on every runtime: nothing of Node's.
import type { JsonWebKey } from 'node:crypto'
import bigintBytes from '../fixtures/bigint-bytes.json' with { type: 'json' }
import ibkrExample from '../fixtures/ibkr-2018-example.json' with { type: 'json' }
import lstDerivation from '../fixtures/lst-derivation.json' with { type: 'json' }

export { bigintBytes, ibkrExample, lstDerivation }

export interface KeyIntegers {
  readonly n: string
  readonly e: string
  readonly d: string
  readonly p: string
  readonly q: string
}

export function jwkFrom(integers: KeyIntegers): JsonWebKey & Record<string, unknown> {
  const [n, e, d, p, q] = [integers.n, integers.e, integers.d, integers.p, integers.q].map((hex) =>
    BigInt(`0x${hex}`),
  )
  const crt = { dp: d! % (p! - 1n), dq: d! % (q! - 1n), qi: inverse(q!, p!) }
  const members = Object.entries({ n: n!, e: e!, d: d!, p: p!, q: q!, ...crt })
  return { kty: 'RSA', ...Object.fromEntries(members.map(([name, value]) => [name, base64url(value)])) }
}

/** What a server has of it. */
export function publicJwkFrom(integers: KeyIntegers): JsonWebKey & Record<string, unknown> {
  const { n = '', e = '' } = jwkFrom(integers)
  return { kty: 'RSA', n, e }
}

export function base64url(value: bigint): string {
  const digits = value.toString(16)
  const octets = bytes(digits.padStart(digits.length + (digits.length % 2), '0'))
  return base64(octets).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** By Fermat: the modulus is a prime. Slow and obvious on purpose. */
export function inverse(value: bigint, prime: bigint): bigint {
  return referencePower(value, prime - 2n, prime)
}

/** Square and multiply, bit by bit: what the package's own powers are compared with. */
export function referencePower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus
    if (bit === '1') result = (result * base) % modulus
  }
  return result
}

/** A random source that gives one known value, zero-padded on the left. */
export function fixedRandom(hex: string): (length: number) => Uint8Array {
  return (length) => bytes(hex.padStart(2 * length, '0'))
}

export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16))
}

export function hex(value: Uint8Array): string {
  return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function base64(value: Uint8Array): string {
  return btoa(String.fromCharCode(...value))
}

/** The PEM (PKCS #8) of a private JWK, as a user's key file holds it. */
export async function pemOf(jwk: JsonWebKey): Promise<string> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['sign'])
  const lines = base64(new Uint8Array(await crypto.subtle.exportKey('pkcs8', key))).match(/.{1,64}/g) ?? []
  const label = 'PRIVATE KEY'
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
