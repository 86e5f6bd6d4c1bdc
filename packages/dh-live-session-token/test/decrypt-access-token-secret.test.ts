import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decryptAccessTokenSecret, decryptAccessTokenSecretInTurn } from '../src/index.ts'
import { encryptAccessTokenSecret } from '../src/server.ts'
import { codeOf, rejectionCodeOf } from './support/exchanges.ts'
import { hex, ibkrExample, keyObjectFrom, publicJwkFrom } from './support/fixtures.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const { ciphertextBase64, plaintextHex } = ibkrExample.accessTokenSecret
const exampleKey = keyObjectFrom(ibkrExample.encryptionKey)

/** Any 256-byte block under the public operation, padding and all left to the test. */
function seal(block: Uint8Array): string {
  return publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block).toString('base64')
}

interface Parts {
  readonly head?: readonly number[]
  readonly padding?: number
  readonly separator?: readonly number[]
  readonly message?: number
}

/** `00 02 | padding string | 00 | message`, each part as asked for; the message takes what is left. */
function block({ head = [0, 2], padding, separator = [0], message }: Parts): Uint8Array {
  const room = 256 - head.length - separator.length
  const messageLength = message ?? (padding === undefined ? 32 : room - padding)
  const paddingBytes = new Uint8Array(room - messageLength).fill(0xa5)
  return Uint8Array.of(...head, ...paddingBytes, ...separator, ...new Uint8Array(messageLength).fill(0x5a))
}

describe('RSAES-PKCS1-v1_5 blocks', () => {
  test.each<[string, Uint8Array, number]>([
    ['an ordinary message', block({}), 32],
    ['one byte of message', block({ message: 1 }), 1],
    ['the longest message that eight padding bytes allow', block({ message: 245 }), 245],
    ['zeros in the message', block({ separator: [0, 0, 0], message: 30 }), 32],
  ])('well formed: %s', (_, wellFormed, length) => {
    expect(wellFormed).toHaveLength(256)
    expect(decryptAccessTokenSecret(seal(wellFormed), privateKey).reveal()).toHaveLength(length)
  })

  const malformed: [string, Uint8Array][] = [
    ['block type 1', block({ head: [0, 1] })],
    ['block type 0', block({ head: [0, 0] })],
    ['block type 3', block({ head: [0, 3] })],
    ['a first byte of 1', block({ head: [1, 2] })],
    ['a first byte of 2, as if shifted', block({ head: [2, 0xa5] })],
    ['seven bytes of padding string', block({ padding: 7 })],
    ['one byte of padding string', block({ padding: 1 })],
    ['no padding string', block({ padding: 0 })],
    ['a zero among the first eight padding bytes', block({ head: [0, 2, 1, 2, 3, 4, 5, 6, 7, 0] })],
    ['no separator', block({ separator: [], message: 32 })],
    ['a message of no bytes', block({ message: 0 })],
    ['one byte more message than fits', block({ message: 246 })],
    ['nothing but zeros', new Uint8Array(256)],
    ['the value one', new Uint8Array(256).fill(1, 255)],
  ]

  test.each(malformed)('malformed: %s', (_, bad) => {
    expect(bad).toHaveLength(256)
    expect(codeOf(() => decryptAccessTokenSecret(seal(bad), privateKey))).toBe('ERR_LST_SECRET_DECRYPTION')
  })

  test('all malformed ones, and a wrong key, look the same from outside', () => {
    const seen = [
      ...malformed.map(([, bad]) => seal(bad)),
      encryptAccessTokenSecret(new Uint8Array(32), publicJwkFrom(ibkrExample.signingKey)),
    ]
    const errors = seen.map((ciphertext) => {
      try {
        decryptAccessTokenSecret(ciphertext, privateKey)
        return 'none'
      } catch (error) {
        const { message, code, cause, ...rest } = error as Error & { code: string }
        return JSON.stringify({ message, code, cause: String(cause), rest })
      }
    })
    // The wrong key can also meet a value above this modulus, which is public and has a code of its own.
    const last = errors.pop()
    expect(new Set(errors).size).toBe(1)
    expect([errors[0], last?.includes('ERR_LST_SECRET_OUT_OF_RANGE') ? last : errors[0]]).toContain(last)
    expect(errors[0]).toMatch(/not the signature key.*neither secret nor key pair was replaced/)
  })
})

describe('what is public about the input is said before anything is decrypted', () => {
  const decrypt = (text: unknown): string =>
    codeOf(() => decryptAccessTokenSecret(text as string, exampleKey))

  test.each<[string, unknown, string]>([
    ['not base64', `${ciphertextBase64.slice(0, -4)}$$$$`, 'ERR_LST_SECRET_NOT_BASE64'],
    ['quotes around it', `"${ciphertextBase64}"`, 'ERR_LST_SECRET_NOT_BASE64'],
    ['no text', undefined, 'ERR_LST_SECRET_NOT_BASE64'],
    ['nothing', '', 'ERR_LST_SECRET_LENGTH'],
    ['endless white space', `${' '.repeat(16_384)}${ciphertextBase64}`, 'ERR_LST_SECRET_LENGTH'],
    ['a character lost', ciphertextBase64.slice(1), 'ERR_LST_SECRET_LENGTH'],
    ['four characters lost', ciphertextBase64.slice(4), 'ERR_LST_SECRET_LENGTH'],
    ['two characters added', `AA${ciphertextBase64}`, 'ERR_LST_SECRET_LENGTH'],
    ['pasted twice', ciphertextBase64.replace(/=+$/, '').repeat(2), 'ERR_LST_SECRET_LENGTH'],
    ['the decrypted secret', Buffer.from(plaintextHex, 'hex').toString('base64'), 'ERR_LST_SECRET_LENGTH'],
    ['not below the modulus', Buffer.alloc(256, 255).toString('base64'), 'ERR_LST_SECRET_OUT_OF_RANGE'],
    [
      'the modulus itself',
      Buffer.from(ibkrExample.encryptionKey.n, 'hex').toString('base64'),
      'ERR_LST_SECRET_OUT_OF_RANGE',
    ],
  ])('%s', (_, text, code) => {
    expect(decrypt(text)).toBe(code)
  })

  test.each([
    ['line breaks', ciphertextBase64.replace(/.{64}/g, '$&\r\n')],
    ['spaces', ` ${ciphertextBase64.replace(/.{10}/g, '$& ')}`],
    ['the URL-safe alphabet', ciphertextBase64.replaceAll('+', '-').replaceAll('/', '_')],
    ['no padding', ciphertextBase64.replace(/=+$/, '')],
  ])('%s are understood', (_, text) => {
    expect(hex(decryptAccessTokenSecret(text, exampleKey).reveal())).toBe(plaintextHex)
  })
})

test('the asynchronous form gives the same, and rejects where the other throws', async () => {
  expect(hex((await decryptAccessTokenSecretInTurn(ciphertextBase64, exampleKey)).reveal())).toBe(
    plaintextHex,
  )
  expect(await rejectionCodeOf(decryptAccessTokenSecretInTurn('', exampleKey))).toBe('ERR_LST_SECRET_LENGTH')
  expect(await rejectionCodeOf(decryptAccessTokenSecretInTurn(ciphertextBase64, 'no key'))).toBe(
    'ERR_LST_INVALID_KEY',
  )
})

test('whatever the secret, what is encrypted is decrypted; with one bit flipped it is not', () => {
  const key = { kty: 'RSA', ...publicKey.export({ format: 'jwk' }) }
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 245 }), fc.nat(2047), (secret, bit) => {
      const ciphertext = encryptAccessTokenSecret(secret, key)
      expect(decryptAccessTokenSecret(ciphertext, privateKey).reveal()).toEqual(secret)
      const flipped = Buffer.from(ciphertext, 'base64')
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      let survived: Uint8Array | undefined
      try {
        survived = decryptAccessTokenSecret(flipped.toString('base64'), privateKey).reveal()
      } catch (error) {
        expect((error as { code: string }).code).toMatch(/^ERR_LST_SECRET_(DECRYPTION|OUT_OF_RANGE)$/)
      }
      expect(survived).not.toEqual(secret)
    }),
    { numRuns: 30 },
  )
})
