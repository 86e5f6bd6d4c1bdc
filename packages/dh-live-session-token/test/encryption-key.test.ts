import { generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  decryptAccessTokenSecret,
  isLiveSessionTokenError,
  PrivateEncryptionKey,
  type PrivateEncryptionKeyInput,
  type PublicEncryptionKeyInput,
} from '../src/index.ts'
import { encryptAccessTokenSecret } from '../src/server.ts'
import { codeOf } from './support/exchanges.ts'
import { hex, ibkrExample, jwkFrom, keyObjectFrom, publicJwkFrom, publicKeyOf } from './support/fixtures.ts'

const privateKey = keyObjectFrom(ibkrExample.encryptionKey)
const publicKey = publicKeyOf(privateKey)
const jwk = jwkFrom(ibkrExample.encryptionKey)
const publicJwk = publicJwkFrom(ibkrExample.encryptionKey)
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const passphrase = 'correct horse'
const encrypted = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
  .toString()
const encryptedDer = privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase })
const encryptedTraditional = privateKey
  .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase })
  .toString()
const { ciphertextBase64, plaintextHex } = ibkrExample.accessTokenSecret
const native = process.env.PRIMITIVES === 'node'
const isArmourLine = (line: string): boolean => line.startsWith('-----')

describe('a private encryption key is taken as', () => {
  test.each<[string, PrivateEncryptionKeyInput]>([
    ['PKCS #1 PEM', pkcs1],
    ['PKCS #8 PEM', pkcs8],
    ['PEM with CRLF', pkcs8.replaceAll('\n', '\r\n')],
    ['PEM with blank lines', pkcs8.replaceAll('\n', '\n\n')],
    ['indented PEM', pkcs1.replaceAll(/^/gm, '\t  ')],
    ['PEM with other text around it', `Bag Attributes\n  localKeyID: 01\n${pkcs8}\n# end`],
    ['PEM with line breaks written out', pkcs8.replaceAll('\n', '\\n')],
    [
      'PEM on one line',
      pkcs8
        .split('\n')
        .filter((line) => !isArmourLine(line))
        .join('')
        .replace(/^/, '-----BEGIN PRIVATE KEY-----')
        .concat('-----END PRIVATE KEY-----'),
    ],
    ['PEM after its certificate', `-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n${pkcs8}`],
    ['PEM after its public half', `${publicKey.export({ type: 'spki', format: 'pem' })}${pkcs8}`],
    ['PEM with CR', pkcs8.replaceAll('\n', '\r')],
    ['PKCS #1 PEM with line breaks written out', pkcs1.trim().replaceAll('\n', '\\n')],
    ['PKCS #1 under the label of PKCS #8', pkcs1.replaceAll('RSA PRIVATE KEY', 'PRIVATE KEY')],
    ['PKCS #8 under the label of PKCS #1', pkcs8.replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY')],
    ['PEM as bytes', Buffer.from(pkcs8)],
    ['the whole PEM in base64', Buffer.from(pkcs8).toString('base64')],
    ['DER in base64', privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')],
    ['PEM that is revealed', { reveal: () => pkcs8 }],
    ['DER that is revealed', { reveal: () => privateKey.export({ type: 'pkcs1', format: 'der' }) }],
    ['PKCS #1 DER', new Uint8Array(privateKey.export({ type: 'pkcs1', format: 'der' }))],
    ['PKCS #8 DER', privateKey.export({ type: 'pkcs8', format: 'der' })],
    ['JWK', jwk],
    ['JWK without the primes', { kty: 'RSA', n: jwk.n, e: jwk.e, d: jwk.d }],
    ['KeyObject', privateKey],
    ['PrivateEncryptionKey', new PrivateEncryptionKey(pkcs8)],
  ])('%s', (_, key) => {
    expect(hex(decryptAccessTokenSecret(ciphertextBase64, key).reveal())).toBe(plaintextHex)
  })

  test.each<[string, string | Uint8Array]>([
    ['encrypted PKCS #8', encrypted],
    ['encrypted PKCS #8 with CRLF and indented', encrypted.replaceAll('\n', '\r\n  ')],
    ['a PEM encrypted the traditional way', encryptedTraditional],
    ['the same, indented, with CRLF', encryptedTraditional.replaceAll(/^/gm, ' ').replaceAll('\n', '\r\n')],
    ['encrypted DER', encryptedDer],
  ])('%s, where OpenSSL is there', (_, pem) => {
    for (const secret of [passphrase, new Uint8Array(Buffer.from(passphrase))]) {
      const decrypt = (): string =>
        hex(decryptAccessTokenSecret(ciphertextBase64, pem, { passphrase: secret }).reveal())
      if (native) expect(decrypt()).toBe(plaintextHex)
      else expect(codeOf(decrypt)).toBe('ERR_LST_ENCRYPTED_KEY')
    }
  })
})

describe('what cannot be used has a code', () => {
  const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const corrupt = { ...jwk, p: jwk.q, q: jwk.dp }

  test.each<[string, unknown]>([
    ['no key at all', ''],
    ['a public PEM', publicKey.export({ type: 'spki', format: 'pem' })],
    ['a public PKCS #1 PEM', publicKey.export({ type: 'pkcs1', format: 'pem' })],
    ['a public JWK', publicKey.export({ format: 'jwk' })],
    ['a public KeyObject', publicKey],
    ['an EC PEM', ecKey.export({ type: 'pkcs8', format: 'pem' })],
    ['an EC JWK', ecKey.export({ format: 'jwk' })],
    ['an EC KeyObject', ecKey],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----'],
    ['a truncated PEM', pkcs8.slice(0, 900)],
    [
      'a PEM with half its lines',
      pkcs8
        .split('\n')
        .filter((_, index) => index % 2 === 0 || index > 24)
        .join('\n'),
    ],
    ['primes of another modulus', corrupt],
    ['empty bytes', new Uint8Array()],
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['an empty object', {}],
  ])('%s', (_, key) => {
    expect(codeOf(() => new PrivateEncryptionKey(key as string))).toBe('ERR_LST_INVALID_KEY')
  })

  test.each([
    ['no passphrase', undefined],
    ['a wrong passphrase', 'wrong'],
  ])('an encrypted PEM and %s', (_, wrong) => {
    expect(codeOf(() => new PrivateEncryptionKey(encrypted, { passphrase: wrong }))).toBe(
      'ERR_LST_ENCRYPTED_KEY',
    )
  })

  test('an encrypted EC key', () => {
    const pem = ecKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString()
    const code = native ? 'ERR_LST_INVALID_KEY' : 'ERR_LST_ENCRYPTED_KEY'
    expect(codeOf(() => new PrivateEncryptionKey(pem, { passphrase }))).toBe(code)
  })

  test('an endless PEM is not searched for long', () => {
    const endless = '-----BEGIN RSA PRIVATE KEY-----'.repeat(200_000)
    expect(codeOf(() => new PrivateEncryptionKey(endless))).toBe('ERR_LST_INVALID_KEY')
  })
})

describe('a public encryption key is taken as', () => {
  test.each<[string, PublicEncryptionKeyInput]>([
    ['SPKI PEM', publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ['PKCS #1 PEM', publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['SPKI DER', publicKey.export({ type: 'spki', format: 'der' })],
    ['PKCS #1 DER', publicKey.export({ type: 'pkcs1', format: 'der' })],
    ['JWK', { kty: 'RSA', n: jwk.n, e: jwk.e }],
    ['KeyObject', publicKey],
  ])('%s', (_, key) => {
    const ciphertext = encryptAccessTokenSecret(Buffer.from(plaintextHex, 'hex'), key)
    expect(ciphertext).toHaveLength(344)
    expect(hex(decryptAccessTokenSecret(ciphertext, privateKey).reveal())).toBe(plaintextHex)
  })

  test.each<[string, unknown]>([
    ['the private half', pkcs8],
    ['nothing', undefined],
    ['text', 'MIIB'],
    ['an EC key', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey],
    [
      'an EC PEM',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }),
    ],
    ['SPKI in SPKI', Uint8Array.of(0x30, 12, 0x30, 0, 3, 8, 0, 0x30, 5, 0x30, 0, 3, 1, 0)],
    ['an even modulus', { kty: 'RSA', n: 'gA', e: 'AQAB' }],
  ])('but not %s', (_, key) => {
    expect(codeOf(() => encryptAccessTokenSecret(new Uint8Array(1), key as string))).toBe(
      'ERR_LST_INVALID_KEY',
    )
  })

  test.each([0, 246])('and a secret of %i bytes does not fit', (length) => {
    expect(codeOf(() => encryptAccessTokenSecret(new Uint8Array(length), publicJwk))).toBe(
      'ERR_LST_INVALID_INPUT',
    )
  })
})

test.each<[string, (length: number) => Uint8Array]>([
  ['nothing but zeros', (length) => new Uint8Array(length)],
  ['nothing', () => new Uint8Array()],
  ['too much', (length) => new Uint8Array(length + 5).fill(1)],
  ['a text', (length) => '1'.repeat(length) as never],
  ['a promise', (length) => Promise.resolve(new Uint8Array(length).fill(1)) as never],
])('a random source that gives %s is found out', (_, randomBytes) => {
  expect(codeOf(() => encryptAccessTokenSecret(new Uint8Array(1), publicJwk, { randomBytes }))).toBe(
    'ERR_LST_INVALID_INPUT',
  )
})

test('zeros in between are drawn anew', () => {
  let byte = 0
  const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => byte++ & 3)
  const ciphertext = encryptAccessTokenSecret(Uint8Array.of(7), publicJwk, { randomBytes })
  expect(decryptAccessTokenSecret(ciphertext, jwk).reveal()).toEqual(Uint8Array.of(7))
})

test('a key shows nothing of itself, and errors show nothing of a key', () => {
  const key = new PrivateEncryptionKey(jwk)
  expect(key.modulusLength).toBe(256)
  expect(inspect(key, { depth: 9, showHidden: true, getters: true })).not.toMatch(/[\w-]{30}/)
  expect(JSON.stringify(key)).toBe('{}')
  try {
    new PrivateEncryptionKey(encrypted, { passphrase: 'a wrong secret' })
    expect.unreachable()
  } catch (error) {
    expect(isLiveSessionTokenError(error)).toBe(true)
    expect(inspect(error, { depth: 9 })).not.toMatch(/a wrong secret|[A-Za-z0-9+/]{60}/)
  }
})
