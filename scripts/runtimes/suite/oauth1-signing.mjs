// RFC 5849's vectors, IBKR's published example and a first-party exchange, through the public names.
import {
  baseStringUri,
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  hmacSha1,
  hmacSha256,
  percentEncode,
  rsaSha256,
  signatureBaseString,
} from '@ibkr-auth/oauth1-signing'
import { createNonceStore, rsaSha256Verifier, verifyRequest } from '@ibkr-auth/oauth1-signing/server'
import ibkr from '../../vectors/ibkr-2018-example.json' with { type: 'json' }
import { privateJwk, publicJwk } from '../../vectors/jwk.mjs'
import lst from '../../vectors/lst-derivation.json' with { type: 'json' }
import rfc5849 from '../../vectors/rfc5849.json' with { type: 'json' }
import { formOf, fromBase64, fromHex, pemOf } from './encoding.mjs'
import { same } from './expect.mjs'

const lstBytes = fromHex(ibkr.liveSessionToken.lstHex)
const formType = 'application/x-www-form-urlencoded'

/** What is sent, out of a vector's lists. */
const requestOf = ({ method, url, bodyParameters, formParameters = bodyParameters }) =>
  formParameters?.length > 0
    ? { method, url, headers: { 'content-type': formType }, body: formOf(formParameters) }
    : { method, url }

const encodings = rfc5849.percentEncoding.map(({ input, output }) => ({
  name: `percent-encoding of ${JSON.stringify(input)}`,
  run: () => same(percentEncode(input), output),
}))

const uris = rfc5849.baseStringUris.map(({ url, baseStringUri: expected }) => ({
  name: `base string URI of ${url}`,
  run: () => same(baseStringUri(url), expected),
}))

const signatures = rfc5849.signatures.map((vector) => ({
  name: vector.name,
  run: () => {
    const { consumerSecret, tokenSecret } = vector
    const secrets = { consumerSecret, tokenSecret, allowEmptySecrets: tokenSecret === '' }
    same(signatureBaseString(requestOf(vector), vector.oauthParameters), vector.baseString)
    same(hmacSha1(secrets).sign(vector.baseString), vector.hmacSha1Base64)
    same(hmacSha256(secrets).sign(vector.baseString), vector.hmacSha256Base64)
  },
}))

const protocolParametersOf = ({ oauthParameters }) => {
  const set = ['consumer_key', 'nonce', 'signature_method', 'timestamp', 'token'].map(
    (name) => `oauth_${name}`,
  )
  return Object.fromEntries(Object.entries(oauthParameters).filter(([name]) => !set.includes(name)))
}

const optionsOf = (request) => ({
  now: () => Number(request.oauthParameters.oauth_timestamp) * 1000,
  nonce: () => request.oauthParameters.oauth_nonce,
  protocolParameters: protocolParametersOf(request),
  prefix: request.baseStringPrefix,
})

const examples = ibkr.requests.map((request) => ({
  name: `IBKR's example, ${request.name}`,
  run: async () => {
    const signer =
      request.signatureMethod === 'RSA-SHA256'
        ? rsaSha256(privateJwk(ibkr.keys.signing))
        : hmacSha256(fromBase64(request.lstBase64 ?? ibkr.liveSessionToken.lstBase64))
    const accessToken = request.oauthParameters.oauth_token
    const credentials = { consumerKey: ibkr.consumerKey, realm: ibkr.realm, accessToken }
    const header = await createAuthorizationHeader(
      requestOf(request),
      credentials,
      signer,
      optionsOf(request),
    )
    same(header.includes(`oauth_signature="${request.signaturePercentEncoded}"`), true)
    same(await signer.sign(request.baseString), request.signatureBase64)
  },
}))

const { firstPartyFlow } = lst
const firstParty = {
  consumerKey: firstPartyFlow.consumerKey,
  accessToken: firstPartyFlow.accessToken,
  realm: 'limited_poa',
}

const apiRequests = firstPartyFlow.requests.map((request) => ({
  name: `first-party exchange, ${request.name}`,
  run: () => {
    const signer = hmacSha256(fromBase64(firstPartyFlow.lstBase64))
    const header = createAuthorizationHeader(requestOf(request), firstParty, signer, optionsOf(request))
    same(header, request.authorizationHeader)
  },
}))

const querySignings = [
  ['omit', 'query-left-out'],
  ['raw', 'query-single-encoded'],
  ['guide', 'query-single-encoded'],
].map(([querySigning, variantName]) => ({
  name: `query signing ${querySigning}`,
  run: () => {
    const request = firstPartyFlow.requests.find(({ name }) => name === 'get-with-query')
    const { signatureBase64 } = firstPartyFlow.variantsOfGetWithQuery.find(({ name }) => name === variantName)
    const signer = hmacSha256(fromBase64(firstPartyFlow.lstBase64))
    const header = createAuthorizationHeader(request, firstParty, signer, {
      ...optionsOf(request),
      querySigning,
    })
    same(header.includes(`oauth_signature="${percentEncode(signatureBase64)}"`), true)
  },
}))

const liveSessionTokenRequest = {
  name: 'first-party exchange, live_session_token',
  run: async () => {
    const { lstRequest } = firstPartyFlow
    const input = {
      diffieHellmanChallenge: lstRequest.oauthParameters.diffie_hellman_challenge,
      signatureBaseStringPrefix: lstRequest.baseStringPrefix,
    }
    const { now, nonce } = optionsOf(lstRequest)
    const signer = rsaSha256(privateJwk(ibkr.keys.signing))
    const request = await createLiveSessionTokenRequest({
      credentials: firstParty,
      signer,
      exchange: input,
      now,
      nonce,
    })
    same(request.url, lstRequest.url)
    same(request.headers.authorization, lstRequest.authorizationHeader)
  },
}

const keyForms = {
  name: 'key as bytes, revealed or not',
  run: () => {
    same(hmacSha256({ reveal: () => lstBytes }).sign('text'), hmacSha256(lstBytes).sign('text'))
  },
}

const pemKey = {
  name: 'signing key as PEM',
  run: async () => {
    const [{ baseString, signatureBase64 }] = ibkr.requests
    same(await rsaSha256(await pemOf(privateJwk(ibkr.keys.signing))).sign(baseString), signatureBase64)
  },
}

/** Signs with one half, verifies with the other: once, then the same again, then altered. */
const bothHalves = [
  ['HMAC-SHA256', () => [hmacSha256(lstBytes), hmacSha256(lstBytes)]],
  [
    'RSA-SHA256',
    () => [rsaSha256(privateJwk(ibkr.keys.signing)), rsaSha256Verifier(publicJwk(ibkr.keys.signing))],
  ],
].map(([method, keys]) => ({
  name: `${method}, signed, verified, replayed, altered`,
  run: async () => {
    const [signer, key] = keys()
    const url = 'https://api.ibkr.com/v1/api/iserver/marketdata/snapshot?conids=265598,8314&fields=31'
    const authorization = await createAuthorizationHeader({ method: 'GET', url }, firstParty, signer)
    const options = { nonceStore: createNonceStore(), findKey: () => ({ key }) }
    const received = { method: 'GET', url, headers: { authorization } }
    const altered = { ...received, url: url.replace('8314', '8315') }
    same((await verifyRequest(altered, options)).code, 'ERR_OAUTH1_SIGNATURE_MISMATCH')
    same((await verifyRequest(received, options)).ok, true)
    same((await verifyRequest(received, options)).code, 'ERR_OAUTH1_NONCE_REPLAYED')
  },
}))

export const cases = [
  ...encodings,
  ...uris,
  ...signatures,
  ...examples,
  ...apiRequests,
  ...querySignings,
  liveSessionTokenRequest,
  keyForms,
  pemKey,
  ...bothHalves,
]
