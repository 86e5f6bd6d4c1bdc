import { createHmac } from 'node:crypto'
import { hmacSha1, hmacSha256, type Signer, signatureBaseString } from '@ibkr-auth/oauth1-signing'
import { createNonceStore, verifyRequestSync } from '@ibkr-auth/oauth1-signing/server'
import { type HeaderMaterial, headerWays } from '../ways/header.ts'
import { consumerKey, liveSessionToken, type SigningInput } from '../ways/inputs.ts'
import type { Work } from '../ways/way.ts'

const nonceStore = createNonceStore()

/**
 * Throws unless the header is fresh and signed as it should be. The judge is the server half, which is held to published
 * examples by its own tests, and to independence by the peers: it accepts what three other libraries sign.
 */
export function judgeHeader(
  name: string,
  { method, url, body, headers }: SigningInput,
  header: string,
): void {
  const secrets = {
    consumerSecret: liveSessionToken.toString('hex'),
    tokenSecret: '',
    allowEmptySecrets: true,
  }
  const key: Signer<string> = name === 'oauth1-signature' ? hmacSha1(secrets) : hmacSha256(liveSessionToken)
  const request = { method, url, body, headers: { ...headers, authorization: header } }
  const querySigning = name === 'ibkr-client' ? (['rfc5849', 'raw'] as const) : (['rfc5849'] as const)
  const result = verifyRequestSync(request, { findKey: () => ({ key }), nonceStore, querySigning })
  if (!result.ok) throw new Error(result.message)
}

export function headerWork(input: SigningInput): Work<HeaderMaterial> {
  const text = signatureBaseString(input, {
    oauth_consumer_key: consumerKey,
    oauth_nonce: '0123456789abcdef0123456789abcdef',
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: '1700000000',
    oauth_token: '0123456789abcdef0123',
  })
  const expected = createHmac('sha256', liveSessionToken).update(text).digest('base64')
  const judge: Work<HeaderMaterial>['judge'] = ({ name, kind }, answer) => {
    if (kind !== 'floor') judgeHeader(name, input, String(answer))
    else if (answer !== expected) throw new Error('the HMAC differs')
  }
  return { material: { input, text }, ways: headerWays, judge }
}
