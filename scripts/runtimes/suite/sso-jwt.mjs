// Tokens compared with ones that OpenSSL signed, and both halves against each other.
import {
  createClientAssertion,
  createSignedJwtRequest,
  createSsoSessionRequest,
  createTokenRequest,
  importSigningKey,
  readTokenResponse,
} from '@ibkr-auth/sso-jwt'
import {
  createReplayStore,
  importVerificationKey,
  verifyClientAssertion,
  verifySignedJwtBody,
} from '@ibkr-auth/sso-jwt/server'
import ibkr from '../../vectors/ibkr-2018-example.json' with { type: 'json' }
import { privateJwk, publicJwk } from '../../vectors/jwk.mjs'
import rfc7515 from '../../vectors/rfc7515.json' with { type: 'json' }
import vectors from '../../vectors/sso-jwt.json' with { type: 'json' }
import { pemOf } from './encoding.mjs'
import { same } from './expect.mjs'

const { client, nowMs } = vectors
const now = () => nowMs
const signingKey = () => importSigningKey(privateJwk(ibkr.keys.signing))
const findKey = async (clientKeyId) =>
  clientKeyId === client.clientKeyId
    ? { clientId: client.clientId, key: await importVerificationKey(publicJwk(ibkr.keys.signing)) }
    : undefined

const assertion = {
  name: 'client assertion as OpenSSL signs it',
  run: async () =>
    same(await createClientAssertion(client, await signingKey(), { now }), vectors.clientAssertion),
}

const ssoSession = {
  name: 'body of an SSO session request as OpenSSL signs it',
  run: async () => {
    const { accessToken, credential, ip } = vectors.ssoSession
    const request = await createSsoSessionRequest(
      { accessToken, credential, ip },
      client,
      await signingKey(),
      { now },
    )
    same(request.body, vectors.ssoSession.body)
    same(request.headers.authorization, `Bearer ${accessToken}`)
    same(request.headers['content-type'], 'application/jwt')
  },
}

const verification = {
  name: 'verification takes the assertion, once',
  run: async () => {
    const assertionWithId = await createClientAssertion(client, await signingKey(), { now, jti: 'once' })
    const options = { findKey, now, replayStore: createReplayStore() }
    const first = await verifyClientAssertion(assertionWithId, options)
    same(first.ok && first.clientId, client.clientId)
    const second = await verifyClientAssertion(assertionWithId, options)
    same(second.code, 'replayed')
  },
}

const alteredSignature = {
  name: 'an altered assertion is refused',
  run: async () => {
    const [header, claims, signature] = vectors.clientAssertion.split('.')
    const altered = `${header}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    const outcome = await verifyClientAssertion(altered, { findKey, now })
    same(outcome.code, 'signature')
  },
}

const signedBody = {
  name: 'signed body, made and verified',
  run: async () => {
    const input = {
      method: 'POST',
      path: '/gw/api/v1/echo/signed-jwt',
      payload: { text: 'Zürich 東京' },
      accessToken: 'token',
    }
    const request = await createSignedJwtRequest(input, client, await signingKey(), { now })
    const outcome = await verifySignedJwtBody(request.body, { findKey, now })
    same(outcome.ok && outcome.clientId, client.clientId)
  },
}

const tokenReply = {
  name: 'token request and reply',
  run: () => {
    const request = createTokenRequest({
      clientAssertion: vectors.clientAssertion,
      scope: 'sso-sessions.write',
    })
    same(new URLSearchParams(request.body).get('client_assertion'), vectors.clientAssertion)
    const body = {
      access_token: 'token',
      token_type: 'Bearer',
      scope: 'sso-sessions.write',
      expires_in: 86_399,
    }
    const headers = { 'content-type': 'application/json' }
    const token = readTokenResponse({ status: 200, headers, body: JSON.stringify(body) }, request, { now })
    same(token.accessToken.reveal(), 'token')
    same(token.expiresAtMs, nowMs + 86_399_000)
  },
}

const published = rfc7515.cases.map(({ name, jwk, signingInput, signature }) => ({
  name: `RFC 7515 ${name}`,
  run: async () => {
    const key = await importSigningKey(jwk)
    const bytes = await key.sign(new TextEncoder().encode(signingInput))
    const text = btoa(String.fromCharCode(...bytes))
    same(text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''), signature)
  },
}))

const pemKey = {
  name: 'signing key as PEM',
  run: async () => {
    const key = await importSigningKey(await pemOf(privateJwk(ibkr.keys.signing)))
    same(await createClientAssertion(client, key, { now }), vectors.clientAssertion)
  },
}

const algorithms = [
  [
    'PS256',
    { name: 'RSA-PSS', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' },
  ],
  ['ES256', { name: 'ECDSA', namedCurve: 'P-256' }],
].map(([alg, parameters]) => ({
  name: `${alg}, made and verified with keys of the runtime`,
  run: async () => {
    const { privateKey, publicKey } = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
    const made = await createClientAssertion(client, await importSigningKey(privateKey, { alg }), { now })
    const key = await importVerificationKey(publicKey, { alg })
    const record = { clientId: client.clientId, key }
    const outcome = await verifyClientAssertion(made, { findKey: () => record, now })
    same(outcome.ok, true)
    // The key's record decides the algorithm: the same token under a key for another one is refused.
    const other = await verifyClientAssertion(made, { findKey, now })
    same(other.code, 'algorithm')
  },
}))

export const cases = [
  ...published,
  pemKey,
  ...algorithms,
  assertion,
  ssoSession,
  verification,
  alteredSignature,
  signedBody,
  tokenReply,
]
