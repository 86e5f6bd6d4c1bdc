import { describe, expect, it } from 'vitest'
import { importSigningKey } from '../src/index.ts'
import { verifyJws } from '../src/server/verify-jws.ts'
import { importVerificationKey } from '../src/server.ts'
import rfc7515 from './fixtures/rfc7515.json' with { type: 'json' }

describe.each(rfc7515.cases)('RFC 7515 $name: $why', ({ jwk, header, payload, signingInput, signature }) => {
  it('reproduces the published signature', async () => {
    const key = await importSigningKey(jwk)
    expect(Buffer.from(await key.sign(Buffer.from(signingInput))).toString('base64url')).toBe(signature)
  })

  it('has the signing input of its header and payload', () => {
    const parts = [header, payload].map((part) => Buffer.from(part).toString('base64url'))
    expect(parts.join('.')).toBe(signingInput)
  })

  it('is refused as a token for want of a kid, which comes before anything else', async () => {
    const key = await importVerificationKey({ kty: 'RSA', n: jwk.n, e: jwk.e })
    const result = await verifyJws(`${signingInput}.${signature}`, () => ({ clientId: 'joe', key }), 10_000)
    expect(result).toMatchObject({ ok: false, code: 'missing_key_id' })
  })
})
