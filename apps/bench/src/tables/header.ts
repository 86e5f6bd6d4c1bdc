import assert from 'node:assert/strict'
import { createHmac, createSecretKey } from 'node:crypto'
import { hmacSha1, hmacSha256, signatureBaseString } from '@ibkr-auth/oauth1-signing'
import { createNonceStore, verifyRequestSync } from '@ibkr-auth/oauth1-signing/server'
import { type Candidate, measure, type Table } from '../harness.ts'
import { headerWays } from '../ways/header.ts'
import * as inputs from '../ways/inputs.ts'
import { candidatesOf, type Judge } from '../ways/way.ts'

const protocolParameters = `oauth_consumer_key=${inputs.consumerKey}&oauth_nonce=${'0123456789abcdef'.repeat(2)}&oauth_signature_method=HMAC-SHA256&oauth_timestamp=1700000000&oauth_token=${inputs.accessToken}`
const note = 'One whole header. Floor: HMAC-SHA256 with a prepared key over the finished base string.'

export async function measureHeaders(): Promise<Table[]> {
  const measureHeader = async (id: string, what: string, input: inputs.SigningInput) => {
    const candidates = [bareHmac(input), ...(await candidatesOf(headerWays, input, judgeHeader(input)))]
    return measure({ id, title: `Authorization header, ${what}`, note, rounds: 75 }, candidates)
  }
  return [
    await measureHeader('header-get', 'GET without query', inputs.plainGet),
    await measureHeader('header-query', 'five query parameters', inputs.snapshot),
    await measureHeader('header-form', 'eight form fields', inputs.formPost),
  ]
}

export function bareHmac(input: inputs.SigningInput): Candidate {
  const key = createSecretKey(inputs.liveSessionToken)
  const text = signatureBaseString(input, Object.fromEntries(new URLSearchParams(protocolParameters)))
  const run = () => createHmac('sha256', key).update(text).digest('base64')
  const check = (answer: unknown) => assert.equal(answer, hmacSha256(inputs.liveSessionToken).sign(text))
  return { name: 'bare HMAC-SHA256', kind: 'floor', run, check }
}

const nonceStore = createNonceStore()

/**
 * Throws unless a header is fresh and signed as it should be. The judge is the server half, which its own tests hold to
 * published examples: it accepts what three libraries sign that share no code with it.
 */
export function judgeHeader(input: inputs.SigningInput): Judge {
  return (header, name) => {
    const secrets = { consumerSecret: inputs.liveSessionToken.toString('hex'), allowEmptySecrets: true }
    const key = name === 'oauth1-signature' ? hmacSha1(secrets) : hmacSha256(inputs.liveSessionToken)
    const request = { ...input, headers: { ...input.headers, authorization: String(header) } }
    // ibkr-client joins parameters as they are and encodes once, which IBKR is known to take too.
    const querySigning = name === 'ibkr-client' ? (['rfc5849', 'raw'] as const) : (['rfc5849'] as const)
    const result = verifyRequestSync(request, { findKey: () => ({ key }), nonceStore, querySigning })
    if (!result.ok) throw new Error(result.message)
  }
}
