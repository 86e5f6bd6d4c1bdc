import { createHmac, createPrivateKey, createSecretKey, generateKeyPairSync, webcrypto } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { primitivesName } from '#primitives'
import {
  createAuthorizationHeader,
  createRequestTokenRequest,
  hmacSha1,
  hmacSha256,
  plaintext,
  rsaSha1,
  rsaSha256,
  SecretText,
  type SignedRequest,
  type Signer,
} from '../src/index.ts'
import * as nodePrimitives from '../src/primitives/node.ts'
import * as portablePrimitives from '../src/primitives/portable.ts'
import { rsaSha1Verifier, rsaSha256Verifier } from '../src/server.ts'
import { otherKeyPair, signingJwk, signingKey, signingPublicJwk, signingPublicKey } from './support/keys.ts'

const text = 'GET&https%3A%2F%2Fh.example%2F&a%3Dé'
const bytes = Uint8Array.from({ length: 20 }, (_, index) => index * 13)

test('the primitives asked for are the ones loaded', () => {
  expect(primitivesName).toBe(process.env.PRIMITIVES)
})

describe.each([
  ['node', nodePrimitives],
  ['portable', portablePrimitives],
])('primitives: %s', (name, primitives) => {
  test('say which they are', () => expect(primitives.primitivesName).toBe(name))

  test.each([1, 20, 63, 64, 65, 200])('HMAC with a key of %i bytes', (length) => {
    const key = Uint8Array.from({ length }, (_, index) => index)
    for (const [hash, prepare] of [
      ['sha1', primitives.prepareHmacSha1],
      ['sha256', primitives.prepareHmacSha256],
    ] as const) {
      const sign = prepare(key)
      const expected = createHmac(hash, key).update(text).digest('base64')
      expect([sign(text), sign(''), sign(text)]).toEqual([
        expected,
        createHmac(hash, key).digest('base64'),
        expected,
      ])
    }
  })

  test('HMAC of texts of every length and script around the size of a buffer', () => {
    const sign = primitives.prepareHmacSha256(bytes)
    for (const character of ['a', 'é', '日', '😀', '\uD83D']) {
      for (const length of [0, 1, 447, 448, 671, 672, 1343, 1344, 1345, 4033, 9000]) {
        const long = character.repeat(length)
        const expected = createHmac('sha256', bytes).update(long).digest('base64')
        expect(sign(long) === expected, `${length} times ${JSON.stringify(character)}`).toBe(true)
      }
    }
  })

  test('signers with keys and hashes of their own do not disturb each other', () => {
    const [one, other] = [primitives.prepareHmacSha256(bytes), primitives.prepareHmacSha1(bytes.slice(1))]
    const alone = [one(text), other('x')]
    expect([one(text), other('x'), one(text), other('x')]).toEqual([...alone, ...alone])
  })

  test('the key is copied', () => {
    const key = bytes.slice()
    const sign = primitives.prepareHmacSha256(key)
    const before = sign(text)
    key.fill(0)
    expect(sign(text)).toBe(before)
  })

  test('equalText', () => {
    const { equalText } = primitives
    expect([equalText('', ''), equalText('abc', 'abc'), equalText('é', 'é')]).toEqual([true, true, true])
    const pairs = [
      ['abc', 'abd'],
      ['abc', 'ab'],
      ['ab', 'abc'],
      ['', 'a'],
      ['a', ''],
      ['aaaa', 'aa'],
      ['abab', 'ab'],
      ['b', 'bb'],
    ]
    for (const [one = '', other = ''] of pairs) expect(equalText(one, other)).toBe(false)
  })

  test('randomHex', () => {
    expect(primitives.randomHex(16)).toMatch(/^[\da-f]{32}$/)
    expect(primitives.randomHex(16)).not.toBe(primitives.randomHex(16))
    expect(primitives.randomHex(4096)).toHaveLength(8192)
  })
})

describe('HMAC', () => {
  const expected = createHmac('sha256', bytes).update(text).digest('base64')

  test.each([
    ['bytes', bytes],
    ['a Buffer', Buffer.from(bytes)],
    ['something that reveals bytes', { reveal: () => bytes }],
    ['a KeyObject', createSecretKey(bytes)],
  ])('key: %s', (_, key) => {
    expect(hmacSha256(key).sign(text)).toBe(expected)
    expect(hmacSha1(key).sign(text)).toBe(createHmac('sha1', bytes).update(text).digest('base64'))
  })

  test('secrets, revealed or bare, with and without a token', () => {
    const key = createHmac('sha1', 'a%26b&c%25').update(text).digest('base64')
    expect(hmacSha1({ consumerSecret: 'a&b', tokenSecret: 'c%' }).sign(text)).toBe(key)
    expect(
      hmacSha1({ consumerSecret: new SecretText('a&b'), tokenSecret: new SecretText('c%') }).sign(text),
    ).toBe(key)
    expect(hmacSha1({ consumerSecret: 'a' }).sign(text)).toBe(
      createHmac('sha1', 'a&').update(text).digest('base64'),
    )
  })

  test.each([
    ['no bytes', new Uint8Array()],
    ['a text', 'secret'],
    ['undefined', undefined],
    ['null', null],
    ['a public KeyObject', signingPublicKey],
    ['an empty object', {}],
    ['reveals a text', { reveal: () => 'secret' }],
  ])('refused: %s', (_, key) => {
    expect(() => hmacSha256(key as Uint8Array)).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_KEY' }),
    )
  })

  test('the type says that it answers at once', () => {
    expectTypeOf(hmacSha256(bytes)).toEqualTypeOf<Signer<string>>()
    const request = { method: 'GET', url: 'https://h.example/' }
    const credentials = { consumerKey: 'k' }
    expectTypeOf(createAuthorizationHeader(request, credentials, hmacSha256(bytes))).toEqualTypeOf<string>()
    const later: Signer<Promise<string>> = { method: 'm', sign: async () => 's' }
    expectTypeOf(createAuthorizationHeader(request, credentials, later)).toEqualTypeOf<Promise<string>>()
    expectTypeOf(createAuthorizationHeader(request, credentials, rsaSha256(signingJwk))).toEqualTypeOf<
      string | Promise<string>
    >()
    expectTypeOf(createRequestTokenRequest({ credentials, signer: later })).toEqualTypeOf<
      Promise<SignedRequest>
    >()
    expectTypeOf(
      createRequestTokenRequest({ credentials, signer: hmacSha256(bytes) }),
    ).toEqualTypeOf<SignedRequest>()
  })
})

test('PLAINTEXT', () => {
  expect(plaintext({ consumerSecret: 'djr9rjt0jd78jf88', tokenSecret: 'jjd999tj88uiths3' }).sign('any')).toBe(
    'djr9rjt0jd78jf88&jjd999tj88uiths3',
  )
  expect(plaintext({ consumerSecret: 'djr9rjt0jd78jf88' }).sign('any')).toBe('djr9rjt0jd78jf88&')
  expect(() => plaintext('secret' as unknown as { consumerSecret: string })).toThrow(
    expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_KEY' }),
  )
})

function pem(type: 'pkcs1' | 'pkcs8'): string {
  return signingKey.export({ format: 'pem', type }).toString()
}

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const cryptoKey = await webcrypto.subtle.importKey('jwk', signingJwk, algorithm, false, ['sign'])
const publicCryptoKey = await webcrypto.subtle.importKey('jwk', signingPublicJwk, algorithm, false, [
  'verify',
])

describe('RSA private keys', () => {
  test.each([
    ['PEM, PKCS#8', pem('pkcs8')],
    ['PEM, PKCS#1', pem('pkcs1')],
    [
      'PEM with CRLF, indented, with text around',
      `Bag\r\n  ${pem('pkcs8').replaceAll('\n', '\r\n\r\n   ')}\nend`,
    ],
    ['PEM as bytes', Buffer.from(pem('pkcs1'))],
    ['PEM, revealed', { reveal: () => pem('pkcs8') }],
    ['DER, PKCS#8', signingKey.export({ format: 'der', type: 'pkcs8' })],
    ['DER, PKCS#1', signingKey.export({ format: 'der', type: 'pkcs1' })],
    ['DER, revealed', { reveal: () => signingKey.export({ format: 'der', type: 'pkcs1' }) }],
    ['JWK', signingJwk],
    ['JWK with other members', { ...signingJwk, alg: 'RS256', use: 'sig', key_ops: ['sign'], ext: false }],
    ['KeyObject', signingKey],
    ['CryptoKey', cryptoKey],
  ])('%s', async (_, key) => {
    const signature = await rsaSha256(key).sign(text)
    expect(await rsaSha256Verifier(signingPublicKey).verify(text, signature)).toBe(true)
    expect(await rsaSha256Verifier(signingPublicKey).verify(`${text} `, signature)).toBe(false)
    expect(await rsaSha1Verifier(signingPublicKey).verify(text, signature)).toBe(false)
  })

  test.each([1024, 3072])('PKCS#1 of %i bits', async (modulusLength) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
    const signature = await rsaSha1(privateKey.export({ format: 'pem', type: 'pkcs1' }).toString()).sign(text)
    expect(
      await rsaSha1Verifier(publicKey.export({ format: 'der', type: 'pkcs1' })).verify(text, signature),
    ).toBe(true)
  })

  test('SHA-1 and SHA-256 say their names', () => {
    expect([rsaSha1(signingKey).method, rsaSha256(signingKey).method]).toEqual(['RSA-SHA1', 'RSA-SHA256'])
    expect([rsaSha1Verifier(signingPublicKey).method, rsaSha256Verifier(signingPublicKey).method]).toEqual([
      'RSA-SHA1',
      'RSA-SHA256',
    ])
    expect([hmacSha1(bytes).method, hmacSha256(bytes).method]).toEqual(['HMAC-SHA1', 'HMAC-SHA256'])
  })

  test('Node answers at once, but for a CryptoKey', () => {
    const isNode = process.env.PRIMITIVES === 'node'
    expect(typeof rsaSha256(signingKey).sign(text) === 'string').toBe(isNode)
    expect(typeof rsaSha256Verifier(signingPublicKey).verify(text, 'AAAA') === 'boolean').toBe(isNode)
    expect(rsaSha256(cryptoKey).sign(text)).toBeInstanceOf(Promise)
  })
})

describe('RSA public keys', async () => {
  const signature = await rsaSha256(signingKey).sign(text)

  test.each([
    ['PEM, SPKI', signingPublicKey.export({ format: 'pem', type: 'spki' }).toString()],
    ['PEM, PKCS#1', signingPublicKey.export({ format: 'pem', type: 'pkcs1' }).toString()],
    ['DER, SPKI', signingPublicKey.export({ format: 'der', type: 'spki' })],
    ['DER, PKCS#1', signingPublicKey.export({ format: 'der', type: 'pkcs1' })],
    ['JWK', signingPublicJwk],
    ['KeyObject', signingPublicKey],
    ['CryptoKey', publicCryptoKey],
  ])('%s', async (_, key) => {
    const verifier = rsaSha256Verifier(key)
    expect(await verifier.verify(text, signature)).toBe(true)
    expect(await verifier.verify(text, await rsaSha256(otherKeyPair.privateKey).sign(text))).toBe(false)
  })

  test.each([
    ['nothing', ''],
    ['no base64', '!!!!'],
    ['half', signature.slice(0, 100)],
    ['other white space', `${signature} `],
    ['a line break', signature.replace(/^.{64}/, '$&\n')],
    ['no padding', signature.replace(/=+$/, '')],
    [
      'spare bits set',
      signature.replace(
        /.==$/,
        (end) => `${end[0] === 'A' ? 'B' : String.fromCharCode((end.charCodeAt(0) || 0) + 1)}==`,
      ),
    ],
    ['base64url', signature.replaceAll('+', '-').replaceAll('/', '_')],
    ['beyond Latin-1', '😀'],
  ])('not verified: %s', async (_, wrong) => {
    if (wrong === signature) throw new Error('the case is none')
    expect(await rsaSha256Verifier(signingPublicKey).verify(text, wrong)).toBe(false)
  })
})

const ellipticCurve = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const encrypted = signingKey
  .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
  .toString()

describe('an encrypted key', () => {
  test.each<[string, string | Uint8Array | { reveal(): string }]>([
    ['a text', 'open sesame'],
    ['bytes', new TextEncoder().encode('open sesame')],
    ['revealed', new SecretText('open sesame')],
  ])('opens on Node with its passphrase, %s, and elsewhere it is told', async (_, passphrase) => {
    const sign = async () => rsaSha256(encrypted, { passphrase }).sign(text)
    if (process.env.PRIMITIVES === 'node') {
      expect(await rsaSha256Verifier(signingPublicKey).verify(text, await sign())).toBe(true)
    } else {
      await expect(sign()).rejects.toThrow(
        expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_KEY', message: expect.stringContaining('Node') }),
      )
    }
  })

  test.each([undefined, '', 'wrong sesame', 7, {}])('stays closed with %j', (passphrase) => {
    expect(() => rsaSha256(encrypted, { passphrase: passphrase as string })).toThrow(
      expect.objectContaining({
        code: 'ERR_OAUTH1_INVALID_KEY',
        message: expect.not.stringContaining('wrong sesame'),
      }),
    )
  })
})

describe('how long a public key is', () => {
  test.each([
    [1024, /1024 bits/],
    [2048, undefined],
  ])('%i bits', (modulusLength, warning) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength })
    for (const verifier of [
      rsaSha1Verifier(publicKey),
      rsaSha256Verifier(publicKey.export({ format: 'jwk' })),
    ]) {
      if (warning === undefined) expect(verifier.warning).toBeUndefined()
      else expect(verifier.warning).toMatch(warning)
    }
  })
})

describe('a CryptoKey is for one hash', () => {
  test.each(['SHA-1', 'SHA-256', 'SHA-512'])('%s', async (hash) => {
    const { privateKey, publicKey } = (await webcrypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash },
      false,
      ['sign', 'verify'],
    )) as webcrypto.CryptoKeyPair
    const makers = { 'SHA-1': [rsaSha1, rsaSha1Verifier], 'SHA-256': [rsaSha256, rsaSha256Verifier] } as const
    for (const [name, [sign, verify]] of Object.entries(makers)) {
      if (name === hash) {
        expect(await verify(publicKey).verify(text, await sign(privateKey).sign(text))).toBe(true)
        continue
      }
      for (const make of [() => sign(privateKey), () => verify(publicKey)]) {
        expect(make).toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_KEY' }))
      }
    }
  })
})

describe('what only calls itself a CryptoKey', () => {
  const impostor = (type: 'private' | 'public') =>
    ({
      [Symbol.toStringTag]: 'CryptoKey',
      type,
      extractable: true,
      algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' }, modulusLength: 2048 },
      usages: ['sign', 'verify'],
    }) as const

  test('signs nothing, and says so with an error of ours', async () => {
    await expect(rsaSha256(impostor('private')).sign(text)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_KEY' }),
    )
  })

  test('finds no signature right, and does not throw', async () => {
    const signature = await rsaSha256(signingKey).sign(text)
    expect(await rsaSha256Verifier(impostor('public')).verify(text, signature)).toBe(false)
  })
})

describe('keys that are refused', () => {
  test.each([
    ['no PEM', 'secret'],
    ['empty bytes', new Uint8Array()],
    ['bytes of nothing', Uint8Array.from([1, 2, 3])],
    ['bytes that are no text', Uint8Array.from([0xff, 0xfe])],
    ['a sequence alone', Uint8Array.from([0x30])],
    ['a public key', signingPublicKey],
    ['a public key, SPKI', signingPublicKey.export({ format: 'der', type: 'spki' })],
    ['a public key, PKCS#1', signingPublicKey.export({ format: 'der', type: 'pkcs1' })],
    ['a public JWK', signingPublicJwk],
    ['a JWK for another algorithm', { ...signingJwk, alg: 'PS256' }],
    ['a JWK for another use', { ...signingJwk, use: 'enc' }],
    ['a JWK for other operations', { ...signingJwk, key_ops: ['decrypt'] }],
    ['a JWK without primes', { ...signingPublicJwk, d: signingJwk.d }],
    ['a JWK with a damaged exponent', { ...signingJwk, dp: signingJwk.dq }],
    ['a JWK of another kind', { kty: 'EC', crv: 'P-256' }],
    ['an elliptic curve', ellipticCurve.privateKey],
    ['RSA-PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
    ['a CryptoKey that may verify', publicCryptoKey],
    [
      'an encrypted PEM',
      signingKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'p' }).toString(),
    ],
    [
      'an encrypted PEM, PKCS#1',
      signingKey.export({ format: 'pem', type: 'pkcs1', cipher: 'aes-256-cbc', passphrase: 'p' }).toString(),
    ],
    ['a PEM without base64', pem('pkcs8').replace(/\n[A-Za-z]/, '\n*')],
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['an empty object', {}],
  ])('%s', (_, key) => {
    expect(() => rsaSha256(key as string)).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_KEY' }),
    )
  })

  test.each([
    ['a private key', signingKey],
    ['a JWK of the private key', signingJwk],
    ['a JWK for another algorithm', { ...signingPublicJwk, alg: 'RS512' }],
    ['an exponent of 1', { ...signingPublicJwk, e: 'AQ' }],
    ['512 bits', generateKeyPairSync('rsa', { modulusLength: 512 }).publicKey],
    ['a private key, PKCS#8', signingKey.export({ format: 'der', type: 'pkcs8' })],
    ['a private key, PKCS#1', signingKey.export({ format: 'der', type: 'pkcs1' })],
    ['a CryptoKey that may sign', cryptoKey],
  ])('for verification: %s', (_, key) => {
    expect(() => rsaSha256Verifier(key)).toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_KEY' }))
  })

  test.each([
    ['an elliptic curve in PKCS#8', ellipticCurve.privateKey.export({ format: 'der', type: 'pkcs8' })],
    ['a damaged key', signingKey.export({ format: 'der', type: 'pkcs8' }).subarray(0, 600)],
  ])('at once or at the first signature: %s', async (_, key) => {
    const sign = async () => rsaSha256(key).sign(text)
    await expect(sign()).rejects.toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_KEY' }))
  })
})

test('nothing prints a key', () => {
  const secret = 'kd94hf93k423kf44'
  const signers = [
    hmacSha256(new TextEncoder().encode(secret)),
    hmacSha1({ consumerSecret: secret }),
    plaintext({ consumerSecret: secret }),
    rsaSha256(signingJwk),
    new SecretText(secret),
  ]
  const printed = signers.map(
    (signer) => inspect(signer, { depth: 9, showHidden: true }) + JSON.stringify(signer) + String(signer),
  )
  expect(printed.join()).not.toContain(secret)
  expect(printed.join()).not.toContain(signingJwk.d)
  expect(new SecretText(secret).reveal()).toBe(secret)
  expect(structuredClone({ ...new SecretText(secret) })).toEqual({})
})

test('leaves no copy of the key that it decoded', () => {
  const held = createPrivateKey({ key: { ...signingJwk }, format: 'jwk' }).export({
    type: 'pkcs8',
    format: 'der',
  })
  rsaSha256({ type: 'private', export: () => held })
  expect(held.every((byte) => byte === 0)).toBe(true)
})

describe('signers and verifiers take texts alone', () => {
  const odd = [undefined, null, 7, {}, new Uint8Array(3), ['a']] as unknown as string[]
  const invalid = expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' })

  test.each([
    ['HMAC', hmacSha256(new Uint8Array(20).fill(1))],
    ['RSA', rsaSha256(signingKey)],
    ['RSA of a CryptoKey', rsaSha256(cryptoKey)],
  ])('%s signs nothing else', (_, signer) => {
    for (const text of odd) expect(() => signer.sign(text)).toThrow(invalid)
  })

  test('RSA verifies nothing else', async () => {
    const signature = await rsaSha256(signingKey).sign(text)
    const verifier = rsaSha256Verifier(signingPublicKey)
    expect(await verifier.verify(text, signature)).toBe(true)
    for (const other of odd) {
      expect(await verifier.verify(other, signature)).toBe(false)
      expect(await verifier.verify(text, other)).toBe(false)
    }
  })
})
