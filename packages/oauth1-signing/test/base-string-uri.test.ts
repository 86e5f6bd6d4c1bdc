import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitSentUrl } from '../src/base-string-uri.ts'
import { parseForm } from '../src/form-encoding.ts'
import { baseStringUri, percentEncode, signatureBaseString } from '../src/index.ts'
import { splitPlainUrl } from '../src/plain-url.ts'
import { httpUrl } from './support/arbitraries.ts'

describe('base string URI', () => {
  test.each([
    ['http://user:pass@example.com/', 'http://example.com/'],
    ['http://u@v@example.com/', 'invalid'],
    ['https://example.com:0443/', 'https://example.com/'],
    ['https://example.com:/', 'https://example.com/'],
    ['https://example.com?x=1', 'https://example.com/'],
    ['https://example.com#f', 'https://example.com/'],
    ['https://example.com/a#b?c', 'https://example.com/a'],
    ['https://example.com/%7Euser/%2f', 'https://example.com/%7Euser/%2f'],
    ['https://example.com/A//b/', 'https://example.com/A//b/'],
    ['http://[::1]/', 'http://[::1]/'],
    ['ftp://example.com/', 'invalid'],
    ['/relative', 'invalid'],
    ['https://', 'invalid'],
    ['https:///path', 'invalid'],
    ['https://exa mple.com:x/', 'invalid'],
    ['', 'invalid'],
  ])('%s', (url, expected) => {
    if (expected !== 'invalid') return expect(baseStringUri(url)).toBe(expected)
    expect(() => baseStringUri(url)).toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_URL' }))
  })
})

describe('what is signed is what a WHATWG client sends', () => {
  const odd = [
    'https://api.ibkr.com/a/../b/./c',
    'https://api.ibkr.com/a/%2e%2E/b',
    'https://api.ibkr.com/a/.b/..c/d.',
    'https://api.ibkr.com/ü?q=ü',
    'https://api.ibkr.com/a b?c d',
    'https://api.ibkr.com\\a\\b',
    'https://api.ibkr.com/a\tb?c\nd',
    '  https://api.ibkr.com/x?y  ',
    'https://api.ibkr.com',
    'https://api.ibkr.com?x=1',
    'https://api.ibkr.com:443/x',
    'http://api.ibkr.com:80/x',
    'http://api.ibkr.com:443/x',
    'https://API.ibkr.com/x',
    'https://api.ibkr.com/"<>^`{|}',
    "https://api.ibkr.com/!$&'()*+,;=:@[]?!$&'()*+,;=:@[]\"<>^`{|}",
    'https://127.1/x',
    'https://0x7f.1/x',
    'https://1.2.3/x',
    'https://[2001:DB8:0:0::1]/x',
    'https://münchen.example/x',
    'https://xn--mnchen-3ya.example/x',
    'https://user:pass@api.ibkr.com/x',
    'https://api.ibkr.com/x#y?z',
    'https://api.ibkr.com./x',
    'https://api.ibkr.com/x?',
    'https://api.ibkr.com//x',
  ]
  let plainless = 0
  const same = (url: string): void => {
    const href = new URL(url).href
    const split = splitSentUrl(url)
    expect(split.encodedUri).toBe(percentEncode(baseStringUri(href)))
    const plain = splitPlainUrl(url)
    if (plain === undefined) plainless++
    else
      expect([plain.encodedUri, parseForm(plain.query)]).toEqual([split.encodedUri, parseForm(split.query)])
    expect(signatureBaseString({ method: 'GET', url }, {})).toBe(
      signatureBaseString({ method: 'GET', url: new URL(url) }, {}),
    )
  }

  test.each(odd)('%j', (url) => {
    same(url)
    // Once more when the origin is the one remembered.
    same('https://api.ibkr.com/remembered')
    same(url)
  })

  test('any URL', () => {
    fc.assert(fc.property(httpUrl, same))
  })

  test('any text behind an origin', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => same(`https://api.ibkr.com/${text}`)),
    )
  })

  test('the short cut knows the usual URL and not the unusual', () => {
    expect(splitPlainUrl('https://api.ibkr.com/v1/api/x?a=1,2')).toEqual({
      encodedUri: 'https%3A%2F%2Fapi.ibkr.com%2Fv1%2Fapi%2Fx',
      query: 'a=1,2',
    })
    const origins = [
      'http://127.0.0.1:43121',
      'https://localhost:5000',
      'https://[::1]:8443',
      'http://h:65535',
    ]
    for (const origin of origins) {
      expect(splitPlainUrl(`${origin}/x`)).toEqual(splitSentUrl(`${origin}/x`))
    }
    expect(plainless).toBeGreaterThan(20)
  })

  test('an origin of another scheme is no short cut', () => {
    for (const url of ['ftp://api.ibkr.com/x', 'wss://api.ibkr.com/v1/api/ws', 'httpss://api.ibkr.com/x']) {
      expect(splitPlainUrl(url)).toBeUndefined()
      expect(() => splitSentUrl(url)).toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_URL' }))
    }
  })

  test('a host that only starts like the one remembered is another', () => {
    same('https://api.ibkr.com/x')
    same('https://api.ibkr.com.example/x')
    same('https://api.ibkr.community/x')
    same('https://api.ibkr.com:8080/x')
    same('https://api.ibkr.com@example.com/x')
  })
})

test.each(['GET /', '', 'GE\rT', 'GET\n', 'GÉT'])('method %j is refused', (method) => {
  expect(() => signatureBaseString({ method, url: 'https://h/' }, {})).toThrow(
    expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }),
  )
})
