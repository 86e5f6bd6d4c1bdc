import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, inject, it } from 'vitest'
import { readRsaKey } from '../src/credentials/keys.ts'

const key = createPrivateKey(inject('keys').signing)
const der = key.export({ type: 'pkcs8', format: 'der' })
const pem = (type: 'pkcs1' | 'pkcs8'): string => key.export({ type, format: 'pem' }).toString()
const spki = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()

describe('a key that is given', () => {
  it.each([
    ['PKCS#8', pem('pkcs8')],
    ['PKCS#1', pem('pkcs1')],
    ['newlines written \\n', pem('pkcs8').replaceAll('\n', '\\n')],
    ['CRLF, indented, text before it', `Bag Attributes\r\n${pem('pkcs1').replaceAll('\n', '\r\n  ')}`],
    ['its public key before it', spki + pem('pkcs8')],
    ['the whole PEM in base64', Buffer.from(pem('pkcs1')).toString('base64')],
    ['DER in base64', der.toString('base64')],
    ['a KeyObject', key],
  ])('is read as the packages for clients read it: %s', (_form, input) => {
    expect(readRsaKey(input, 'credentials.signingKey').export({ type: 'pkcs8', format: 'der' })).toEqual(der)
  })

  it('may be its public half', () => {
    for (const input of [spki, Buffer.from(spki).toString('base64'), createPublicKey(key)]) {
      const read = readRsaKey(input, 'credentials.signingKey')
      expect(read.export({ type: 'spki', format: 'pem' })).toBe(spki)
    }
  })

  it.each([
    ['nothing of a key', 'secret-text', /^credentials\.signingKey is no PEM, DER or JWK/],
    ['half of one', pem('pkcs8').slice(0, 600), /^credentials\.signingKey /],
    [
      'an encrypted one',
      key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' }).toString(),
      /^credentials\.signingKey is encrypted/,
    ],
    [
      'another algorithm',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
      /^credentials\.signingKey must be an RSA key/,
    ],
    [
      'a JWK',
      JSON.stringify(key.export({ format: 'jwk' })),
      /^credentials\.signingKey must be PEM, or PEM or DER in base64$/,
    ],
  ])('is refused by its field, and never quoted: %s', (_what, input, message) => {
    expect(() => readRsaKey(input, 'credentials.signingKey')).toThrow(
      expect.objectContaining({
        code: 'ERR_SANDBOX_INVALID_INPUT',
        message: expect.stringMatching(message),
      }),
    )
    expect(() => readRsaKey(input, 'credentials.signingKey')).not.toThrow(/secret-text|MII/)
  })
})
