import { createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto'
import type { RsaPrivateNumbers } from '@ibkr-auth/internal/rsa-numbers'
import { rsaNumbersFromJwk } from '@ibkr-auth/internal/rsa-numbers'
import { describe, expect, test } from 'vitest'
import { decryptAccessTokenSecret, PrivateEncryptionKey } from '../src/index.ts'
import type { Primitives } from '../src/primitives/contract.ts'
import * as native from '../src/primitives/node.ts'
import * as portable from '../src/primitives/portable.ts'
import { encryptAccessTokenSecret } from '../src/server.ts'
import { codeOf } from './support/exchanges.ts'
import { base64url, hex, ibkrExample, jwkFrom, keyObjectFrom, publicJwkFrom } from './support/fixtures.ts'

const jwk = jwkFrom(ibkrExample.encryptionKey)
const publicJwk = publicJwkFrom(ibkrExample.encryptionKey)
const { ciphertextBase64, plaintextHex } = ibkrExample.accessTokenSecret
const isNative = process.env.PRIMITIVES === 'node'
const secret = new Uint8Array(32).fill(1)
const odd = (bits: bigint): string => base64url((1n << (bits - 1n)) + 1n)

/** One bit of a number of the key, flipped. */
function damaged(member: string, bit: bigint): Record<string, unknown> {
  const value = BigInt(`0x${Buffer.from(String(jwk[member]), 'base64url').toString('hex')}`)
  return { ...jwk, [member]: base64url(value ^ (1n << bit)) }
}

describe('a damaged private key', () => {
  test.each(['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'])('is told as such: %s', (member) => {
    for (const bit of [0n, 1n, 13n]) {
      expect(codeOf(() => decryptAccessTokenSecret(ciphertextBase64, damaged(member, bit)))).toBe(
        'ERR_LST_INVALID_KEY',
      )
    }
  })

  test('is told as such without its primes, when it is used', () => {
    const { n, e } = jwk
    for (const bit of [1n, 900n]) {
      const key = new PrivateEncryptionKey({ kty: 'RSA', n, e, d: damaged('d', bit).d } as object)
      expect(() => decryptAccessTokenSecret(ciphertextBase64, key)).toThrow(
        /privateEncryptionKey is no sound RSA key.*take it from a backup/,
      )
    }
  })
})

const both: readonly [string, Primitives][] = [
  ['node', native],
  ['portable', portable],
]

describe.each(both)('a fault in the Chinese remainder theorem, %s primitives', (_, primitives) => {
  const sound = rsaNumbersFromJwk(jwk) as Required<RsaPrivateNumbers> & Record<string, bigint>
  const ciphertext = new Uint8Array(Buffer.from(ciphertextBase64, 'base64'))

  test.each(['dp', 'dq', 'qi'])(
    '%s: the result is right all the same, and gives no factor away',
    (member) => {
      const faulty = { ...sound, [member]: sound[member]! + 2n } as RsaPrivateNumbers
      const block = primitives.createRsaPrivateKey(faulty).decryptRaw(ciphertext)!
      expect(hex(block)).toBe(ibkrExample.accessTokenSecret.rawRsaResultHex.padStart(512, '0'))
    },
  )
})

describe('a public key of a stranger', () => {
  test.each<[string, Record<string, unknown>]>([
    ['an exponent of 1', { ...publicJwk, e: 'AQ' }],
    ['an even exponent', { ...publicJwk, e: base64url(65_536n) }],
    ['an exponent of 65 bits', { ...publicJwk, e: odd(65n) }],
    ['an exponent as long as the modulus', { ...publicJwk, e: odd(2000n) }],
    ['an even modulus', { ...publicJwk, n: base64url(1n << 2047n) }],
    ['a modulus of 1023 bits', { ...publicJwk, n: odd(1023n) }],
    ['a modulus of 8193 bits', { ...publicJwk, n: odd(8193n) }],
    ['a modulus of 100,000 bits', { ...publicJwk, n: odd(100_000n) }],
    ['a key for signatures', { ...publicJwk, use: 'sig' }],
    ['a key for other operations', { ...publicJwk, key_ops: ['verify'] }],
    ['the private half', jwk],
  ])('is refused: %s', (_, key) => {
    expect(codeOf(() => encryptAccessTokenSecret(secret, key))).toBe('ERR_LST_INVALID_KEY')
  })

  test.each<[string, Record<string, unknown>]>([
    ['1024 bits', { ...publicJwk, n: odd(1024n) }],
    ['8192 bits and an exponent of 64', { ...publicJwk, n: odd(8192n), e: odd(64n) }],
    ['a key for encryption', { ...publicJwk, use: 'enc', key_ops: ['encrypt'] }],
  ])('is taken: %s', (_, key) => {
    expect(encryptAccessTokenSecret(secret, key)).toMatch(/^[\w+/]+=*$/)
  })
})

describe('a private key', () => {
  test('of 1023 bits is refused', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1023 })
    expect(() => new PrivateEncryptionKey(privateKey)).toThrow(/has 1023 bits, not 1024 to 8192/)
  })

  test.each([
    ['use', { use: 'sig' }],
    ['key_ops', { key_ops: ['sign'] }],
  ])('for signatures by its %s is refused', (_, members) => {
    expect(codeOf(() => new PrivateEncryptionKey({ ...jwk, ...members }))).toBe('ERR_LST_INVALID_KEY')
  })

  test('for RSASSA-PSS is refused', () => {
    const { privateKey } = generateKeyPairSync('rsa-pss', { modulusLength: 1024 })
    expect(codeOf(() => new PrivateEncryptionKey(privateKey))).toBe('ERR_LST_INVALID_KEY')
  })

  test('opened by its passphrase can come and go as { reveal() }', () => {
    const pem = keyObjectFrom(ibkrExample.encryptionKey).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'correct',
    })
    const key = { reveal: () => String(pem) }
    const options = { passphrase: { reveal: () => 'correct' } }
    const decrypt = (): string => hex(decryptAccessTokenSecret(ciphertextBase64, key, options).reveal())
    if (isNative) expect(decrypt()).toBe(plaintextHex)
    else expect(codeOf(decrypt)).toBe('ERR_LST_ENCRYPTED_KEY')
  })
})

describe('a CryptoKey', async () => {
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' }
  const importKey = (
    key: object,
    usages: webcrypto.KeyUsage[],
    extractable = true,
  ): Promise<webcrypto.CryptoKey> =>
    webcrypto.subtle.importKey('jwk', key as webcrypto.JsonWebKey, algorithm, extractable, usages)
  const [privateKey, publicKey] = [await importKey(jwk, ['decrypt']), await importKey(publicJwk, ['encrypt'])]

  test('is taken on Node, and told where it cannot be', () => {
    const decrypt = (): string => hex(decryptAccessTokenSecret(ciphertextBase64, privateKey).reveal())
    const encrypt = (): string => encryptAccessTokenSecret(secret, publicKey)
    if (isNative) {
      expect(decrypt()).toBe(plaintextHex)
      expect(encrypt()).toHaveLength(344)
    } else {
      expect(decrypt).toThrow(/is a CryptoKey, which is taken on Node only/)
      expect(encrypt).toThrow(/is a CryptoKey, which is taken on Node only/)
    }
  })

  test('is refused for what it may not do', async () => {
    const wrapping = await importKey(jwk, ['unwrapKey'])
    const signing = await webcrypto.subtle.importKey(
      'jwk',
      jwk as webcrypto.JsonWebKey,
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      true,
      ['sign'],
    )
    for (const key of [wrapping, signing, publicKey]) {
      expect(codeOf(() => new PrivateEncryptionKey(key))).toBe('ERR_LST_INVALID_KEY')
    }
  })
})

test.each([
  {},
  { algorithm: null, usages: null },
  { type: 'private', extractable: true, algorithm: { name: 'RSA-OAEP' }, usages: ['decrypt'] },
])('an object that only calls itself a CryptoKey is none: %j', (members) => {
  const key = { [Symbol.toStringTag]: 'CryptoKey', ...members }
  expect(codeOf(() => new PrivateEncryptionKey(key as object))).toBe('ERR_LST_INVALID_KEY')
})

test.each([
  ['RSA1_5', true],
  ['RSA-OAEP', true], // what WebCrypto writes into the keys that it exports
  ['RSA-OAEP-256', true],
  ['RS256', false],
  ['PS256', false],
  ['none', false],
  ['', false],
])('a JWK bound to the algorithm %j: taken %j (RFC 7517 4.4)', (alg, isTaken) => {
  const use = (): unknown => decryptAccessTokenSecret(ciphertextBase64, { ...jwk, alg })
  expect(codeOf(use)).toBe(isTaken ? 'none' : 'ERR_LST_INVALID_KEY')
})

test('a KeyObject of another half says which half it is', () => {
  const key = createPublicKey(keyObjectFrom(ibkrExample.encryptionKey))
  expect(() => new PrivateEncryptionKey(key)).toThrow(/privateEncryptionKey.*public/)
})
