import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTransport } from '../src/call/transport.ts'
import { createHarness, failureOf } from './support/harness.ts'

describe('where requests go', () => {
  it.each([
    ['a path', '/iserver/accounts', 'https://api.ibkr.com/v1/api/iserver/accounts'],
    ['a path with query', '/a?b=c', 'https://api.ibkr.com/v1/api/a?b=c'],
    ['an absolute URL', 'https://api.ibkr.com/v1/api/tickle', 'https://api.ibkr.com/v1/api/tickle'],
    ['the default port', 'https://api.ibkr.com:443/v1/api/tickle', 'https://api.ibkr.com/v1/api/tickle'],
    ['a fragment, which is not sent', '/a#b', 'https://api.ibkr.com/v1/api/a'],
    ['dots within the prefix', '/a/../b', 'https://api.ibkr.com/v1/api/b'],
    ['an encoded slash', '/trsrv/EUR%2FUSD', 'https://api.ibkr.com/v1/api/trsrv/EUR%2FUSD'],
    ['the prefix itself', 'https://api.ibkr.com/v1/api', 'https://api.ibkr.com/v1/api'],
    ['two slashes, which are a path here', '//evil.example/a', 'https://api.ibkr.com/v1/api//evil.example/a'],
  ])('resolves %s', async (_, url, expected) => {
    const { transport, dispatcher } = createHarness()
    const response = await transport.get(url)
    expect(response.url).toBe(expected)
    expect(dispatcher.last.request.origin + dispatcher.last.request.path).toBe(expected)
  })

  it.each([
    ['another host', 'https://evil.example/v1/api/a'],
    ['a host that only begins alike', 'https://api.ibkr.com.evil.example/v1/api/a'],
    ['another scheme', 'http://api.ibkr.com/v1/api/a'],
    ['another port', 'https://api.ibkr.com:8443/v1/api/a'],
    ['another prefix on the same host', 'https://api.ibkr.com/gw/api/v1/accounts'],
    ['a prefix that only begins alike', 'https://api.ibkr.com/v1/apis'],
    ['dots that leave the prefix', '/../../gw/api/v1/accounts'],
    ['encoded dots that leave the prefix', '/%2e%2e/%2e%2e/gw'],
    ['dots between encoded slashes', '/a%2f..%2f..%2f..%2fgw'],
    ['dots that are encoded twice', '/%252e%252e/%252e%252e/gw'],
    ['dots before a space', '/a/.. /.. ?b'],
    ['dots with a path parameter', '/a/..;/..;x=1/gw'],
    ['dots with an encoded path parameter', '/a/..%3b/..%3B/gw'],
    ['backslashes', '/a\\..\\..\\..\\gw'],
    ['encoded backslashes', '/a%5c..%5c..%5c..%5cgw'],
  ])('refuses %s before anything is authorised', async (_, url) => {
    let authorized = 0
    const authorize = () => {
      authorized++
      return { authorization: 'Bearer s3cr3t-token' }
    }
    const { transport, dispatcher } = createHarness(undefined, { authorize })
    const error = await failureOf(transport.get(url))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_OUT_OF_SCOPE', sent: 'no', attempts: 0 })
    expect([authorized, dispatcher.exchanges.length]).toEqual([0, 0])
  })

  it.each([
    ['a relative path', 'iserver/accounts'],
    ['no URL at all', 'https://'],
    ['a user name', 'https://user@api.ibkr.com/v1/api/a'],
    ['a password', 'https://user:password@api.ibkr.com/v1/api/a'],
  ])('refuses %s as input', async (_, url) => {
    const error = await failureOf(createHarness().transport.get(url))
    expect(error.code).toBe('ERR_TRANSPORT_INVALID_INPUT')
    expect(error.message).not.toContain('password@')
  })

  it('keeps to its origin and prefix whatever it is given', async () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '..',
      '.',
      '%2e',
      '%2f',
      '%5c',
      '%25',
      'a',
      '@',
      ':',
      '?',
      '#',
      '//',
      'evil.example',
      'https:',
      ' ',
      '\t',
      '\n',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async (parts) => {
        const { transport, dispatcher } = createHarness()
        await transport.get(`/${parts.join('')}`).catch(() => undefined)
        for (const { request } of dispatcher.exchanges) {
          const [path = ''] = decode(decode(request.path)).split(/[?#]/)
          expect(request.origin).toBe('https://api.ibkr.com')
          expect(new URL(`https://x${path.replaceAll('\\', '/')}`).pathname).toMatch(/^\/v1\/api(\/|$)/)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('where a transport may be pointed', () => {
  it.each([
    ['http://127.0.0.1:5000', 'http://127.0.0.1:5000/a'],
    ['http://localhost:5000/', 'http://localhost:5000/a'],
    ['http://[::1]:5000', 'http://[::1]:5000/a'],
    ['https://api.ibkr.com', 'https://api.ibkr.com/a'],
    ['https://API.ibkr.com:443/v1/api/', 'https://api.ibkr.com/v1/api/a'],
    ['https://api.ibkr.com/gw//', 'https://api.ibkr.com/gw/a'],
  ])('takes %s', async (baseUrl, expected) => {
    const { clock, dispatcher, transport } = createHarness(undefined, { baseUrl })
    await clock.until(transport.get('/a'))
    expect(dispatcher.last.request.origin + dispatcher.last.request.path).toBe(expected)
  })

  it.each([
    'http://api.ibkr.com',
    'http://127.0.0.1.evil.example',
    'ftp://api.ibkr.com',
    'https://u:p@api.ibkr.com',
    'api.ibkr.com',
    'https://api.ibkr.com/?a=b',
    'https://api.ibkr.com/v1#a',
    'https://api.ibkr.com/v1/../gw',
    'https://api.ibkr.com/v1/%2e%2e/gw',
    'https://api.ibkr.com/v1//api',
    'https://api.ibkr.com/v1 api',
    'https://api.ibkr.com\\v1',
  ])('refuses %s', (baseUrl) => {
    expect(() => createTransport({ baseUrl })).toThrow(
      expect.objectContaining({ code: 'ERR_TRANSPORT_INVALID_INPUT' }),
    )
  })

  it('takes plain http to a host that is named', () => {
    const { dispatcher } = createHarness()
    const baseUrl = 'http://gateway.internal:5000'
    expect(() => createTransport({ baseUrl, dispatcher, allowPlainHttp: ['gateway.internal'] })).not.toThrow()
    expect(() => createTransport({ baseUrl, dispatcher, allowPlainHttp: ['other.internal'] })).toThrow(
      'allowPlainHttp',
    )
  })
})

/** Decodes as a server might that is too kind. */
function decode(text: string): string {
  return text.replace(/%[0-7][0-9a-f]/gi, decodeURIComponent)
}
