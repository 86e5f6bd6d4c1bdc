import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import bigintBytes from '../fixtures/bigint-bytes.json' with { type: 'json' }
import ibkrExample from '../fixtures/ibkr-2018-example.json' with { type: 'json' }
import lstDerivation from '../fixtures/lst-derivation.json' with { type: 'json' }

export { bigintBytes, ibkrExample, lstDerivation }

interface KeyIntegers {
  readonly n: string
  readonly e: string
  readonly d: string
  readonly p: string
  readonly q: string
}

/** The published example key as a key object; PEM and the rest are exported from it at run time. */
export function keyObjectFrom(integers: KeyIntegers): KeyObject {
  return createPrivateKey({ key: jwkFrom(integers), format: 'jwk' })
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
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex').toString('base64url')
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
  return (length) => new Uint8Array(Buffer.from(hex.padStart(2 * length, '0'), 'hex'))
}

export function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

export function hex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex')
}

export function publicKeyOf(key: KeyObject): KeyObject {
  return createPublicKey(key)
}
