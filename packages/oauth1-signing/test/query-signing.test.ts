import { describe, expect, test } from 'vitest'
import {
  createAuthorizationHeader,
  hmacSha256,
  type QuerySigning,
  querySignings,
  type RequestToSign,
  type Signer,
  signatureBaseString,
} from '../src/index.ts'
import {
  createNonceStore,
  type ReceivedRequest,
  type VerificationResult,
  verifyRequestSync,
} from '../src/server.ts'

const url = 'https://h.example/x'
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const protocol = {
  oauth_consumer_key: 'key',
  oauth_nonce: 'n',
  oauth_signature_method: 'TEXT',
  oauth_timestamp: '1700000000',
  oauth_token: 'token',
}
const fixed = { now: () => 1_700_000_000_999, nonce: () => 'n' }
const hmac = hmacSha256(new Uint8Array(20).fill(1))

function header(request: RequestToSign, querySigning: QuerySigning, signer: Signer<string>): string {
  const credentials = { consumerKey: 'key', accessToken: 'token' }
  return createAuthorizationHeader(request, credentials, signer, { ...fixed, querySigning })
}

/** What a header is made over. */
function signedText(request: RequestToSign, querySigning: QuerySigning): string {
  const text = header(request, querySigning, { method: 'TEXT', sign: (signed) => signed })
  return decodeURIComponent(/oauth_signature="([^"]*)"/.exec(text)?.[1] ?? '')
}

function signed(request: RequestToSign, querySigning: QuerySigning): string {
  return header(request, querySigning, hmac)
}

function verify(request: ReceivedRequest, querySigning: readonly QuerySigning[]): VerificationResult {
  return verifyRequestSync(request, {
    findKey: () => ({ key: hmac }),
    nonceStore: createNonceStore(),
    now: fixed.now,
    querySigning,
  })
}

describe('the ways of signing a query', () => {
  const request = {
    method: 'POST',
    url: 'https://h.example/a%2Cb?q=1,2&r=a|b:c&s=x%20y&t=/%26',
    headers: form,
    body: 'f=1,2',
  }
  const tail =
    'oauth_consumer_key%3Dkey%26oauth_nonce%3Dn%26oauth_signature_method%3DTEXT%26oauth_timestamp%3D1700000000%26oauth_token%3Dtoken'

  test.each<[QuerySigning, string]>([
    [
      'rfc5849',
      `POST&https%3A%2F%2Fh.example%2Fa%252Cb&f%3D1%252C2%26${tail}%26q%3D1%252C2%26r%3Da%257Cb%253Ac%26s%3Dx%2520y%26t%3D%252F%2526`,
    ],
    ['omit', `POST&https%3A%2F%2Fh.example%2Fa%252Cb&${tail}`],
    [
      'guide',
      `POST&https%3A%2F%2Fh.example%2Fa%2Cb&f%3D1%2C2%26${tail}%26q%3D1%2C2%26r%3Da%7Cb%3Ac%26s%3Dx%2520y%26t%3D%252F%2526`,
    ],
    [
      'raw',
      `POST&https%3A%2F%2Fh.example%2Fa%252Cb&${tail}%26q%3D1%2C2%26r%3Da%7Cb%3Ac%26s%3Dx%20y%26t%3D%2F%26`,
    ],
  ])('%s', (querySigning, expected) => {
    expect(signatureBaseString(request, protocol, { querySigning })).toBe(expected)
    expect(signedText(request, querySigning)).toBe(expected)
  })

  test('raw sorts before it encodes', () => {
    const url = 'https://h.example/?a%20=1&a-=2&a=3'
    expect(signatureBaseString({ method: 'GET', url }, {}, { querySigning: 'raw' })).toMatch(
      /&a%3D3%26a%20%3D1%26a-%3D2$/,
    )
    const marks = 'https://h.example/?a~=1&a%C3%A9=2'
    expect(signatureBaseString({ method: 'GET', url: marks }, {}, { querySigning: 'raw' })).toMatch(
      /&a~%3D1%26a%C3%A9%3D2$/,
    )
    expect(signatureBaseString({ method: 'GET', url: marks }, {})).toMatch(/&a%25C3%25A9%3D2%26a~%3D1$/)
  })

  test('without query and form all are the same', () => {
    const texts = querySignings.map((querySigning) =>
      signatureBaseString({ method: 'GET', url: 'https://h.example/p' }, protocol, { querySigning }),
    )
    expect(new Set(texts).size).toBe(1)
  })

  test('another name is refused', () => {
    const querySigning = 'rfc' as QuerySigning
    const request = { method: 'GET', url: 'https://h.example/?a=1' }
    for (const sign of [
      () => signatureBaseString(request, protocol, { querySigning }),
      () => signedText(request, querySigning),
    ]) {
      expect(sign).toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }))
    }
  })
})

describe('what is signed and what is not', () => {
  const request = { method: 'POST', url: `${url}?q=1`, headers: form, body: 'f=2' }
  const expected: Readonly<Record<QuerySigning, [signed: string[], unsigned: string[]]>> = {
    rfc5849: [['q', 'f'], []],
    omit: [[], ['q', 'f']],
    guide: [['q', 'f'], []],
    raw: [['q'], ['f']],
  }

  test.each(querySignings)('is told apart under %s', (querySigning) => {
    const headers = { ...form, authorization: signed(request, querySigning) }
    const result = verify({ ...request, headers }, [querySigning])
    if (!result.ok) return expect.unreachable(result.code)
    const names = [result.requestParameters, result.unsignedParameters].map((list) =>
      list.map(([name]) => name),
    )
    expect(names).toEqual(expected[querySigning])
    const changed = { ...request, url: `${url}?q=9`, body: 'f=9', headers }
    expect(verify(changed, [querySigning]).ok).toBe(expected[querySigning][0].length === 0)
  })
})
