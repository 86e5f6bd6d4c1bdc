import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import { bytesFromInteger, integerFromBytes } from '@ibkr-auth/internal/integers'
import { type RsaPrivateNumbers, rsaNumbersFromJwk } from '@ibkr-auth/internal/rsa-numbers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as loaded from '#primitives'
import { modInverse, modPow } from '../src/primitives/big-integers.ts'
import type { Primitives } from '../src/primitives/contract.ts'
import * as native from '../src/primitives/node.ts'
import * as portable from '../src/primitives/portable.ts'
import { createPortableRsaPrivateKey } from '../src/primitives/portable-rsa.ts'
import { dhParams, smallDhParams } from './support/exchanges.ts'
import {
  bytes,
  hex,
  ibkrExample,
  inverse,
  jwkFrom,
  lstDerivation,
  referencePower,
} from './support/fixtures.ts'

const exampleNumbers = rsaNumbersFromJwk(jwkFrom(ibkrExample.encryptionKey)) as RsaPrivateNumbers

test('the suite runs on the primitives it says it does', () => {
  expect(loaded.name).toBe(process.env.PRIMITIVES)
})

const both: readonly [string, Primitives][] = [
  ['node', native],
  ['portable', portable],
]

describe.each(both)('%s primitives', (name, primitives) => {
  test('name themselves', () => {
    expect(primitives.name).toBe(name)
  })

  test.each([
    ['', Buffer.from('Hi There'), 'b617318655057264e28bc0b6fb378c8ef146be00', '0b'.repeat(20)],
    [
      '',
      Buffer.from('what do ya want for nothing?'),
      'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
      hex(Buffer.from('Jefe')),
    ],
    ['', Buffer.alloc(50, 0xdd), '125d7342b9ac11cd91a39af48aa17b4f63f175d3', 'aa'.repeat(20)],
    [
      '',
      Buffer.alloc(50, 0xcd),
      '4c9007f4026250c6bc8414f9bf50c86c2d7235da',
      '0102030405060708090a0b0c0d0e0f10111213141516171819',
    ],
    [
      '',
      Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
      'aa4ae5e15272d00e95705637ce8a3b55ed402112',
      'aa'.repeat(80),
    ],
    [
      '',
      Buffer.from('Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data'),
      'e8e99d0f45237d786d6bbaa7965c7808bbff1a91',
      'aa'.repeat(80),
    ],
  ])('HMAC-SHA1 of RFC 2202 (%#)', (_, message, digest, key) => {
    expect(hex(primitives.hmacSha1(bytes(key), new Uint8Array(message)))).toBe(digest)
  })

  test('HMAC-SHA1 agrees with OpenSSL for keys and messages around block boundaries', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 200 }), (key, message) => {
        const expected = createHmac('sha1', key).update(message).digest('hex')
        expect(hex(primitives.hmacSha1(key, message))).toBe(expected)
      }),
    )
  })

  test('draws as many random bytes as asked for, others each time, in memory of their own', () => {
    const [first, second] = [primitives.randomBytes(32), primitives.randomBytes(32)]
    expect(first).toHaveLength(32)
    expect(first).not.toEqual(second)
    expect(first.constructor).toBe(Uint8Array)
  })

  test('agrees on keys of awkward sizes, synchronously and not', async () => {
    for (const bits of [512, 513, 520, 1023, 1024, 2045]) {
      const prime = integerFromBytes(randomBytes(Math.ceil(bits / 8))) | (1n << BigInt(bits - 1)) | 1n
      const exponent = new Uint8Array(randomBytes(32))
      const [generator, other] = [2n + (integerFromBytes(randomBytes(300)) % (prime - 3n)), prime - 12345n]
      const key = primitives.createDhKey(prime, generator, exponent)
      expect(key.publicInteger).toBe(referencePower(generator, integerFromBytes(exponent), prime))
      const shared = referencePower(other, integerFromBytes(exponent), prime)
      expect(integerFromBytes(key.agree(other)!)).toBe(shared)
      expect(integerFromBytes((await key.agreeAsync(other))!)).toBe(shared)
    }
  })

  test('agrees on exponents and public integers of awkward bytes: short, with a top bit set, of odd length in hex', async () => {
    const prime = (1n << 1023n) + 0x1349n
    for (const exponentValue of [
      2n,
      0x80n,
      0xffn,
      0x1234n,
      1n << 247n,
      (1n << 248n) - 1n,
      (1n << 256n) - 1n,
    ]) {
      const key = primitives.createDhKey(prime, 3n, bytesFromInteger(exponentValue, 32))
      expect(key.publicInteger).toBe(referencePower(3n, exponentValue, prime))
      for (const other of [2n, 0x7fn, 0x80n, 0xabcn, 1n << 511n, (1n << 512n) - 1n, prime - 2n]) {
        const shared = referencePower(other, exponentValue, prime)
        expect(integerFromBytes(key.agree(other)!)).toBe(shared)
        expect(integerFromBytes((await key.agreeAsync(other))!)).toBe(shared)
      }
    }
  })

  test('agrees in a group that OpenSSL knows by name, for peers inside and outside its prime-order half', async () => {
    const { prime } = dhParams
    const exponent = bytes(lstDerivation.diffieHellman.aHex)
    const key = primitives.createDhKey(prime, 2n, exponent)
    expect(key.publicInteger.toString(16)).toBe(lstDerivation.diffieHellman.challengeHex)
    const inside = BigInt(`0x${lstDerivation.derivations[0]!.BHex}`)
    for (const other of [inside, prime - inside]) {
      const shared = referencePower(other, integerFromBytes(exponent), prime)
      expect(integerFromBytes(key.agree(other)!)).toBe(shared)
      expect(integerFromBytes((await key.agreeAsync(other))!)).toBe(shared)
    }
  })

  test('gives no result for a trivial one: a peer of order 3 and an exponent that 3 divides', async () => {
    const prime = primeOneMoreThanMultipleOfThree()
    const peer = [2n, 3n, 5n, 7n]
      .map((base) => referencePower(base, (prime - 1n) / 3n, prime))
      .find((power) => power !== 1n)!
    const key = primitives.createDhKey(prime, 2n, bytesFromInteger(3n << 250n, 32))
    expect(key.agree(peer)).toBeUndefined()
    expect(await key.agreeAsync(peer)).toBeUndefined()
  })

  test('does the raw RSA operation of the published example', () => {
    const key = primitives.createRsaPrivateKey(exampleNumbers)
    const ciphertext = new Uint8Array(Buffer.from(ibkrExample.accessTokenSecret.ciphertextBase64, 'base64'))
    expect(hex(key.modulus)).toBe(ibkrExample.encryptionKey.n)
    const block = key.decryptRaw(ciphertext)!
    expect(hex(block)).toBe(ibkrExample.accessTokenSecret.rawRsaResultHex.padStart(512, '0'))
    expect(block.constructor).toBe(Uint8Array)
  })

  test('does it without the primes too', () => {
    const { n, e, d } = Object.fromEntries(
      Object.entries(ibkrExample.encryptionKey).map(([member, value]) => [member, BigInt(`0x${value}`)]),
    ) as Record<string, bigint>
    const key = primitives.createRsaPrivateKey({ n: n!, e: e!, d: d! })
    const ciphertext = new Uint8Array(Buffer.from(ibkrExample.accessTokenSecret.ciphertextBase64, 'base64'))
    expect(hex(key.decryptRaw(ciphertext)!)).toBe(
      ibkrExample.accessTokenSecret.rawRsaResultHex.padStart(512, '0'),
    )
    expect(key.decryptRaw(bytesFromInteger(n! - 1n))).toEqual(bytesFromInteger(n! - 1n))
  })

  test('knows a modulus that does not fill its first byte', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1028 })
    const key = primitives.createRsaPrivateKey(
      rsaNumbersFromJwk({ ...privateKey.export({ format: 'jwk' }) }) as RsaPrivateNumbers,
    )
    expect(key.modulus).toHaveLength(129)
    const one = bytesFromInteger(1n, 129)
    expect(key.decryptRaw(one)).toEqual(one)
  })

  test.each([
    [2n, true],
    [3n, true],
    [0n, false],
    [1n, false],
    [4n, false],
    [561n, false],
    [1105n, false],
    [2047n, false],
    [3215031751n, false],
    [(1n << 127n) - 1n, true],
    [(1n << 128n) - 1n, false],
    [smallDhParams.prime, true],
    [(smallDhParams.prime - 1n) / 2n, true],
    [smallDhParams.prime * ((1n << 127n) - 1n), false],
  ])('knows whether %s is prime: %s', (candidate, expected) => {
    expect(primitives.isProbablePrime(candidate)).toBe(expected)
  })

  test('pauses for a whole turn of the event loop, not for a microtask', async () => {
    let turned = false
    setImmediate(() => {
      turned = true
    })
    for (let pauses = 0; pauses < 50 && !turned; pauses += 1) await primitives.pause()
    expect(turned).toBe(true)
  })
})

test('each portable RSA operation is blinded by randomness of its own', () => {
  const ciphertext = new Uint8Array(Buffer.from(ibkrExample.accessTokenSecret.ciphertextBase64, 'base64'))
  const drawn: number[] = []
  const key = createPortableRsaPrivateKey(exampleNumbers, (length) => {
    drawn.push(length)
    return new Uint8Array(randomBytes(length))
  })
  const blocks = [key.decryptRaw(ciphertext)!, key.decryptRaw(ciphertext)!].map(hex)
  expect(drawn).toHaveLength(2)
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(256)
  expect(new Set(blocks)).toEqual(new Set([ibkrExample.accessTokenSecret.rawRsaResultHex.padStart(512, '0')]))
  // A factor of 0 would wipe the value out: that it does shows that the factor is really multiplied in.
  const wiped = createPortableRsaPrivateKey(exampleNumbers, (length) => new Uint8Array(length))
  expect(hex(wiped.decryptRaw(ciphertext)!)).not.toBe(blocks[0])
})

function primeOneMoreThanMultipleOfThree(): bigint {
  // 2^521 - 1, a Mersenne prime; 521 is odd, so it leaves 1 when divided by 3.
  return (1n << 521n) - 1n
}

test('modular power and inverse agree with plain ones', () => {
  const odd = fc.bigInt({ min: 1n, max: 1n << 200n }).map((value) => 2n * value + 1n)
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 1n << 210n }),
      fc.bigInt({ min: 0n, max: 1n << 80n }),
      odd,
      (base, exponent, modulus) => {
        expect(modPow(base, exponent, modulus)).toBe(referencePower(base % modulus, exponent, modulus))
      },
    ),
  )
  const prime = (1n << 521n) - 1n
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: prime - 1n }), (value) => {
      expect(modInverse(value, prime)).toBe(inverse(value, prime))
    }),
    { numRuns: 20 },
  )
})
