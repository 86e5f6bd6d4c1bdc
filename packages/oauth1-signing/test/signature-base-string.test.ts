import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createAuthorizationHeader,
  normalizeParameters,
  percentEncode,
  type QuerySigning,
  querySignings,
  type RequestToSign,
  type Signer,
  signatureBaseString,
} from '../src/index.ts'
import { parameters, plainParameters } from './support/arbitraries.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const protocol = {
  oauth_consumer_key: 'key',
  oauth_nonce: 'n',
  oauth_signature_method: 'TEXT',
  oauth_timestamp: '1700000000',
  oauth_token: 'token',
}

/** A signer whose signature is what it signs, to see what a header is made over. */
const echo: Signer<string> = { method: 'TEXT', sign: (text) => text }

function signedText(
  request: RequestToSign,
  querySigning?: QuerySigning,
  more?: Record<string, string>,
): string {
  const header = createAuthorizationHeader(request, { consumerKey: 'key', accessToken: 'token' }, echo, {
    now: () => 1_700_000_000_999,
    nonce: () => 'n',
    querySigning,
    protocolParameters: more,
  })
  return decodeURIComponent(/oauth_signature="([^"]*)"/.exec(header)?.[1] ?? '')
}

/** RFC 5849 3.4.1, written down once more from its text. */
function reference(method: string, uri: string, all: readonly (readonly [string, string])[]): string {
  return [method, uri, normalizeParameters(all)].map(percentEncode).join('&')
}

test.each(['a', 'oauth', 'oauthz', 'z', 'oauti'])('many parameters named %s0, %s1 and so on', (start) => {
  const query = Array.from({ length: 40 }, (_, index) => [`${start}${index}`, `${index}`] as const)
  const url = `https://h.example/p?${query.map((pair) => pair.join('=')).join('&')}`
  const expected = reference('GET', 'https://h.example/p', [...query, ...Object.entries(protocol)])
  expect(signedText({ method: 'GET', url })).toBe(expected)
})

test.each(['a=1&b', 'a=1&b&c=2', 'a=1&=2', '=', '&', 'a&b', 'a=1&&b=2', 'a=1&', '&a=1', 'a==&b=='])(
  'a query of %j by the short way and by the long one',
  (query) => {
    const request = { method: 'GET', url: `https://h.example/p?${query}` }
    expect(signedText(request)).toBe(signatureBaseString(request, protocol))
  },
)

describe.each([
  ['any parameters', parameters],
  ['plain parameters', plainParameters],
])('%s', (_, arbitrary) => {
  test('query and form both enter, in sorted order, by the short way and by the long one', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (query, fields) => {
        const url = `https://h.example/p?${new URLSearchParams(query).toString()}`
        const request = { method: 'POST', url, headers: form, body: new URLSearchParams(fields).toString() }
        const expected = reference('POST', 'https://h.example/p', [
          ...query,
          ...fields,
          ...Object.entries(protocol),
        ])
        expect(signatureBaseString(request, protocol)).toBe(expected)
        expect(signedText(request)).toBe(expected)
        expect(signedText(request, 'rfc5849', {})).toBe(expected)
      }),
    )
  })

  test('each treatment gives the same by the short way and by the long one', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (query, fields) => {
        const url = `https://h.example/p?${new URLSearchParams(query).toString()}`
        const request = { method: 'PUT', url, headers: form, body: new URLSearchParams(fields).toString() }
        for (const querySigning of querySignings) {
          const text = signatureBaseString(request, protocol, { querySigning })
          expect(signedText(request, querySigning)).toBe(text)
          expect(signedText(request, querySigning, {})).toBe(text)
        }
      }),
    )
  })

  test('the order of parameters does not matter', () => {
    const shuffled = arbitrary.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    )
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        for (const querySigning of querySignings) {
          const texts = [one, other].map((list) =>
            signedText(
              { method: 'GET', url: `https://h.example/?${new URLSearchParams(list)}` },
              querySigning,
            ),
          )
          expect(texts[0]).toBe(texts[1])
        }
      }),
    )
  })
})

describe('a body counts only as a form', () => {
  const post = { method: 'POST', url: 'https://h.example/', body: 'a=1' }
  const enters = (headers: RequestToSign['headers']): boolean =>
    signatureBaseString({ ...post, headers }, {}).endsWith('&a%3D1')

  test.each([
    'application/x-www-form-urlencoded',
    'Application/X-WWW-Form-URLencoded; charset=ISO-8859-1',
    ' application/x-www-form-urlencoded ;charset=utf-8',
  ])('%s', (type) => {
    expect(enters({ 'Content-Type': type })).toBe(true)
    expect(enters({ 'content-type': [type] })).toBe(true)
    expect(enters(new Headers({ 'content-type': type }))).toBe(true)
  })

  test.each([
    'application/json',
    'application/jwt',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded-not',
    'text/plain; application/x-www-form-urlencoded',
    '',
  ])('not %s', (type) => {
    expect(enters({ 'Content-Type': type })).toBe(false)
    expect(enters(new Headers({ 'content-type': type }))).toBe(false)
  })

  test('not without headers', () => {
    expect(enters(undefined)).toBe(false)
    expect(enters({})).toBe(false)
    expect(enters(new Headers())).toBe(false)
  })
})

describe('protocol parameters that appear twice are refused', () => {
  test.each([
    ['in the query', { method: 'GET', url: 'https://h.example/?oauth_token=x' }],
    ['in the query, escaped', { method: 'GET', url: 'https://h.example/?o%61uth_token=x' }],
    ['a signature in the query', { method: 'GET', url: 'https://h.example/?oauth_signature=x' }],
    ['in the form', { method: 'POST', url: 'https://h.example/', headers: form, body: 'oauth_nonce=x' }],
    ['another name', { method: 'GET', url: 'https://h.example/?oauth_verifier=1' }],
    ['another name twice', { method: 'GET', url: 'https://h.example/?oauth_x=1&oauth_x=2' }],
    [
      'in query and form',
      { method: 'POST', url: 'https://h.example/?oauth_x=1', headers: form, body: 'oauth_x=2' },
    ],
  ])('%s', (_, request) => {
    for (const querySigning of querySignings) {
      expect(() => signedText(request, querySigning)).toThrow(
        expect.objectContaining({ code: 'ERR_OAUTH1_DUPLICATE_PARAMETER' }),
      )
      expect(() => signatureBaseString(request, protocol, { querySigning })).toThrow(
        expect.objectContaining({ code: 'ERR_OAUTH1_DUPLICATE_PARAMETER' }),
      )
    }
  })

  test('an extra protocol parameter too', () => {
    const request = { method: 'GET', url: 'https://h.example/?diffie_hellman_challenge=1' }
    expect(() => signedText(request, 'rfc5849', { diffie_hellman_challenge: '1' })).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_DUPLICATE_PARAMETER' }),
    )
  })

  test('a realm of the request itself is a parameter like others', () => {
    const request = { method: 'GET', url: 'https://h.example/?realm=2' }
    expect(signedText(request)).toContain('%26realm%3D2')
  })
})

test.each(['a', 'a=1&', '=', '%', '%ff,'])('a megabyte of %j comes to an end', (piece) => {
  const text = piece.repeat(1_000_000 / piece.length)
  const request = { method: 'POST', url: `https://h.example/?${text}`, headers: form, body: text }
  expect(signedText(request, 'omit')).toContain('oauth_token%3Dtoken')
  expect(
    createAuthorizationHeader(request, { consumerKey: 'key' }, { method: 'TEXT', sign: String }),
  ).toContain('a')
})
