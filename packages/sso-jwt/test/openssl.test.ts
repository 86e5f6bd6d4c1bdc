import type { webcrypto } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  createClientAssertion,
  createSignedJwtRequest,
  createSsoSessionRequest,
  createTokenRequest,
  importSigningKey,
  readTokenResponse,
} from '../src/index.ts'
import {
  createReplayStore,
  importVerificationKey,
  verifyClientAssertion,
  verifySignedJwtBody,
} from '../src/server.ts'
import openssl from './fixtures/openssl.json' with { type: 'json' }
import rfc7515 from './fixtures/rfc7515.json' with { type: 'json' }

// What each runtime must sign as OpenSSL signs it, and take from itself. Needs nothing of Node's: it runs on all of them.

const { client, clientAssertion, jwk, nowMs, ssoSession } = openssl
const now = (): number => nowMs
const signingKey = () => importSigningKey(jwk)
const key = () => importVerificationKey({ kty: jwk.kty, n: jwk.n, e: jwk.e })
const findKey = async (clientKeyId: string) =>
  clientKeyId === client.clientKeyId ? { clientId: client.clientId, key: await key() } : undefined

/** The PEM (PKCS #8) of the key, as a user's key file holds it. */
async function pem(): Promise<string> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const made = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['sign'])
  const der = new Uint8Array(await crypto.subtle.exportKey('pkcs8', made))
  const lines = btoa(String.fromCharCode(...der)).match(/.{1,64}/g) ?? []
  const label = 'PRIVATE KEY'
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

describe('as OpenSSL signs it', () => {
  it.each(['JWK', 'PEM'])('a client assertion, key as %s', async (form) => {
    const made = form === 'PEM' ? await importSigningKey(await pem()) : await signingKey()
    expect(await createClientAssertion(client, made, { now })).toBe(clientAssertion)
  })

  it('the body of an SSO session request', async () => {
    const { accessToken, body, credential, ip } = ssoSession
    const input = { accessToken, credential, ip }
    const request = await createSsoSessionRequest(input, client, await signingKey(), { now })
    expect(request.body).toBe(body)
    expect(request.headers).toMatchObject({
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/jwt',
    })
  })

  it.each(rfc7515.cases)('the signature of RFC 7515 $name', async (published) => {
    const made = await importSigningKey(published.jwk)
    const bytes = await made.sign(new TextEncoder().encode(published.signingInput))
    const text = btoa(String.fromCharCode(...bytes))
    expect(text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')).toBe(published.signature)
  })
})

describe('both halves', () => {
  it('take an assertion once', async () => {
    const assertion = await createClientAssertion(client, await signingKey(), { now, jti: 'once' })
    const options = { findKey, now, replayStore: createReplayStore() }
    expect(await verifyClientAssertion(assertion, options)).toMatchObject({
      ok: true,
      clientId: client.clientId,
    })
    expect(await verifyClientAssertion(assertion, options)).toMatchObject({ code: 'replayed' })
  })

  it('refuse an altered assertion', async () => {
    const [header, claims, signature = ''] = clientAssertion.split('.')
    const altered = `${header}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    expect(await verifyClientAssertion(altered, { findKey, now })).toMatchObject({ code: 'signature' })
  })

  it('agree on a signed body', async () => {
    const input = {
      method: 'POST',
      path: '/gw/api/v1/echo/signed-jwt',
      payload: { text: 'Zürich 東京' },
      accessToken: 'token',
    } as const
    const { body } = await createSignedJwtRequest(input, client, await signingKey(), { now })
    expect(await verifySignedJwtBody(body, { findKey, now })).toMatchObject({
      ok: true,
      clientId: client.clientId,
    })
  })

  it.each([
    { alg: 'PS256', name: 'RSA-PSS', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
    { alg: 'ES256', name: 'ECDSA', namedCurve: 'P-256' },
  ] as const)(
    'agree under $alg, with keys of the runtime, and a key stands for one algorithm',
    async (own) => {
      const { alg, ...parameters } = own
      const pair = await crypto.subtle.generateKey({ ...parameters, hash: 'SHA-256' }, true, [
        'sign',
        'verify',
      ])
      const { privateKey, publicKey } = pair as webcrypto.CryptoKeyPair
      const made = await createClientAssertion(client, await importSigningKey(privateKey, { alg }), { now })
      const record = { clientId: client.clientId, key: await importVerificationKey(publicKey, { alg }) }
      expect(await verifyClientAssertion(made, { findKey: () => record, now })).toMatchObject({ ok: true })
      expect(await verifyClientAssertion(made, { findKey, now })).toMatchObject({ code: 'algorithm' })
    },
  )
})

describe('a token', () => {
  it('is asked for with the assertion, and read with its expiry', () => {
    const request = createTokenRequest({ clientAssertion, scope: 'sso-sessions.write' })
    expect(new URLSearchParams(request.body).get('client_assertion')).toBe(clientAssertion)
    const fields = {
      access_token: 'token',
      token_type: 'Bearer',
      scope: 'sso-sessions.write',
      expires_in: 86_399,
    }
    const headers = { 'content-type': 'application/json' }
    const token = readTokenResponse({ status: 200, headers, body: JSON.stringify(fields) }, request, { now })
    expect(token.accessToken.reveal()).toBe('token')
    expect(token.expiresAtMs).toBe(nowMs + 86_399_000)
  })
})
