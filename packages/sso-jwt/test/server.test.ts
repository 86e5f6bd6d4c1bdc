import { createHmac, generateKeyPairSync, webcrypto } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  createTokenRequest,
  importSigningKey,
  readSsoSessionResponse,
  readTokenResponse,
} from '../src/index.ts'
import {
  importVerificationKey,
  issueAccessToken,
  issueSsoSessionToken,
  readTokenRequest,
  type VerificationKeyInput,
} from '../src/server.ts'
import { failure } from './support/errors.ts'
import { newEcPair, newRsaPair, rfcJwk, rsaPair } from './support/keys.ts'
import { decodeToken, nodeVerifies } from './support/tokens.ts'

const now = () => 1_700_000_000_000
const randomBytes = (length: number) => new Uint8Array(length).fill(0xab)
const serverKey = await importSigningKey(rfcJwk)

describe('a verification key', () => {
  const pem = String(rsaPair.publicKey.export({ type: 'spki', format: 'pem' }))
  const jwk = { kty: 'RSA', n: rfcJwk.n, e: rfcJwk.e }

  it.each<[string, VerificationKeyInput]>([
    ['PEM', pem],
    ['PEM with CRLF and indentation', `x\n${pem.replaceAll('\n', '\r\n  ')}`],
    ['PEM as bytes', new TextEncoder().encode(pem)],
    ['JWK', jwk],
    ['KeyObject', rsaPair.publicKey],
  ])('comes as %s', async (_, input) => {
    expect((await importVerificationKey(input)).alg).toBe('RS256')
    expect((await importVerificationKey(input, { alg: 'PS256' })).alg).toBe('PS256')
  })

  it('comes as CryptoKey', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    const { publicKey, privateKey } = await webcrypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
    expect((await importVerificationKey(publicKey)).alg).toBe('ES256')
    await failure('ERR_SSO_JWT_INVALID_KEY', () => importVerificationKey(privateKey))
  })

  it.each<[string, unknown]>([
    ['a private PEM', String(rsaPair.privateKey.export({ type: 'pkcs8', format: 'pem' }))],
    ['a private JWK', rfcJwk],
    ['a private KeyObject', rsaPair.privateKey],
    ['an RSA key of 1024 bits', newRsaPair(1024).publicKey],
    ['a P-384 key', newEcPair('P-384').publicKey],
    ['an Ed25519 key', generateKeyPairSync('ed25519').publicKey],
    ['a damaged PEM', pem.replace('MII', 'AAA')],
    ['text', 'hello'],
  ])('is not %s', async (_, input) => {
    await failure('ERR_SSO_JWT_INVALID_KEY', () => importVerificationKey(input as VerificationKeyInput))
  })

  it('is not a symmetric JWK', async () => {
    await failure('ERR_SSO_JWT_UNSUPPORTED', () => importVerificationKey({ kty: 'oct' }))
  })

  it('is told to be public where it is private', async () => {
    for (const input of [rfcJwk, rsaPair.privateKey]) {
      const error = await failure('ERR_SSO_JWT_INVALID_KEY', () => importVerificationKey(input))
      expect(error.message).toContain('the public key is wanted')
    }
  })

  it.each([undefined, null, 42, {}])('is not %o', async (input) => {
    await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
      importVerificationKey(input as unknown as VerificationKeyInput),
    )
  })
})

describe('an access token', () => {
  it('is issued as in the description of the API, and read by the client half', async () => {
    const claims = { csid: 'c', accountId: 'U1', iss: 'EVIL' }
    const body = await issueAccessToken({ clientId: 'TESTCLIENT', scope: ['a', 'b'], claims }, serverKey, {
      now,
      randomBytes,
    })
    const { header, payload } = decodeToken(body.access_token)
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'main' })
    expect(payload).toEqual({
      csid: 'c',
      accountId: 'U1',
      iss: '/token',
      sub: 'TESTCLIENT',
      iat: 1_700_000_000,
      exp: 1_700_086_399,
      scope: 'a b',
      jti: 'ab'.repeat(16),
    })
    expect(nodeVerifies(body.access_token, 'RS256', rsaPair.publicKey)).toBe(true)
    const token = readTokenResponse(
      { status: 200, headers: {}, body: JSON.stringify(body) },
      { scope: ['a', 'c'] },
      { now },
    )
    expect(token).toMatchObject({ scopesRefused: ['c'], scopesAdded: ['b'], expiresAtMs: 1_700_086_399_000 })
  })

  it('has the lifetime, issuer and key id of the options', async () => {
    const options = { now, lifetimeSeconds: 60, issuer: 'me', keyId: 'k2' }
    const body = await issueAccessToken({ clientId: 'C', scope: 'a' }, serverKey, options)
    expect(body.expires_in).toBe(60)
    expect(decodeToken(body.access_token)).toMatchObject({
      header: { kid: 'k2' },
      payload: { iss: 'me', exp: 1_700_000_060 },
    })
  })

  it('is never the same twice', async () => {
    const issue = () => issueAccessToken({ clientId: 'C', scope: 'a' }, serverKey, { now })
    expect((await issue()).access_token).not.toBe((await issue()).access_token)
  })

  it.each([{ lifetimeSeconds: 0 }, { keyId: '' }, { issuer: '\n' }])(
    'is not issued with %o',
    async (options) => {
      await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
        issueAccessToken({ clientId: 'C', scope: 'a' }, serverKey, options),
      )
    },
  )
})

describe('an SSO bearer', () => {
  const secret = new Uint8Array(32).fill(7)

  it('is issued as in the description of the API, and read by the client half', async () => {
    const body = await issueSsoSessionToken(secret, {
      now,
      randomBytes,
      claims: { ctp: 'x', exp: undefined },
    })
    const [header, payload, mac] = body.access_token.split('.')
    expect(mac).toBe(createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url'))
    expect(decodeToken(body.access_token)).toMatchObject({
      header: { alg: 'HS256' },
      payload: { ctp: 'x', iss: 'com.ib.sso', sub: 'WEB_API', iat: 1_700_000_000_000, jti: 'ab'.repeat(16) },
    })
    const reply = { status: 201, headers: {}, body: JSON.stringify(body) }
    expect(readSsoSessionResponse(reply, { expiresAtMs: 1 })).toMatchObject({
      active: true,
      tokenType: 'Bearer',
    })
  })

  it('needs a secret of 32 bytes', async () => {
    await failure('ERR_SSO_JWT_INVALID_INPUT', () => issueSsoSessionToken(new Uint8Array(31)))
    expect((await issueSsoSessionToken({ reveal: () => secret })).active).toBe(true)
  })
})

describe('a token request at the server', () => {
  const request = createTokenRequest({ clientAssertion: 'aa.bb.cc', scope: ['a', 'b'] })

  it('is read as it was built', () => {
    expect(readTokenRequest(request.body)).toEqual({
      ok: true,
      clientAssertion: 'aa.bb.cc',
      scope: ['a', 'b'],
    })
  })

  it('may ask for no scope', () => {
    expect(readTokenRequest(request.body.replace(/&scope=.*/, ''))).toMatchObject({ ok: true, scope: [] })
  })

  it.each([
    ['invalid_request', ''],
    ['invalid_request', '{"grant_type":"client_credentials"}'],
    ['invalid_request', `${request.body}&scope=c`],
    ['invalid_request', `?${request.body}`],
    ['invalid_request', request.body.replace('jwt-bearer', 'saml2-bearer')],
    ['invalid_request', request.body.replace('aa.bb.cc', '')],
    ['invalid_request', request.body.replace(/client_assertion=[^&]*/, '')],
    ['invalid_request', request.body.padEnd(32_769, 'x')],
    ['invalid_request', `${request.body}${'&'.repeat(256)}`],
    ['invalid_request', `${request.body}${'+a'.repeat(256)}`],
    ['unsupported_grant_type', request.body.replace('client_credentials', 'password')],
    ['invalid_scope', request.body.replace('scope=a+b', 'scope=%22')],
  ])('is refused with %s: %s', (code, body) => {
    expect(readTokenRequest(body)).toEqual({ ok: false, code, message: expect.any(String), status: 400 })
  })

  it('is refused when it is no text', () => {
    expect(readTokenRequest(undefined as unknown as string)).toMatchObject({ code: 'invalid_request' })
  })
})
