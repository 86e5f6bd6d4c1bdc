import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type RsaCrtNumbers, rsaNumbersFromJwk } from '../src/rsa-numbers.ts'
import { rsaNumbersFault } from '../src/rsa-soundness.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
const sound = rsaNumbersFromJwk({ ...privateKey.export({ format: 'jwk' }) }) as RsaCrtNumbers
const { n, e, d, p, q, dp, dq, qi } = sound
const message = (numbers: object, purpose: 'sign' | 'verify' = 'sign') =>
  rsaNumbersFault(numbers, purpose)?.message

/** A private exponent that is right for one prime alone. */
const halfRight = (right: bigint, wrong: bigint): bigint =>
  (d + 2n * (right - 1n)) % ((right - 1n) * (wrong - 1n))

describe('the numbers of a private key', () => {
  it('are taken where they belong together', () => {
    expect(message(sound)).toBeUndefined()
    expect(message({ n, e, d })).toBeUndefined()
  })

  // In each of them one relation alone does not hold.
  it.each<[string, Partial<RsaCrtNumbers>]>([
    ['p times q is not n', { n: n + 2n }],
    ['dp is not d', { dp: dp + (p - 1n) }],
    ['dq is not d', { dq: dq + (q - 1n) }],
    ['d is wrong for p', { d: halfRight(q, p), dp: halfRight(q, p) % (p - 1n) }],
    ['d is wrong for q', { d: halfRight(p, q), dq: halfRight(p, q) % (q - 1n) }],
    ['qi is not the inverse of q', { qi: qi + 1n }],
  ])('are refused where %s', (_, change) => {
    expect(message({ ...sound, ...change })).toContain('do not belong together')
  })

  it.each<[string, object]>([
    ['no exponent', { d: undefined }],
    ['the exponent 1', { d: 1n }],
    ['an exponent of the modulus', { d: n }],
    ['no exponent and no primes', { n, e, d: undefined }],
    ['one prime', { q: undefined }],
    ['a prime of 0', { p: 0n }],
    ['a prime of 1', { p: n, q: 1n }],
  ])('are refused with %s', (_, change) => {
    expect(message({ ...sound, ...change })).toBe(
      'is no sound RSA key, its private numbers are missing, or do not belong together: take it from a backup',
    )
  })
})

describe('the numbers of a public key', () => {
  it.each<[string, object, string | undefined]>([
    ['sound ones', {}, undefined],
    ['no modulus', { n: undefined }, 'modulus is missing'],
    ['a modulus of 0', { n: 0n }, 'modulus is missing'],
    ['a negative modulus', { n: -n }, 'modulus is missing'],
    ['an even modulus', { n: n + 1n }, 'modulus is missing, even'],
    ['a modulus of 16,384 bits', { n: (1n << 16_383n) + 1n }, undefined],
    ['a modulus of 16,385 bits', { n: (1n << 16_384n) + 1n }, 'over 16384 bits'],
    ['no exponent', { e: undefined }, 'exponent is missing'],
    ['a negative exponent', { e: -3n }, 'below 3'],
    ['the exponent 1', { e: 1n }, 'even, below 3'],
    ['the exponent 4', { e: 4n }, 'even, below 3'],
    ['the exponent 3', { e: 3n }, undefined],
    ['an exponent of 64 bits', { e: (1n << 63n) + 1n }, undefined],
    ['an exponent of 65 bits', { e: (1n << 64n) + 1n }, 'over 64 bits'],
  ])('%s', (_, change, problem) => {
    const found = message({ n, e, ...change }, 'verify')
    expect(problem === undefined ? found : found?.includes(problem)).toBe(
      problem === undefined ? undefined : true,
    )
  })
})
