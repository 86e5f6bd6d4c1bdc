import { describe, expect, test } from 'vitest'
import {
  baseStringUri,
  hmacSha1,
  hmacSha256,
  normalizeParameters,
  percentEncode,
  type SharedSecrets,
  signatureBaseString,
} from '../src/index.ts'
import { pairs, protocolParameters, rfc5849 } from './support/fixtures.ts'

function formBody(vector: (typeof rfc5849.signatures)[number]): string | undefined {
  if (vector.bodyParameters.length === 0) return undefined
  return new URLSearchParams(pairs(vector.bodyParameters)).toString()
}

/** Before there is a token its secret is of no characters. */
function secretsOf({ consumerSecret, tokenSecret }: (typeof rfc5849.signatures)[number]): SharedSecrets {
  return { consumerSecret, tokenSecret, allowEmptySecrets: tokenSecret === '' }
}

describe.each(rfc5849.signatures)('$name ($source)', (vector) => {
  const request = {
    method: vector.method,
    url: vector.url,
    headers: vector.contentType === undefined ? {} : { 'Content-Type': vector.contentType },
    body: formBody(vector),
  }
  const secrets = secretsOf(vector)

  test('base string URI', () => {
    expect(baseStringUri(vector.url)).toBe(vector.baseStringUri)
    expect(baseStringUri(new URL(vector.url))).toBe(vector.baseStringUri)
  })

  test('normalised parameters', () => {
    const all = [
      ...pairs(vector.queryParameters),
      ...pairs(vector.bodyParameters),
      ...Object.entries(protocolParameters(vector)),
    ]
    expect(normalizeParameters(all)).toBe(vector.normalizedParameters)
    expect(normalizeParameters(all.reverse())).toBe(vector.normalizedParameters)
  })

  test('signature base string', () => {
    expect(signatureBaseString(request, protocolParameters(vector))).toBe(vector.baseString)
    const withMore = { ...protocolParameters(vector), realm: 'any', oauth_signature: 'any' }
    expect(signatureBaseString({ ...request, method: vector.method.toLowerCase() }, withMore)).toBe(
      vector.baseString,
    )
  })

  test('signatures', () => {
    expect(hmacSha1(secrets).sign(vector.baseString)).toBe(vector.hmacSha1Base64)
    expect(hmacSha256(secrets).sign(vector.baseString)).toBe(vector.hmacSha256Base64)
    expect(hmacSha1(new TextEncoder().encode(vector.hmacKey)).sign(vector.baseString)).toBe(
      vector.hmacSha1Base64,
    )
  })
})

test('published signatures verify, but for the one that a reported erratum is about', () => {
  const published = rfc5849.signatures.filter((vector) => 'publishedSignature' in vector)
  const wrong = published.filter(
    (vector) => hmacSha1(secretsOf(vector)).sign(vector.baseString) !== vector.publishedSignature,
  )
  expect(published).toHaveLength(5)
  expect(wrong.map(({ name }) => name)).toEqual(['rfc5849-3.4.1.1-and-3.4.1.3'])
})

test('RFC 5849 3.4.1.3.1: the body as it is printed, with a valueless name and a plus', () => {
  const vector = rfc5849.signatures.find(({ name }) => name === 'rfc5849-3.4.1.1-and-3.4.1.3')
  const request = {
    method: 'POST',
    url: 'http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'c2&a3=2+q',
  }
  expect(vector && signatureBaseString(request, protocolParameters(vector))).toBe(vector?.baseString)
})

test.each(rfc5849.percentEncoding)('percentEncode($input)', ({ input, output }) => {
  expect(percentEncode(input)).toBe(output)
})

test.each(rfc5849.baseStringUris)('baseStringUri($url)', ({ url, baseStringUri: expected }) => {
  expect(baseStringUri(url)).toBe(expected)
})
