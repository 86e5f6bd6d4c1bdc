import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  sign as nodeSign,
  webcrypto,
} from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { name } from '#primitives'
import { importSigningKey, type SigningAlgorithm, type SigningKeyInput } from '../src/index.ts'
import { failure } from './support/errors.ts'
import { newEcPair, newRsaPair, rfcJwk, rsaPair } from './support/keys.ts'
import { nodeVerifies } from './support/tokens.ts'

const ec = newEcPair()
const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1'): string =>
  String(key.export({ type, format: 'pem' } as { type: 'pkcs8'; format: 'pem' }))
const pkcs8 = pem(rsaPair.privateKey, 'pkcs8')
const usages = ['sign'] as const

async function cryptoKey(
  algorithm: string,
  key: KeyObject,
  extra: object = { hash: 'SHA-256' },
): Promise<webcrypto.CryptoKey> {
  const der = key.export({ type: 'pkcs8', format: 'der' })
  return webcrypto.subtle.importKey(
    'pkcs8',
    der,
    { name: algorithm, ...extra } as webcrypto.RsaHashedImportParams,
    false,
    [...usages],
  )
}

async function signs(
  input: SigningKeyInput,
  alg?: SigningAlgorithm,
  publicKey = rsaPair.publicKey,
): Promise<boolean> {
  const key = await importSigningKey(input, alg === undefined ? {} : { alg })
  const token = await key.signJwt({ iss: 'TESTCLIENT' }, 'main')
  return nodeVerifies(token, key.alg, publicKey)
}

describe('forms of a key, each verified by Node', () => {
  it.each<[string, SigningKeyInput]>([
    ['PKCS#8 PEM', pkcs8],
    ['PKCS#1 PEM', pem(rsaPair.privateKey, 'pkcs1')],
    ['PEM as bytes', new TextEncoder().encode(pkcs8)],
    ['PEM that is handed out', { reveal: () => new TextEncoder().encode(pkcs8) }],
    ['PEM with CRLF', pkcs8.replaceAll('\n', '\r\n')],
    ['PEM with indentation and blank lines', pkcs8.replaceAll('\n', '\n\n    ')],
    ['PEM with text around it', `Bag Attributes\n  friendlyName: x\n${pkcs8}trailing`],
    ['PEM in one line', pkcs8.replaceAll('\n', ' ')],
    ['JWK', rfcJwk],
    ['KeyObject', rsaPair.privateKey],
    ['signing function', { alg: 'RS256', sign: (data) => nodeSign('sha256', data, rsaPair.privateKey) }],
    [
      'asynchronous signing function',
      { alg: 'RS256', sign: async (data) => nodeSign('sha256', data, rsaPair.privateKey) },
    ],
  ])('%s', async (_, input) => {
    expect(await signs(input)).toBe(true)
    expect(await signs(input, 'RS256')).toBe(true)
  })

  it('RS256 CryptoKey', async () => {
    expect(await signs(await cryptoKey('RSASSA-PKCS1-v1_5', rsaPair.privateKey))).toBe(true)
  })

  it.each<[string, SigningKeyInput]>([
    ['PEM', pkcs8],
    ['JWK', rfcJwk],
    ['KeyObject', rsaPair.privateKey],
  ])('PS256 by option: %s', async (_, input) => {
    expect((await importSigningKey(input, { alg: 'PS256' })).alg).toBe('PS256')
    expect(await signs(input, 'PS256')).toBe(true)
  })

  it('PS256 by what the key says of itself', async () => {
    expect(await signs(await cryptoKey('RSA-PSS', rsaPair.privateKey))).toBe(true)
    expect((await importSigningKey({ ...rfcJwk, alg: 'PS256' })).alg).toBe('PS256')
  })

  it.each<[string, SigningKeyInput]>([
    ['PKCS#8 PEM', pem(ec.privateKey, 'pkcs8')],
    ['SEC 1 PEM', pem(ec.privateKey, 'sec1')],
    ['JWK', ec.privateKey.export({ format: 'jwk' })],
    ['KeyObject', ec.privateKey],
    [
      'function',
      {
        alg: 'ES256',
        sign: (data) => nodeSign('sha256', data, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
      },
    ],
  ])('ES256: %s', async (_, input) => {
    expect(await signs(input, 'ES256', ec.publicKey)).toBe(true)
  })

  it('ES256 without the option where the key says so', async () => {
    expect(await signs(pem(ec.privateKey, 'pkcs8'), undefined, ec.publicKey)).toBe(true)
    expect(await signs(ec.privateKey, undefined, ec.publicKey)).toBe(true)
    const key = await cryptoKey('ECDSA', ec.privateKey, { namedCurve: 'P-256' })
    expect(await signs(key, undefined, ec.publicKey)).toBe(true)
  })
})

describe('encrypted PEM', () => {
  const passphrase = 'correct horse'
  const encrypted = (['pkcs8', 'pkcs1'] as const).map((type) =>
    String(rsaPair.privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase })),
  )

  it.each(encrypted)('asks for a passphrase', async (text) => {
    const error = await failure('ERR_SSO_JWT_INVALID_PASSPHRASE', () => importSigningKey(text))
    expect(error.message).toContain('give its passphrase')
  })

  if (name === 'node') {
    it.each(encrypted)('is read with its passphrase', async (text) => {
      for (const secret of [passphrase, Buffer.from(passphrase), { reveal: () => Buffer.from(passphrase) }]) {
        const key = await importSigningKey(text.replaceAll('\n', '\r\n  '), { passphrase: secret })
        expect(nodeVerifies(await key.signJwt({}, 'k'), 'RS256', rsaPair.publicKey)).toBe(true)
      }
    })

    it.each(encrypted)('refuses a wrong passphrase without repeating it', async (text) => {
      const options = { passphrase: 'hunter2' }
      const error = await failure('ERR_SSO_JWT_INVALID_PASSPHRASE', () => importSigningKey(text, options))
      expect(inspect(error)).not.toContain('hunter2')
    })
  } else {
    it.each(encrypted)('says what to do where node:crypto is not', async (text) => {
      const error = await failure('ERR_SSO_JWT_UNSUPPORTED', () => importSigningKey(text, { passphrase }))
      expect(error.message).toContain('openssl pkcs8')
    })
  }
})

describe('what is refused', () => {
  const rejected = pkcs8.slice(40, 80)
  it.each<[string, unknown]>([
    ['no PEM', 'not a key'],
    ['half a PEM', pkcs8.slice(0, 900)],
    ['a damaged PEM', pkcs8.replace(rejected, '!'.repeat(40))],
    ['a PEM cut in the middle', `${pkcs8.slice(0, 900)}\n-----END PRIVATE KEY-----`],
    ['a public PEM', rsaPair.publicKey.export({ type: 'spki', format: 'pem' })],
    ['a huge text', `${' '.repeat(70_000)}${pkcs8}`],
    ['a public JWK', { kty: 'RSA', n: rfcJwk.n, e: rfcJwk.e }],
    ['a public KeyObject', rsaPair.publicKey],
    ['an Ed25519 KeyObject', generateKeyPairSync('ed25519').privateKey],
    ['an RSA-PSS KeyObject', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
    ['a P-384 PEM of SEC 1', pem(newEcPair('P-384').privateKey, 'sec1')],
    ['a P-384 JWK', newEcPair('P-384').privateKey.export({ format: 'jwk' })],
  ])('%s: ERR_SSO_JWT_INVALID_KEY', async (_, input) => {
    const error = await failure('ERR_SSO_JWT_INVALID_KEY', () => importSigningKey(input as SigningKeyInput))
    expect(inspect(error, { depth: 9 })).not.toContain(rejected)
    expect(inspect(error, { depth: 9 })).not.toContain(rfcJwk.d.slice(0, 20))
  })

  it.each<[string, unknown]>([
    [
      'an OpenSSH key',
      ['BEGIN', 'END'].map((word) => `-----${word} OPENSSH PRIVATE KEY-----`).join('\nAAAA\n'),
    ],
    ['a symmetric JWK', { kty: 'oct', k: 'c2VjcmV0' }],
  ])('%s: ERR_SSO_JWT_UNSUPPORTED', async (_, input) => {
    await failure('ERR_SSO_JWT_UNSUPPORTED', () => importSigningKey(input as SigningKeyInput))
  })

  it.each<[string, SigningKeyInput, SigningAlgorithm]>([
    ['an EC PEM', pem(ec.privateKey, 'pkcs8'), 'RS256'],
    ['an EC JWK', ec.privateKey.export({ format: 'jwk' }), 'PS256'],
    ['an RSA PEM', pkcs8, 'ES256'],
    ['an RSA KeyObject', rsaPair.privateKey, 'ES256'],
  ])('%s for another kind of algorithm', async (_, input, alg) => {
    const error = await failure('ERR_SSO_JWT_INVALID_KEY', () => importSigningKey(input, { alg }))
    expect(error.message).toContain(alg)
  })

  it('CryptoKeys that are public, for another hash, or for another use', async () => {
    const spki = rsaPair.publicKey.export({ type: 'spki', format: 'der' })
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const publicKey = await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify'])
    const sha512 = await cryptoKey('RSASSA-PKCS1-v1_5', rsaPair.privateKey, { hash: 'SHA-512' })
    const pss = await cryptoKey('RSA-PSS', rsaPair.privateKey)
    const p384 = await cryptoKey('ECDSA', newEcPair('P-384').privateKey, { namedCurve: 'P-384' })
    for (const key of [publicKey, sha512, p384])
      await failure('ERR_SSO_JWT_INVALID_KEY', () => importSigningKey(key))
    await failure('ERR_SSO_JWT_INVALID_KEY', () => importSigningKey(pss, { alg: 'RS256' }))
  })

  it.each([undefined, null, 42, {}, [], { sign: 'x' }])('%o: ERR_SSO_JWT_INVALID_INPUT', async (input) => {
    await failure('ERR_SSO_JWT_INVALID_INPUT', () => importSigningKey(input as unknown as SigningKeyInput))
  })

  it.each(['none', 'HS256', 'RS512', '', '__proto__'])('alg %s: ERR_SSO_JWT_INVALID_INPUT', async (alg) => {
    const options = { alg: alg as SigningAlgorithm }
    await failure('ERR_SSO_JWT_INVALID_INPUT', () => importSigningKey(pkcs8, options))
    await failure('ERR_SSO_JWT_INVALID_INPUT', () => importSigningKey({ ...rfcJwk, ...options }))
    await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
      importSigningKey({ ...options, sign: () => new Uint8Array(256) }),
    )
  })

  it('an alg that contradicts the key', async () => {
    const sign = () => new Uint8Array(256)
    await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
      importSigningKey({ ...rfcJwk, alg: 'RS256' }, { alg: 'PS256' }),
    )
    await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
      importSigningKey({ alg: 'RS256', sign }, { alg: 'PS256' }),
    )
  })
})

describe('size of RSA keys', () => {
  it('points out fewer than 3072 bits', async () => {
    const { warnings } = await importSigningKey(rfcJwk)
    expect(warnings).toEqual([
      { code: 'WARN_SSO_JWT_SMALL_KEY', field: 'key', message: expect.stringContaining('2048 bits') },
    ])
  })

  it('accepts and points out a key that is too small for RFC 7518', async () => {
    const { warnings } = await importSigningKey(newRsaPair(1024).privateKey)
    expect(warnings[0]?.message).toContain('RFC 7518 3.3')
  })

  it('says nothing of 3072 bits and of EC keys', async () => {
    expect((await importSigningKey(newRsaPair(3072).privateKey)).warnings).toEqual([])
    expect((await importSigningKey(ec.privateKey)).warnings).toEqual([])
  })
})

describe('a JWK of the caller', () => {
  it('is neither frozen nor changed, and changing it later changes nothing', async () => {
    const jwk = { ...rfcJwk, key_ops: ['sign'], ext: true }
    const before = structuredClone(jwk)
    const key = await importSigningKey(jwk)
    await key.signJwt({}, 'k')
    expect(jwk).toEqual(before)
    expect(Object.isFrozen(jwk) || Object.isFrozen(jwk.key_ops)).toBe(false)
    jwk.d = 'AAAA'
    expect(nodeVerifies(await key.signJwt({}, 'k'), 'RS256', rsaPair.publicKey)).toBe(true)
  })
})

it('is imported as a key that cannot be exported again, even if it says it may be', async () => {
  const importKey = vi.spyOn(webcrypto.subtle, 'importKey')
  await importSigningKey({ ...rfcJwk, ext: true })
  await importSigningKey(pkcs8)
  expect(importKey.mock.calls.map(([, , , extractable]) => extractable)).toEqual([false, false])
})

describe('signing functions', () => {
  it('are given the signing input and the algorithm', async () => {
    const calls: unknown[] = []
    const signer = {
      alg: 'PS256' as const,
      sign(...args: unknown[]) {
        calls.push([Buffer.from(args[0] as Uint8Array).toString(), args[1], this === signer])
        return new Uint8Array(384)
      },
    }
    const token = await (await importSigningKey(signer)).signJwt({ a: 1 }, 'k')
    expect(calls).toEqual([[token.split('.').slice(0, 2).join('.'), 'PS256', true]])
  })

  it.each<[alg: SigningAlgorithm, output: unknown, words: string]>([
    ['RS256', 'text', 'Uint8Array'],
    ['RS256', undefined, 'Uint8Array'],
    ['RS256', new ArrayBuffer(256), 'Uint8Array'],
    ['RS256', new Uint8Array(0), '0 bytes'],
    ['RS256', new Uint8Array(32), '32 bytes'],
    ['PS256', new Uint8Array(2049), '2049 bytes'],
    ['ES256', new Uint8Array(63), '63 bytes'],
    ['ES256', nodeSign('sha256', Buffer.from('x'), ec.privateKey), 'DER'],
  ])('%s is told apart from what is no signature (%#)', async (alg, output, words) => {
    const key = await importSigningKey({ alg, sign: () => output as Uint8Array })
    const error = await failure('ERR_SSO_JWT_SIGNING_FAILED', () => key.signJwt({}, 'k'))
    expect(error.message).toContain(words)
  })

  it('that throw or reject are the cause', async () => {
    const cause = new Error('vault sealed')
    for (const sign of [
      () => Promise.reject(cause),
      () => {
        throw cause
      },
    ]) {
      const key = await importSigningKey({ alg: 'RS256', sign })
      expect((await failure('ERR_SSO_JWT_SIGNING_FAILED', () => key.signJwt({}, 'k'))).cause).toBe(cause)
    }
  })
})

it('shows no key material', async () => {
  const key = await importSigningKey(createPrivateKey(pkcs8))
  const shown =
    inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key) + JSON.stringify({ ...key })
  expect(shown).not.toContain(rfcJwk.d.slice(0, 16))
  expect(Object.keys(key)).toEqual(['alg', 'warnings'])
})

it('leaves no copy of the key that it decoded', async () => {
  const held = rsaPair.privateKey.export({ type: 'pkcs8', format: 'der' })
  await importSigningKey({ type: 'private', export: () => held })
  expect(held.every((byte) => byte === 0)).toBe(true)
})
