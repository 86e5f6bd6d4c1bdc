import fc from 'fast-check'
import * as oauthSign from 'oauth-sign'
import { describe, expect, test } from 'vitest'
import { hmacSha1, hmacSha256, percentEncode, plaintext, rsaSha1, signatureBaseString } from '../src/index.ts'
import * as nodePrimitives from '../src/primitives/node.ts'
import * as portablePrimitives from '../src/primitives/portable.ts'
import { wellFormedText } from './support/arbitraries.ts'
import { signingJwk, signingKey } from './support/keys.ts'

// Others who do the same work give the same answers, on the same inputs in each run.
const seeded = { seed: 5849, numRuns: 200 }

const anyText = fc.oneof(wellFormedText, fc.string({ unit: 'binary' }), fc.string({ unit: 'binary-ascii' }))

describe('Node’s primitives and the portable ones', () => {
  const keyBytes = fc.uint8Array({ minLength: 1, maxLength: 200 })

  test('give the same MAC for any key and text, half surrogate pairs included', () => {
    fc.assert(
      fc.property(keyBytes, anyText, (key, text) => {
        expect(portablePrimitives.prepareHmacSha1(key)(text)).toBe(nodePrimitives.prepareHmacSha1(key)(text))
        expect(portablePrimitives.prepareHmacSha256(key)(text)).toBe(
          nodePrimitives.prepareHmacSha256(key)(text),
        )
      }),
      seeded,
    )
  })

  test('compare alike', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const [first, second] = [percentEncodeLoosely(one), percentEncodeLoosely(other)]
        for (const [left, right] of [
          [first, second],
          [first, first],
          [first, `${first}x`],
        ] as const) {
          expect(portablePrimitives.equalText(left, right)).toBe(nodePrimitives.equalText(left, right))
        }
      }),
      seeded,
    )
  })

  test('sign with RSA alike and verify each other’s signatures', async () => {
    const numbers = (jwk: Record<string, string>) => ({ form: 'numbers', jwk }) as const
    const publicNumbers = numbers({ kty: 'RSA', n: signingJwk.n, e: signingJwk.e })
    for (const hash of ['sha1', 'sha256'] as const) {
      const signature = await nodePrimitives.prepareRsaSign(hash, numbers(signingJwk))('text é')
      expect(await portablePrimitives.prepareRsaSign(hash, numbers(signingJwk))('text é')).toBe(signature)
      const bytes = Uint8Array.from(Buffer.from(signature, 'base64'))
      for (const { prepareRsaVerify } of [nodePrimitives, portablePrimitives]) {
        expect(await prepareRsaVerify(hash, publicNumbers)('text é', bytes)).toBe(true)
        expect(await prepareRsaVerify(hash, publicNumbers)('text e', bytes)).toBe(false)
        for (const wrong of [
          new Uint8Array(),
          bytes.subarray(1),
          new Uint8Array(bytes.length),
          new Uint8Array(9999),
        ]) {
          expect(await prepareRsaVerify(hash, publicNumbers)('text é', wrong)).toBe(false)
        }
      }
    }
  })

  function percentEncodeLoosely(text: string): string {
    return encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''))
  }
})

// Accepted differences, each kept out of the inputs:
// - A key `__proto__`, and array-like or nested values: oauth-sign takes parameters as an object, which has one of each
//   name; RFC 5849 3.4.1.3 takes them as a list.
// - Half a surrogate pair: a raw URIError there, ERR_OAUTH1_LONE_SURROGATE here (RFC 5849 3.6: text is encoded as UTF-8).
// - Secrets that are missing count as empty there, and are refused here.
describe('oauth-sign', () => {
  const names = wellFormedText.filter((name) => name !== '__proto__' && !name.startsWith('oauth_'))
  const parameters = fc.uniqueArray(fc.tuple(names, wellFormedText), {
    selector: ([name]) => name,
    maxLength: 12,
  })
  const secret = wellFormedText.filter((text) => text !== '')
  const method = fc.constantFrom('GET', 'post', 'DELETE')
  const url = 'https://h.example/a%20b'
  const protocol = { oauth_consumer_key: 'k', oauth_nonce: 'n&', oauth_timestamp: '1' }

  test('encodes alike', () => {
    fc.assert(
      fc.property(wellFormedText, (text) => {
        expect(percentEncode(text)).toBe(oauthSign.rfc3986(text))
        const long = text.repeat(100)
        expect(percentEncode(long)).toBe(oauthSign.rfc3986(long))
      }),
      seeded,
    )
  })

  test('makes the same signature base strings', () => {
    fc.assert(
      fc.property(method, parameters, (verb, pairs) => {
        const request = { method: verb, url: `${url}?${new URLSearchParams(pairs)}` }
        const all = { ...Object.fromEntries(pairs), ...protocol }
        expect(signatureBaseString(request, protocol)).toBe(oauthSign.generateBase(verb, url, all))
      }),
      seeded,
    )
  })

  test('signs alike with each method that it has', async () => {
    const pem = signingKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    await fc.assert(
      fc.asyncProperty(
        method,
        parameters,
        secret,
        secret,
        async (verb, pairs, consumerSecret, tokenSecret) => {
          const request = { method: verb, url: `${url}?${new URLSearchParams(pairs)}` }
          const all = { ...Object.fromEntries(pairs), ...protocol }
          const text = signatureBaseString(request, protocol)
          const secrets = { consumerSecret, tokenSecret }
          expect(hmacSha1(secrets).sign(text)).toBe(
            oauthSign.hmacsign(verb, url, all, consumerSecret, tokenSecret),
          )
          expect(hmacSha256(secrets).sign(text)).toBe(
            oauthSign.hmacsign256(verb, url, all, consumerSecret, tokenSecret),
          )
          expect(plaintext(secrets).sign(text)).toBe(oauthSign.plaintext(consumerSecret, tokenSecret))
          expect(await rsaSha1(signingJwk).sign(text)).toBe(oauthSign.rsasign(verb, url, all, pem))
        },
      ),
      { ...seeded, numRuns: 30 },
    )
  })
})
