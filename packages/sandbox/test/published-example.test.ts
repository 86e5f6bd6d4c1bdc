import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { explainSignature, signatureMistake } from '../src/explain/search.ts'
import { baseStringOf, strictPlans } from '../src/explain/signing-plan.ts'
import type { SignatureEvidence } from '../src/explain/types.ts'
import { createSandbox } from '../src/index.ts'
import example from './fixtures/ibkr-2018-example.json' with { type: 'json' }

type Published = (typeof example.requests)[number]

const key = (jwk: JsonWebKey): KeyObject => createPrivateKey({ format: 'jwk', key: jwk })
const signingKey = key(example.signingKey)
const encryptionKey = key(example.encryptionKey)

/** What the sandbox would know of a published request. */
function evidence({
  name,
  method,
  url,
  oauthParameters,
  queryParameters,
  formParameters,
  signatureBase64,
  ...more
}: Published): SignatureEvidence {
  const liveSessionTokenBase64 = 'liveSessionTokenBase64' in more ? more.liveSessionTokenBase64 : ''
  const isHmac = oauthParameters.oauth_signature_method === 'HMAC-SHA256'
  const secret = Buffer.from(example.accessTokenSecretHex, 'hex')
  return {
    method,
    url,
    protocolParameters: Object.entries(oauthParameters) as [string, string][],
    realm: example.realm,
    signature: signatureBase64,
    signatureMethod: oauthParameters.oauth_signature_method,
    queryParameters: queryParameters as unknown as [string, string][],
    formParameters:
      formParameters.length === 0 ? undefined : (formParameters as unknown as [string, string][]),
    otherBody: '',
    strictForms: ['rfc5849'],
    knowledge: isHmac
      ? {
          kind: 'hmac-sha256',
          keys: [Buffer.from(liveSessionTokenBase64 ?? '', 'base64')],
          mistakenKeys: () => [],
        }
      : {
          kind: 'rsa-sha256',
          signingKey: createPublicKey(signingKey),
          encryptionKey: createPublicKey(encryptionKey),
          otherAccessTokenSecrets: [],
          ...(name === 'live_session_token' ? { accessTokenSecret: secret } : {}),
        },
    otherOrigins: [],
    nowSeconds: Number(oauthParameters.oauth_timestamp),
    clockToleranceSeconds: 300,
    nonceSeen: false,
    secrets: [example.accessToken],
  }
}

describe("IBKR's published example", () => {
  for (const request of example.requests) {
    it(`${request.name} (section ${request.section}): base string and signature are right`, () => {
      const seen = evidence(request)
      const plans = strictPlans(seen)
      expect(plans.map(baseStringOf)).toContain(request.baseString)
      expect(signatureMistake(seen, plans)).toBe('correct')
    })

    it(`${request.name}: one character of the signature changed is unknown`, () => {
      const seen = evidence(request)
      const signature = seen.signature.startsWith('A')
        ? `B${seen.signature.slice(1)}`
        : `A${seen.signature.slice(1)}`
      expect(explainSignature({ ...seen, signature }).mistake).toBe('unknown')
    })
  }

  it('is taken by a sandbox with its keys, primes and clock, as far as the server has no random part in it', async () => {
    const sandbox = await createSandbox({
      origin: 'http://localhost:12345',
      now: () => 1_473_793_702_000,
      credentials: {
        consumerKey: example.consumerKey,
        accessToken: example.accessToken,
        accessTokenSecret: example.accessTokenSecretCiphertext,
        callbackUrl: example.callbackUrl,
        dhPrime: example.dhPrimeHex,
        dhGenerator: example.dhGeneratorHex,
        signingKey,
        encryptionKey,
      },
    })
    expect(sandbox.credentials.realm).toBe('test_realm')
    for (const name of ['request_token', 'live_session_token']) {
      const published = example.requests.find((request) => request.name === name) as Published
      const response = await sandbox.handle(
        new Request(published.url, { method: 'POST', headers: { authorization: header(published) } }),
      )
      expect(response.status, name).toBe(200)
    }
    const again = example.requests[0] as Published
    const replay = new Request(again.url, { method: 'POST', headers: { authorization: header(again) } })
    expect((await sandbox.handle(replay)).status).toBe(401)
    expect(sandbox.log.last?.explanation?.mistake).toBe('nonce-reused')
  })
})

function header({ oauthParameters, signatureBase64 }: Published): string {
  const pairs = Object.entries({ ...oauthParameters, oauth_signature: encodeURIComponent(signatureBase64) })
  return `OAuth realm="${example.realm}", ${pairs.map(([name, value]) => `${name}="${value}"`).join(', ')}`
}
