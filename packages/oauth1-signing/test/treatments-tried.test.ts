import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  hmacSha256,
  percentEncode,
  type QuerySigning,
  querySignings,
  signatureBaseString,
} from '../src/index.ts'
import { createNonceStore, verifyRequestSync } from '../src/server.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const protocol = { oauth_consumer_key: 'key', oauth_token: 'token' }

function baseString(body: string, querySigning: QuerySigning, query = ''): string {
  const request = { method: 'POST', url: `https://h.example/${query}`, headers: form, body }
  return signatureBaseString(request, protocol, { querySigning })
}

/** The texts that a server tries for a signature that is wrong. */
function textsTried(query: string, querySigning: readonly QuerySigning[]): string[] {
  const key = hmacSha256(new Uint8Array(20).fill(1))
  const tried: string[] = []
  const spy = { method: key.method, sign: (text: string) => key.sign(tried[tried.push(text) - 1] ?? '') }
  const authorization =
    'OAuth oauth_consumer_key="key", oauth_nonce="n", oauth_signature="AAAA", oauth_signature_method="HMAC-SHA256", oauth_timestamp="1700000000"'
  const request = { method: 'GET', url: `https://h.example/${query}`, headers: { authorization } }
  const now = () => 1_700_000_000_000
  const result = verifyRequestSync(request, {
    findKey: () => ({ key: spy }),
    nonceStore: createNonceStore(),
    now,
    querySigning,
  })
  expect(result).toMatchObject({ code: 'ERR_OAUTH1_SIGNATURE_MISMATCH' })
  return tried
}

describe('a wrong signature is compared with', () => {
  test('one text where there is no query, whatever is accepted', () => {
    expect(textsTried('', querySignings)).toHaveLength(1)
  })

  test('each different text once', () => {
    expect(textsTried('?a=1', querySignings), 'guide is as rfc5849, raw as well').toHaveLength(2)
    expect(textsTried('?a=1,2;3', querySignings)).toHaveLength(4)
    const often: QuerySigning[] = Array.from({ length: 1000 }, (_, index) =>
      index % 2 === 0 ? 'raw' : 'omit',
    )
    expect(textsTried('?a=1,2', often)).toHaveLength(2)
  })

  test('the texts that clients sign', () => {
    const [rfc5849, omit, guide, raw] = textsTried('?b=x|y:z&a=1,2;', querySignings)
    expect(rfc5849).toContain('a%3D1%252C2%253B%26b%3Dx%257Cy%253Az%26oauth_consumer_key')
    expect(omit).not.toContain('a%3D1')
    expect(guide).toContain('a%3D1%2C2%253B%26b%3Dx%7Cy%3Az%26oauth_consumer_key')
    expect(raw).toContain('a%3D1%2C2%3B%26b%3Dx%7Cy%3Az%26oauth_consumer_key')
  })
})

describe('long texts are what short ones are', () => {
  test('rewritten marks of the guide', () => {
    const value = 'a,b%7Cc:d%252C%2C%25%32%43;'
    const [once, often] = [1, 2000].map((times) => baseString(`f=${value.repeat(times)}`, 'guide'))
    const piece = /f%3D(.*)%26oauth_consumer_key/.exec(once ?? '')?.[1] ?? ''
    expect(piece).toContain('a%2Cb%7Cc%3Ad')
    expect(often).toContain(`f%3D${piece.repeat(2000)}%26oauth_consumer_key`)
  })

  test('many parameters, by name and then by value', () => {
    const pairs = Array.from({ length: 60 }, (_, index) => [`p${(index * 7) % 20}`, `${(index * 11) % 60},`])
    const sorted = pairs.map(([name, value]) => `${name}%3D${value?.replace(',', '%252C')}`).sort()
    const query = `?${pairs.map((pair) => pair.join('=')).join('&')}`
    expect(baseString('', 'rfc5849', query)).toMatch(new RegExp(`%26${sorted.join('%26')}$`))
  })

  test('bytes beyond the length of a piece', () => {
    const text = "it's (é) *€𝄞! ".repeat(5000)
    expect(percentEncode(text)).toBe(percentEncode("it's (é) *€𝄞! ").repeat(5000))
    const bytes = '%FF%00%e9'.repeat(30_000)
    expect(baseString(`f=${bytes}`, 'rfc5849')).toContain(`f%3D${'%25FF%2500%25E9'.repeat(30_000)}%26`)
  })
})

/** Parameters as a client sorts that encodes afterwards. */
function byBytes(pairs: readonly (readonly [string, string])[]): string[] {
  const key = (text: string): Buffer => Buffer.from(text)
  return [...pairs]
    .sort(
      (one, other) =>
        Buffer.compare(key(one[0]), key(other[0])) || Buffer.compare(key(one[1]), key(other[1])),
    )
    .map(([name, value]) => `${percentEncode(name)}%3D${percentEncode(value)}`)
}

test('raw sorts by the bytes that names and values stand for', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '-', ',', '~', '%', '\u007f', 'é', '€', '𝄞', '/', '0'),
    maxLength: 4,
  })
  const pairs = fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(pairs, (list) => {
      const query = `?${list.map((pair) => pair.map(percentEncode).join('=')).join('&')}`
      const made = baseString('', 'raw', query).split('&').at(-1)?.split('%26') ?? []
      expect(made).toEqual(byBytes([...list, ...Object.entries(protocol)]))
    }),
    { seed: 18, numRuns: 300 },
  )
})
