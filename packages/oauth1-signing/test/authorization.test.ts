import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  authorizationUrl,
  isOAuth1Error,
  parseAuthorizationCallback,
  readAccessTokenResponse,
  readRequestTokenResponse,
} from '../src/index.ts'

describe('authorizationUrl', () => {
  test.each([
    [
      { requestToken: '25ebcc75204da80b73f4' },
      'https://www.interactivebrokers.com/authorize?oauth_token=25ebcc75204da80b73f4',
    ],
    [
      { requestToken: 't', redirectUri: '/path?a=b' },
      'https://www.interactivebrokers.com/authorize?oauth_token=t&redirect_uri=%2Fpath%3Fa%3Db',
    ],
    [
      { requestToken: 'a&b c', authorizeUrl: 'https://s.example/authorize?x=1' },
      'https://s.example/authorize?x=1&oauth_token=a%26b%20c',
    ],
  ])('%o', (input, url) => {
    expect(authorizationUrl(input)).toBe(url)
  })

  test('needs a token', () => {
    expect(() => authorizationUrl({ requestToken: '' })).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }),
    )
  })
})

describe('parseAuthorizationCallback', () => {
  const sent = { requestToken: '25ebcc75204da80b73f4' }
  const authorized = { outcome: 'authorized', ...sent, verifier: '61c107d4cf34ac6d9f2b' }
  const query = 'oauth_token=25ebcc75204da80b73f4&oauth_verifier=61c107d4cf34ac6d9f2b'

  test.each([
    `https://www.example.com/callback?${query}`,
    `https://www.example.com/callback?other=1&${query}#fragment?oauth_token=x`,
    `/callback?${query}`,
    `?${query}`,
  ])('authorized: %s', (url) => {
    expect(parseAuthorizationCallback(url, sent)).toEqual(authorized)
  })

  test('a URL object, escapes', () => {
    const url = new URL('https://h.example/?oauth_token=a%2Fb&oauth_verifier=c+d')
    expect(parseAuthorizationCallback(url, { requestToken: 'a/b' })).toMatchObject({ verifier: 'c d' })
  })

  test.each(['https://www.example.com/callback', '/callback?', '/callback?other=1'])(
    'cancelled: %s',
    (url) => {
      expect(parseAuthorizationCallback(url, sent)).toEqual({ outcome: 'cancelled' })
    },
  )

  test.each([
    ['/?oauth_token=25ebcc75204da80b73f5&oauth_verifier=v', 'ERR_OAUTH1_TOKEN_MISMATCH'],
    ['/?oauth_token=25ebcc75204da80b73f4', 'ERR_OAUTH1_INVALID_CALLBACK'],
    ['/?oauth_verifier=v', 'ERR_OAUTH1_INVALID_CALLBACK'],
    ['/?oauth_token=&oauth_verifier=v', 'ERR_OAUTH1_INVALID_CALLBACK'],
    [`/?${query}&oauth_token=x`, 'ERR_OAUTH1_INVALID_CALLBACK'],
    [`/?${query}&oauth_verifier=x`, 'ERR_OAUTH1_INVALID_CALLBACK'],
  ])('refused: %s', (url, code) => {
    expect(() => parseAuthorizationCallback(url, sent)).toThrow(expect.objectContaining({ code }))
  })
})

describe('replies', () => {
  const json = { 'Content-Type': 'application/json; charset=utf-8' }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const reply = (body: string, headers: Record<string, string> = json, status = 200) => ({
    status,
    headers,
    body,
  })

  test('RFC 5849 2.1 and 2.3, as a form, also without a type that says so', () => {
    const temporary =
      'oauth_token=hdk48Djdsa&oauth_token_secret=xyz4992k83j47x0b&oauth_callback_confirmed=true'
    for (const headers of [form, { 'content-type': 'text/html' }, {}]) {
      const read = readRequestTokenResponse(reply(temporary, headers as Record<string, string>))
      expect(read).toMatchObject({ requestToken: 'hdk48Djdsa', callbackConfirmed: true })
      expect(read.requestTokenSecret?.reveal()).toBe('xyz4992k83j47x0b')
    }
    const token = readAccessTokenResponse(
      reply('oauth_token=j49ddk933skd9dks&oauth_token_secret=ll399dj47dskfjdk\n', form),
    )
    expect([token.accessToken, token.accessTokenSecret.reveal()]).toEqual([
      'j49ddk933skd9dks',
      'll399dj47dskfjdk',
    ])
    expect(token.isPaper).toBeUndefined()
  })

  test('a form that gives a field twice is refused, whichever was meant', () => {
    for (const body of [
      'oauth_token=one&oauth_token_secret=s&oauth_token=two',
      'oauth_token=t&oauth_token_secret=s&oauth%5Ftoken_secret=s',
    ]) {
      expect(() => readAccessTokenResponse(reply(body, form))).toThrow(
        expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_RESPONSE' }),
      )
    }
  })

  test("IBKR's JSON", () => {
    expect(readRequestTokenResponse(reply('{"oauth_token":"t"}'))).toEqual({
      requestToken: 't',
      callbackConfirmed: false,
    })
    const read = (more: string) =>
      readAccessTokenResponse(reply(`{"oauth_token":"t","oauth_token_secret":"s"${more}}`))
    expect(read('').isPaper).toBeUndefined()
    expect(read(',"is_paper":null').isPaper).toBeUndefined()
    expect(read(',"is_paper":true').isPaper).toBe(true)
    expect(read(',"is_paper":false').isPaper).toBe(false)
    expect(read(',"is_true":true').isPaper).toBe(true)
  })

  test('the secret is handed out by reveal() only', () => {
    const read = readAccessTokenResponse(reply('{"oauth_token":"t","oauth_token_secret":"hush"}'))
    expect(
      inspect(read, { depth: 9, showHidden: true }) + JSON.stringify(read) + String(read.accessTokenSecret),
    ).not.toContain('hush')
    expect(read.accessTokenSecret.reveal()).toBe('hush')
  })

  test.each([
    ['{"oauth_token":"t"}'],
    ['{"oauth_token":"","oauth_token_secret":"s"}'],
    ['{"oauth_token":7,"oauth_token_secret":"s"}'],
    ['{"oauth_token":"t","oauth_token_secret":"s","is_paper":"yes"}'],
    ['{"oauth_token":"t"'],
    ['["oauth_token"]'],
    ['"oauth_token"'],
    ['<html>Access Denied</html>'],
    [''],
  ])('not a token: %s', (body) => {
    expect(() => readAccessTokenResponse(reply(body))).toThrow(
      expect.objectContaining({
        code: 'ERR_OAUTH1_INVALID_RESPONSE',
        message: expect.not.stringContaining('Denied'),
      }),
    )
    const bytes = { status: 200, headers: json, body: new TextEncoder().encode(body) }
    expect(() => readAccessTokenResponse(bytes)).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_RESPONSE' }),
    )
  })

  test('JSON is known by itself: a byte order mark and the type of a form change nothing', () => {
    const body = '\ufeff{"oauth_token":"t","oauth_token_secret":"s"}'
    for (const sent of [body, new TextEncoder().encode(body)]) {
      expect(readAccessTokenResponse({ status: 200, headers: form, body: sent }).accessToken).toBe('t')
    }
  })

  test.each([
    ['a page', '<a href="?a&oauth_token=t&oauth_token_secret=s&">here</a>'],
    ['a list', '[{"oauth_token":"t","oauth_token_secret":"s"}]'],
    ['half a surrogate pair', '{"oauth_token":"\\ud800","oauth_token_secret":"s"}'],
  ])('%s is no token', (_, body) => {
    for (const read of [readRequestTokenResponse, readAccessTokenResponse]) {
      expect(() => read(reply(body, { 'content-type': 'text/html' }))).toThrow(
        expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_RESPONSE' }),
      )
    }
  })

  test('a refusal under a good status is one, whatever stands beside it', () => {
    for (const more of ['', ',"oauth_token":"t","oauth_token_secret":"s"']) {
      expect(() => readAccessTokenResponse(reply(`{"error":"invalid consumer"${more}}`))).toThrow(
        expect.objectContaining({
          code: 'ERR_OAUTH1_REQUEST_REFUSED',
          status: 200,
          message: expect.stringMatching(/nightly reset.*invalid consumer/),
        }),
      )
    }
    const none = reply('{"error":null,"oauth_token":"t","oauth_token_secret":"s"}')
    expect(readAccessTokenResponse(none).accessToken).toBe('t')
  })

  test('bytes that are no text', () => {
    const bytes = { status: 200, headers: json, body: Uint8Array.from([0xff]) }
    expect(() => readRequestTokenResponse(bytes)).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_RESPONSE' }),
    )
  })

  test.each([
    [
      '{"type":"/simple","title":"Unauthorized","status":401,"detail":"Access token expired"}',
      'Access token expired',
    ],
    ['{"status":401,"error":"Unauthorized","message":"no such token"}', 'no such token'],
    ['{"error":"id: 118871, error: LST failed, error: "}', 'id: 118871, error: LST failed, error:'],
    ['Access\r\n Denied', 'Access Denied'],
    ['{}', ''],
    ['7', '7'],
    ['', ''],
  ])('refused by the service: %s', (body, said) => {
    const message = `The service refused the request with status 401${said === '' ? '' : `: ${said}`}`
    for (const read of [readRequestTokenResponse, readAccessTokenResponse]) {
      expect(() => read(reply(body, json, 401))).toThrow(
        expect.objectContaining({ code: 'ERR_OAUTH1_REQUEST_REFUSED', status: 401, message }),
      )
    }
  })

  test.each([
    [401, '{"error":"id: 39687, error: invalid consumer","statusCode":401}', /upper case.*nightly reset/],
    [402, '', /Client Portal/],
    [403, '', /User-Agent/],
    [423, '{"status":"waiting for reply"}', /ask again/],
    [429, 'Too many', /10 to 15 minutes.*Too many/],
  ])('a cause that is known comes with its remedy: %i %s', (status, body, remedy) => {
    expect(() => readAccessTokenResponse(reply(body, json, status))).toThrow(
      expect.objectContaining({ status, message: expect.stringMatching(remedy) }),
    )
  })

  test('what was sent is masked where the service repeats it, in any encoding', () => {
    const sent = {
      method: 'POST',
      url: 'https://h.example/?oauth_token=query-token',
      headers: { authorization: 'OAuth oauth_signature="hushhush%26secretly", oauth_token="the-token"' },
      body: 'oauth_verifier=verifying',
    }
    const echoes = [
      'hushhush%26secretly',
      'hushhush&secretly',
      'hushhush%2526secretly',
      'the-token',
      'query-token',
    ]
    for (const echo of [
      ...echoes,
      'verifying',
      Buffer.from('the-token').toString('base64'),
      sent.headers.authorization,
    ]) {
      for (const read of [readRequestTokenResponse, readAccessTokenResponse]) {
        expect(() => read(reply(JSON.stringify({ error: `bad ${echo} here` }), json, 401), { sent })).toThrow(
          expect.objectContaining({
            message: expect.not.stringContaining(echo),
          }),
        )
      }
    }
  })

  test('however its headers are spelled; and a URL without a query is no secret', () => {
    const authorization = 'OAuth oauth_token="the-token"'
    for (const headers of [{ Authorization: authorization }, { AUTHORIZATION: authorization }]) {
      const sent = { method: 'POST', url: 'https://h.example/request_token', headers }
      const said = 'no the-token at https://h.example/request_token'
      expect(() => readAccessTokenResponse(reply(said, {}, 401), { sent })).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(/: no \[masked\] at https:\/\/h\.example\/request_token$/),
        }),
      )
    }
  })

  test('and what could be a token is, where it is not known what was sent', () => {
    for (const echo of [
      '6f531f8fd316915af53f',
      'nF1pZ%2BgB7kq%2Fxk3Q%2Bab',
      'eyJhbGciOiJSUzI1NiJ9.e30.c2ln',
    ]) {
      const body = JSON.stringify({ error: `unknown token ${echo}` })
      expect(() => readAccessTokenResponse(reply(body, json, 401))).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(echo) }),
      )
    }
  })

  test('a reply longer than any is not read', () => {
    const body = `{"oauth_token":"t","oauth_token_secret":"s","x":"${'x'.repeat(70_000)}"}`
    for (const long of [body, new TextEncoder().encode(body)]) {
      expect(() => readAccessTokenResponse({ status: 200, headers: json, body: long })).toThrow(
        expect.objectContaining({
          code: 'ERR_OAUTH1_INVALID_RESPONSE',
          message: expect.stringContaining('longer'),
        }),
      )
    }
  })

  test('a refusal is told without its control characters, on one line', () => {
    const body = 'a\0\x1fb\x7fc\x80\x9fd\xa0\u2028e é 😀 ~!'
    const message = 'The service refused the request with status 401: a b c d e é 😀 ~!'
    expect(() => readAccessTokenResponse(reply(body, {}, 401))).toThrow(expect.objectContaining({ message }))
  })

  test('a long refusal is cut', () => {
    try {
      readRequestTokenResponse(reply('x'.repeat(100_000), {}, 503))
      expect.unreachable()
    } catch (error) {
      expect(isOAuth1Error(error) && error.message.length).toBeLessThanOrEqual(300)
    }
  })
})
