import fc from 'fast-check'
import { compactVerify } from 'jose/jws/compact/verify'
import { describe, expect, it } from 'vitest'
import {
  type ClientAssertionOptions,
  createClientAssertion,
  importSigningKey,
  type SigningAlgorithm,
  type SigningKey,
} from '../src/index.ts'
import { failure } from './support/errors.ts'
import { newEcPair, rfcJwk, rsaPair } from './support/keys.ts'
import { decodeToken, nodeVerifies } from './support/tokens.ts'

const client = { clientId: 'TESTCLIENT', clientKeyId: 'main' }
const ec = newEcPair()
const rsaKey = await importSigningKey(rfcJwk)
const pssKey = await importSigningKey(rfcJwk, { alg: 'PS256' })
const ecKey = await importSigningKey(ec.privateKey)
const now = () => 1_700_000_000_999
const assertion = (options: ClientAssertionOptions = {}): Promise<string> =>
  createClientAssertion(client, rsaKey, { now, ...options })

describe('a client assertion', () => {
  it('has the header and claims of RFC 7523 and IBKR, and nothing else', async () => {
    const { header, payload } = decodeToken(await assertion())
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'main' })
    expect(payload).toEqual({
      iss: 'TESTCLIENT',
      sub: 'TESTCLIENT',
      aud: '/token',
      iat: 1_700_000_000 - 10,
      exp: 1_700_000_000 + 60,
    })
  })

  it.each<[SigningAlgorithm, SigningKey, typeof rsaPair]>([
    ['RS256', rsaKey, rsaPair],
    ['PS256', pssKey, rsaPair],
    ['ES256', ecKey, ec],
  ])('verifies under Node and under jose: %s', async (alg, key, pair) => {
    const token = await createClientAssertion(client, key)
    expect(decodeToken(token).header.alg).toBe(alg)
    expect(nodeVerifies(token, alg, pair.publicKey)).toBe(true)
    expect(nodeVerifies(`${token.slice(0, 40)}A${token.slice(41)}`, alg, pair.publicKey)).toBe(
      token[40] === 'A',
    )
    await expect(compactVerify(token, pair.publicKey, { algorithms: [alg] })).resolves.toBeDefined()
  })

  it('takes the current time when no clock is given', async () => {
    const before = Math.floor(Date.now() / 1000)
    const { payload } = decodeToken(await createClientAssertion(client, rsaKey))
    expect(payload.exp).toBeGreaterThanOrEqual(before + 60)
    expect(payload.exp).toBeLessThanOrEqual(Math.floor(Date.now() / 1000) + 60)
  })

  it('takes audience, lifetime, back-dating and jti from its options', async () => {
    const audience = 'https://api.ibkr.com/oauth2/api/v1/token'
    const { payload } = decodeToken(
      await assertion({ audience, lifetimeSeconds: 20, backdateSeconds: 0, jti: 'one' }),
    )
    expect(payload).toMatchObject({ aud: audience, iat: 1_700_000_000, exp: 1_700_000_020, jti: 'one' })
  })

  it('makes a jti of 128 random bits on request', async () => {
    const randomBytes = (length: number) => new Uint8Array(length).fill(0x0a)
    expect(decodeToken(await assertion({ jti: true, randomBytes })).payload.jti).toBe('0a'.repeat(16))
    const [one, two] = await Promise.all([assertion({ jti: true }), assertion({ jti: true })])
    expect(decodeToken(one).payload.jti).toMatch(/^[0-9a-f]{32}$/)
    expect(decodeToken(one).payload.jti).not.toBe(decodeToken(two).payload.jti)
  })
})

describe('its lifetime', () => {
  it('may be five minutes', async () => {
    expect(decodeToken(await assertion({ lifetimeSeconds: 300 })).payload.exp).toBe(1_700_000_300)
  })

  it('may not be longer', async () => {
    const error = await failure('ERR_SSO_JWT_LIFETIME', () => assertion({ lifetimeSeconds: 301 }))
    expect(error.message).toContain('allowLongLifetime')
  })

  it('may be longer when asked for', async () => {
    const token = await assertion({ lifetimeSeconds: 3600, allowLongLifetime: true })
    expect(decodeToken(token).payload.exp).toBe(1_700_003_600)
  })
})

describe('mistakes of the caller', () => {
  it.each<[string, ClientAssertionOptions]>([
    ['lifetimeSeconds', { lifetimeSeconds: 0 }],
    ['lifetimeSeconds', { lifetimeSeconds: 1.5 }],
    ['lifetimeSeconds', { lifetimeSeconds: Number.NaN, allowLongLifetime: true }],
    ['lifetimeSeconds', { lifetimeSeconds: 1e12, allowLongLifetime: true }],
    ['backdateSeconds', { backdateSeconds: -1 }],
    ['audience', { audience: '' }],
    ['jti', { jti: '' }],
    ['now', { now: () => Number.NaN }],
    ['now', { now: () => new Date() as unknown as number }],
    ['randomBytes', { jti: true, randomBytes: () => new Uint8Array(1) }],
  ])('%s is named: %o', async (field, options) => {
    expect((await failure('ERR_SSO_JWT_INVALID_INPUT', () => assertion(options))).message).toContain(field)
  })

  it.each<[string, unknown]>([
    ['clientId', { clientId: '', clientKeyId: 'main' }],
    ['clientId', { clientId: 'a\r\nb', clientKeyId: 'main' }],
    ['clientId', { clientId: 'x'.repeat(1025), clientKeyId: 'main' }],
    ['clientKeyId', { clientId: 'TESTCLIENT' }],
    ['clientId', undefined],
    ['clientId', null],
  ])('%s is named: %o', async (field, wrong) => {
    const action = () => createClientAssertion(wrong as typeof client, rsaKey)
    expect((await failure('ERR_SSO_JWT_INVALID_INPUT', action)).message).toContain(field)
  })

  it('a key that was not imported', async () => {
    for (const key of [rsaPair.privateKey, importSigningKey(rfcJwk), undefined]) {
      const action = () => createClientAssertion(client, key as unknown as SigningKey)
      expect((await failure('ERR_SSO_JWT_INVALID_INPUT', action)).message).toContain('importSigningKey')
    }
  })
})

describe('properties', () => {
  const text = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 60 })
    .filter((value) => !/\p{Cc}|\p{Cs}/u.test(value))

  it('any ids arrive unharmed, in ASCII, at any time, under a signature that Node verifies', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        text,
        fc.integer({ min: 1e9, max: 4e9 }),
        fc.integer({ min: 1, max: 300 }),
        async (clientId, clientKeyId, jti, seconds, lifetimeSeconds) => {
          const options = { now: () => seconds * 1000, lifetimeSeconds, jti }
          const token = await createClientAssertion({ clientId, clientKeyId }, rsaKey, options)
          const { header, payload, payloadText } = decodeToken(token)
          expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: clientKeyId })
          expect(payload).toEqual({
            iss: clientId,
            sub: clientId,
            aud: '/token',
            iat: seconds - 10,
            exp: seconds + lifetimeSeconds,
            jti,
          })
          expect(payloadText).not.toMatch(/\P{ASCII}/u)
          expect(nodeVerifies(token, 'RS256', rsaPair.publicKey)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })
})
