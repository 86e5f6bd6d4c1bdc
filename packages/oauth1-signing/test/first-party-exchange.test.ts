import { describe, expect, test } from 'vitest'
import {
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  hmacSha256,
  type QuerySigning,
  rsaSha256,
  type Signer,
  signatureBaseString,
} from '../src/index.ts'
import { createNonceStore, type Verifier, verifyRequestSync } from '../src/server.ts'
import { firstParty, fromBase64, protocolParameters, replay } from './support/fixtures.ts'
import { pemOf, signingJwk } from './support/jwks.ts'

const { consumerKey, accessToken, realm } = firstParty
const credentials = { consumerKey, accessToken, realm }
const signer = hmacSha256(fromBase64(firstParty.lstBase64))

test.each(['JWK', 'PEM'])('live session token request, signing key as %s', async (form) => {
  const vector = firstParty.lstRequest
  const parameters = protocolParameters(vector)
  const exchange = {
    diffieHellmanChallenge: parameters.diffie_hellman_challenge ?? '',
    signatureBaseStringPrefix: vector.baseStringPrefix,
  }
  expect(vector.baseStringPrefix + signatureBaseString(vector, parameters)).toBe(vector.baseString)
  const request = await createLiveSessionTokenRequest({
    credentials,
    signer: rsaSha256(form === 'PEM' ? await pemOf(signingJwk) : signingJwk),
    exchange,
    ...replay(parameters),
  })
  expect(request).toMatchObject({ method: 'POST', url: vector.url })
  expect(request.headers.authorization).toBe(vector.authorizationHeader)
})

describe.each(firstParty.requests)('$name', (vector) => {
  const parameters = protocolParameters(vector)
  const request = {
    method: vector.method,
    url: vector.url,
    headers: vector.contentType === undefined ? {} : { 'content-type': vector.contentType },
    body: vector.contentType === undefined ? undefined : '{"publish":true,"compete":true}',
  }

  test('signature base string and header', () => {
    expect(signatureBaseString(request, parameters)).toBe(vector.baseString)
    expect(signer.sign(vector.baseString)).toBe(vector.signatureBase64)
    expect(createAuthorizationHeader(request, credentials, signer, replay(parameters))).toBe(
      vector.authorizationHeader,
    )
  })
})

const ownWays: Readonly<Record<string, QuerySigning | undefined>> = {
  'query-left-out': 'omit',
  'query-single-encoded': 'raw',
}

describe.each(firstParty.variantsOfGetWithQuery)('$name', ({ name, baseString, signatureBase64 }) => {
  const vector = firstParty.requests.find((request) => request.name === 'get-with-query')
  if (vector === undefined) throw new Error('no get-with-query')
  const parameters = protocolParameters(vector)
  const querySigning = ownWays[name]
  const authorization = vector.authorizationHeader.replace(
    /oauth_signature="[^"]*"/,
    `oauth_signature="${encodeURIComponent(signatureBase64)}"`,
  )
  const verify = (accepted: readonly QuerySigning[], key: Signer | Verifier = signer) =>
    verifyRequestSync(
      { method: 'GET', url: vector.url, headers: { authorization } },
      {
        findKey: () => ({ key }),
        nonceStore: createNonceStore(),
        now: replay(parameters).now,
        querySigning: accepted,
      },
    )

  test('signature base string', () => {
    const made = signatureBaseString(vector, parameters, { querySigning })
    if (querySigning !== undefined) expect(made).toBe(baseString)
    expect(signer.sign(baseString)).toBe(signatureBase64)
  })

  test('is recognised by a server that accepts it, and by no other', () => {
    expect(verify(['rfc5849'])).toMatchObject({ ok: false, code: 'ERR_OAUTH1_SIGNATURE_MISMATCH' })
    if (querySigning !== undefined) {
      expect(verify(['rfc5849', querySigning])).toMatchObject({ ok: true, querySigning })
    }
  })

  test('is recognised by a server with base strings of its own, which its verifier tries', () => {
    const key: Verifier = {
      method: signer.method,
      verify: (text, signature) => [text, baseString].some((one) => signer.sign(one) === signature),
    }
    expect(verify(['rfc5849'], key)).toMatchObject({ ok: true })
  })
})

test('the guide rewrites commas, colons and bars of the finished text, and arrives at the raw form here', () => {
  const vector = firstParty.requests.find((request) => request.name === 'get-with-query')
  const raw = firstParty.variantsOfGetWithQuery.find(({ name }) => name === 'query-single-encoded')
  const options = { querySigning: 'guide' } as const
  expect(vector && signatureBaseString(vector, protocolParameters(vector), options)).toBe(raw?.baseString)
})
