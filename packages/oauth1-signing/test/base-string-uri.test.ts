import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseForm } from '../src/base-string/form.ts'
import { splitReceivedUrl, splitSentUrl } from '../src/base-string/uri.ts'
import { baseStringUri, percentEncode, signatureBaseString } from '../src/index.ts'
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
  const same = (url: string): void => {
    const href = new URL(url).href
    const split = splitSentUrl(url)
    expect(split.encodedUri).toBe(percentEncode(baseStringUri(href)))
    expect(parseForm(split.query)).toEqual(parseForm(splitReceivedUrl(href).query))
    expect(signatureBaseString({ method: 'GET', url }, {})).toBe(
      signatureBaseString({ method: 'GET', url: new URL(url) }, {}),
    )
  }

  test.each(odd)('%j', same)

  test('any URL', () => {
    fc.assert(fc.property(httpUrl, same))
  })

  test('any text behind an origin', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => same(`https://api.ibkr.com/${text}`)),
    )
  })

  test.each([
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    'h',
    'h.',
    'A.b',
    'xn--mnchen-3ya.example',
    '[::1]',
    'a..b',
    'u@h',
    'h-',
  ])('host %s with any port', (host) => {
    for (const port of ['', ':', ':80', ':443', ':0443', ':8443', ':65535']) {
      for (const scheme of ['https', 'http', 'HTTPS']) same(`${scheme}://${host}${port}/x?a=1,2'"`)
    }
  })

  test('another scheme is refused', () => {
    for (const url of ['ftp://api.ibkr.com/x', 'wss://api.ibkr.com/v1/api/ws', 'httpss://api.ibkr.com/x']) {
      expect(() => splitSentUrl(url)).toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_URL' }))
    }
  })

  test('hosts that start alike', () => {
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
