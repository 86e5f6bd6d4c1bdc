import { describe, expect, test } from 'vitest'
import {
  baseStringUri,
  createAccessTokenRequest,
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  createRequestTokenRequest,
  hmacSha256,
  normalizeParameters,
  readAccessTokenResponse,
  readRequestTokenResponse,
  rsaSha256,
  signatureBaseString,
} from '../src/index.ts'
import { createNonceStore, rsaSha256Verifier, verifyRequest } from '../src/server.ts'
import { fromBase64, ibkr, pairs, protocolParameters, replay } from './support/fixtures.ts'
import { signingJwk, signingPublicJwk } from './support/jwks.ts'

const signer = rsaSha256(signingJwk)

function named(name: string): (typeof ibkr.requests)[number] & { signer: typeof signer } {
  const request = ibkr.requests.find((candidate) => candidate.name === name)
  if (request === undefined) throw new Error(`no request ${name}`)
  const key = fromBase64(request.lstBase64 ?? ibkr.liveSessionTokenBase64)
  return { ...request, signer: request.signatureMethod === 'RSA-SHA256' ? signer : hmacSha256(key) }
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

describe.each(ibkr.requests.map(({ name, section }) => ({ name, section })))(
  '$name, section $section',
  ({ name }) => {
    const vector = named(name)
    const parameters = protocolParameters(vector)
    const prefix = vector.baseStringPrefix ?? ''
    const request = {
      method: vector.method,
      url: vector.url,
      headers: vector.contentType === undefined ? undefined : { 'content-type': vector.contentType },
      body: vector.body,
    }

    test('base string URI, normalised parameters, signature base string', async () => {
      expect(baseStringUri(vector.url)).toBe(vector.baseStringUri)
      const all = [
        ...Object.entries(parameters),
        ...pairs(vector.queryParameters),
        ...pairs(vector.formParameters),
      ]
      expect(normalizeParameters(all)).toBe(vector.normalizedParameters)
      const baseString = prefix + signatureBaseString(request, parameters)
      expect(baseString).toBe(vector.baseString)
      expect(baseString).toHaveLength(vector.baseStringBytes)
      expect(await sha256Hex(baseString)).toBe(vector.baseStringSha256Hex)
    })

    test('signature', async () => {
      expect(await vector.signer.sign(vector.baseString)).toBe(vector.signatureBase64)
    })

    test('header, byte for byte', async () => {
      const {
        oauth_consumer_key: consumerKey = '',
        oauth_token: accessToken,
        oauth_nonce: _nonce,
        oauth_timestamp: _timestamp,
        oauth_signature_method: _method,
        ...others
      } = parameters
      const realm = vector.realmInPublishedHeader ?? undefined
      const header = await createAuthorizationHeader(
        request,
        { consumerKey, accessToken, realm },
        vector.signer,
        {
          ...replay(parameters),
          protocolParameters: others,
          prefix,
        },
      )
      expect(header).toBe(vector.authorizationHeaderComputed)
    })

    test('verifies on the server', async () => {
      const isRsa = vector.signatureMethod === 'RSA-SHA256'
      const result = await verifyRequest(
        { ...request, headers: { ...request.headers, Authorization: vector.authorizationHeaderComputed } },
        {
          findKey: () => ({ key: isRsa ? rsaSha256Verifier(signingPublicJwk) : vector.signer, prefix }),
          nonceStore: createNonceStore(),
          now: () => Number(vector.timestamp) * 1000,
        },
      )
      expect(result).toMatchObject({ ok: true, consumerKey: 'TESTCONS', querySigning: 'rfc5849' })
    })
  },
)

describe('the request builders replay the example', () => {
  const base = 'http://localhost:12345/tradingapi/v1'

  test('request token', async () => {
    const vector = named('request_token')
    const request = await createRequestTokenRequest({
      credentials: ibkr,
      signer,
      ...replay(protocolParameters(vector)),
      baseUrl: base,
    })
    expect(request).toEqual({
      method: 'POST',
      url: vector.url,
      headers: { accept: 'application/json', authorization: vector.authorizationHeaderComputed },
    })
    const reply = {
      status: 200,
      headers: { 'Content-Type': vector.responseContentType },
      body: vector.responseBody ?? '',
    }
    expect(readRequestTokenResponse(reply).requestToken).toBe(ibkr.requestToken)
  })

  test.each(['', '/', '//'])('access token, under a base URL that ends in "%s"', async (slashes) => {
    const vector = named('access_token')
    const { requestToken, verifier, consumerKey } = ibkr
    const request = await createAccessTokenRequest({
      credentials: { consumerKey },
      signer,
      requestToken,
      verifier,
      ...replay(protocolParameters(vector)),
      baseUrl: `${base}${slashes}`,
    })
    expect(request.url).toBe(vector.url)
    expect(request.headers.authorization).toBe(vector.authorizationHeaderComputed)
    const body = new TextEncoder().encode(vector.responseBody)
    const reply = readAccessTokenResponse({ status: 200, headers: new Headers(), body })
    expect(reply.accessToken).toBe(ibkr.accessToken)
    expect(reply.isPaper).toBe(true)
    expect(reply.accessTokenSecret.reveal()).toHaveLength(344)
  })

  test('live session token', async () => {
    const vector = named('live_session_token')
    const parameters = protocolParameters(vector)
    const exchange = {
      diffieHellmanChallenge: parameters.diffie_hellman_challenge ?? '',
      signatureBaseStringPrefix: vector.baseStringPrefix ?? '',
    }
    const { consumerKey, accessToken } = ibkr
    const request = await createLiveSessionTokenRequest({
      credentials: { consumerKey, accessToken },
      signer,
      exchange,
      ...replay(parameters),
      url: vector.url,
    })
    expect(request.headers.authorization).toBe(vector.authorizationHeaderComputed)
    expect(JSON.stringify(request)).not.toContain(exchange.signatureBaseStringPrefix)
  })
})
