import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isLiveSessionTokenError,
  type LiveSessionTokenError,
  type ReadLiveSessionTokenResponseOptions,
  type Reply,
  readLiveSessionTokenResponse,
} from '../src/index.ts'
import { codeOf, consumerKey, exchangePair, jsonReply } from './support/exchanges.ts'
import { bytes } from './support/fixtures.ts'

const day = 86_400_000
const minute = 60_000
const nowMs = Date.parse('2023-11-14T22:13:20Z')
const now = (): number => nowMs
const fields = { diffie_hellman_response: '0aB', live_session_token_signature: 'AB'.repeat(20) }
const date = (offsetMs: number): string => new Date(nowMs + offsetMs).toUTCString()

describe('the reply of either API generation', () => {
  test('the fields, as they come', () => {
    expect(readLiveSessionTokenResponse(jsonReply(fields), { now })).toEqual({
      diffieHellmanResponse: '0aB',
      liveSessionTokenSignature: 'ab'.repeat(20),
      expiresAtMs: nowMs + day,
      expiryBasis: 'request-time',
    })
  })

  test("OpenAPI's other name for B is understood, and does not win over the right one", () => {
    const { diffie_hellman_response, ...rest } = fields
    const misnamed = { ...rest, diffie_hellman_challenge: diffie_hellman_response }
    expect(readLiveSessionTokenResponse(jsonReply(misnamed), { now }).diffieHellmanResponse).toBe('0aB')
    const emptied = { ...misnamed, diffie_hellman_response: null }
    expect(readLiveSessionTokenResponse(jsonReply(emptied), { now }).diffieHellmanResponse).toBe('0aB')
    const both = { ...fields, diffie_hellman_challenge: '77' }
    expect(readLiveSessionTokenResponse(jsonReply(both), { now }).diffieHellmanResponse).toBe('0aB')
  })

  test.each<[string, Partial<Reply>]>([
    ['bytes', { body: new Uint8Array(Buffer.from(JSON.stringify(fields))) }],
    ['a byte order mark in a text', { body: `\ufeff${JSON.stringify(fields)}` }],
    ['a byte order mark', { body: new Uint8Array(Buffer.from(`\ufeff${JSON.stringify(fields)}`)) }],
    ['201', { status: 201 }],
    ['an error of null', { body: JSON.stringify({ ...fields, error: null }) }],
    ['no headers worth the name', { headers: undefined as never }],
  ])('%s', (_, change) => {
    expect(
      readLiveSessionTokenResponse({ ...jsonReply(fields), ...change }, { now }).diffieHellmanResponse,
    ).toBe('0aB')
  })

  test.each<[string, unknown]>([
    ['no B', { ...fields, diffie_hellman_response: undefined }],
    ['an empty B', { ...fields, diffie_hellman_response: '' }],
    ['B as a number', { ...fields, diffie_hellman_response: 11 }],
    ['no signature', { ...fields, live_session_token_signature: undefined }],
    ['a short signature', { ...fields, live_session_token_signature: 'ab' }],
    [
      'a signature in base64',
      { ...fields, live_session_token_signature: Buffer.alloc(20).toString('base64') },
    ],
    ['an expiry in seconds', { ...fields, live_session_token_expiration: 1_700_000_000 }],
    ['an expiry in words', { ...fields, live_session_token_expiration: 'tomorrow' }],
    ['an expiry with a fraction', { ...fields, live_session_token_expiration: nowMs + 0.5 }],
    ['a list', [fields]],
    ['null', null],
  ])('malformed: %s', (_, body) => {
    expect(codeOf(() => readLiveSessionTokenResponse(jsonReply(body), { now }))).toBe(
      'ERR_LST_MALFORMED_RESPONSE',
    )
  })

  test.each(['', 'OK', '<html>', '{"diffie'])('malformed: the body %j', (body) => {
    const reply = { status: 200, headers: {}, body }
    expect(codeOf(() => readLiveSessionTokenResponse(reply))).toBe('ERR_LST_MALFORMED_RESPONSE')
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no status', { headers: {}, body: '' }],
    ['a body not yet read', { status: 200, headers: {}, body: new ReadableStream() }],
    ['a parsed body', { status: 200, headers: {}, body: fields }],
  ])("a caller's mistake: %s", (_, reply) => {
    expect(codeOf(() => readLiveSessionTokenResponse(reply as Reply))).toBe('ERR_LST_INVALID_INPUT')
  })
})

describe('expiry', () => {
  const read = (expiration: unknown, headers: Reply['headers'] = {}, requestedAtMs?: number): unknown => {
    const body = JSON.stringify({ ...fields, live_session_token_expiration: expiration })
    const { expiresAtMs, expiryBasis } = readLiveSessionTokenResponse(
      { status: 200, headers, body },
      { now, requestedAtMs },
    )
    return [expiresAtMs - nowMs, expiryBasis]
  }

  test.each<[string, number, number, string]>([
    ['about a day ahead', day - 5000, day - 5000, 'expiration'],
    ['just over ten minutes ahead', 10 * minute + 1, 10 * minute + 1, 'expiration'],
    ['ten minutes ahead', 10 * minute, day + 10 * minute, 'time-of-computation'],
    ['now', 0, day, 'time-of-computation'],
    ['ten minutes ago', -10 * minute, day - 10 * minute, 'time-of-computation'],
    ['longer ago', -11 * minute, day, 'implausible-expiration'],
    ['a week ahead', 7 * day, 7 * day, 'expiration'],
    ['more than a week ahead', 7 * day + 1, day, 'implausible-expiration'],
    ['microseconds', 999 * nowMs, day, 'implausible-expiration'],
  ])('a value of %s', (_, offset, expected, basis) => {
    expect(read(nowMs + offset)).toEqual([expected, basis])
    expect(read(String(nowMs + offset))).toEqual([expected, basis])
  })

  test("a value that is now by the server's clock, while ours is wrong", () => {
    expect(read(nowMs - 60 * minute, { Date: date(-60 * minute) })).toEqual([
      day - 60 * minute,
      'time-of-computation',
    ])
  })

  test.each<[string, Reply['headers'], number | undefined, number, string]>([
    ['no Date', {}, undefined, day, 'request-time'],
    ['no Date, requested before', {}, nowMs - 5000, day - 5000, 'request-time'],
    ['no Date, requested before the clock was set from 1970', {}, 0, day, 'request-time'],
    ['no Date, requested before the clock was set back', {}, nowMs + 30 * day, day, 'request-time'],
    ['no Date, requested an hour ago', {}, nowMs - 60 * minute, day - 60 * minute, 'request-time'],
    ['an earlier Date', { date: date(-9000) }, nowMs - 5000, day - 9000, 'date-header'],
    ['a later Date', { DATE: date(9000) }, nowMs - 5000, day - 5000, 'request-time'],
    ['a Date among several', { Date: [date(-9000), date(0)] }, undefined, day - 9000, 'date-header'],
    ['a Date in a Headers object', new Headers({ date: date(-9000) }), undefined, day - 9000, 'date-header'],
    ['a Date that is none', { date: 'soon' }, undefined, day, 'request-time'],
  ])('absent: %s', (_, headers, requestedAtMs, expected, basis) => {
    expect(read(undefined, headers, requestedAtMs)).toEqual([expected, basis])
    expect(read(null, headers, requestedAtMs)).toEqual([expected, basis])
  })

  test.each<[string, Reply['headers'], number, string]>([
    ['a Date of 1970', { date: 'Thu, 01 Jan 1970 00:00:00 GMT' }, day, 'request-time'],
    ['a Date an hour ago', { date: date(-60 * minute) }, day, 'request-time'],
    ['a Date not quite an hour ago', { date: date(-59 * minute) }, day - 59 * minute, 'date-header'],
  ])('absent, and the server’s clock is far off: %s', (_, headers, expected, basis) => {
    expect(read(undefined, headers)).toEqual([expected, basis])
  })

  test.each<['expiry' | 'computation' | 'auto', number, number, string]>([
    ['expiry', 5000, 5000, 'expiration'],
    ['expiry', 0, 0, 'expiration'],
    ['expiry', -5000, -5000, 'expiration'],
    ['expiry', 8 * day, day, 'implausible-expiration'],
    ['computation', 0, day, 'time-of-computation'],
    ['computation', -23 * 60 * minute, 60 * minute, 'time-of-computation'],
    ['computation', -day, day, 'implausible-expiration'],
    ['computation', 6 * day, 7 * day, 'time-of-computation'],
    ['computation', 6 * day + 1, day, 'implausible-expiration'],
    ['auto', 5000, day + 5000, 'time-of-computation'],
  ])('read as %s, %i ms from now', (expirationReading, offset, expected, basis) => {
    const body = JSON.stringify({ ...fields, live_session_token_expiration: nowMs + offset })
    const { expiresAtMs, expiryBasis } = readLiveSessionTokenResponse(
      { status: 200, headers: {}, body },
      { now, expirationReading },
    )
    expect([expiresAtMs - nowMs, expiryBasis]).toEqual([expected, basis])
  })

  test('the clock is the runtime’s unless another is given', () => {
    const before = Date.now()
    expect(readLiveSessionTokenResponse(jsonReply(fields)).expiresAtMs).toBeGreaterThanOrEqual(before + day)
  })
})

describe('refusals', () => {
  const json = (body: unknown): string => JSON.stringify(body)
  const problem = (detail: string): string =>
    json({ type: '/simple', title: 'Unauthorized', status: 401, detail })

  test.each<[number, string, string, RegExp]>([
    [
      401,
      json({ error: 'id: 39687, error: invalid consumer', statusCode: 401 }),
      'ERR_LST_INVALID_CONSUMER',
      /consumerKey.*upper case.*next nightly reset.*realm/,
    ],
    [
      401,
      json({
        error: 'id: 118871, error: LST failed, error: No access secret key found for 6f531f8fd316915af53f',
        statusCode: 401,
      }),
      'ERR_LST_NO_ACCESS_TOKEN_SECRET',
      /anew in the portal/,
    ],
    [
      401,
      json({ error: 'id: 118871, error: LST failed, error: mismatch', statusCode: '401' }),
      'ERR_LST_UNAUTHORIZED',
      /DH parameters/,
    ],
    [
      401,
      json({ error: 'id: 515400, error: LST failed, error: ', statusCode: 401 }),
      'ERR_LST_UNAUTHORIZED',
      /Generate access token and secret anew/,
    ],
    [401, json({ error: 'LST failed' }), 'ERR_LST_UNAUTHORIZED', /Generate access token and secret anew/],
    [402, '', 'ERR_LST_REFUSED', /Client Portal/],
    [423, json({ status: 'waiting for reply' }), 'ERR_LST_UNAVAILABLE', /in some seconds/],
    [
      401,
      problem('Access token expired'),
      'ERR_LST_UNAUTHORIZED',
      /signing key.*Unauthorized; Access token expired/,
    ],
    [
      401,
      json({ status: 401, error: 'Unauthorized', message: 'no' }),
      'ERR_LST_UNAUTHORIZED',
      /Unauthorized; no/,
    ],
    [401, 'Unauthorized', 'ERR_LST_UNAUTHORIZED', /said: Unauthorized/],
    [401, '', 'ERR_LST_UNAUTHORIZED', /clock/],
    [
      400,
      json({ error: 'Bad Request: missing oauth_nonce', statusCode: 400 }),
      'ERR_LST_BAD_REQUEST',
      /missing oauth_nonce/,
    ],
    [
      403,
      '<!DOCTYPE html><html><head><title>Access Denied</title></head><body>You</body></html>',
      'ERR_LST_FORBIDDEN',
      /User-Agent.*Access Denied/,
    ],
    [408, '', 'ERR_LST_UNAVAILABLE', /later/],
    [404, 'Not Found', 'ERR_LST_REFUSED', /base URL is whole.*v1\/api/],
    [410, 'Gone', 'ERR_LST_GONE', /numbered host/],
    [411, '', 'ERR_LST_BAD_REQUEST', /Content-Length: 0/],
    [429, json({ error: 'Too many', statusCode: 429 }), 'ERR_LST_RATE_LIMITED', /10 to 15 minutes/],
    [500, json({ error: 'oops' }), 'ERR_LST_UNAVAILABLE', /pauses/],
    [
      503,
      json({ error: 'Service Unavailable', statusCode: 503 }),
      'ERR_LST_UNAVAILABLE',
      /pauses.*Service Unavailable/,
    ],
    [302, '', 'ERR_LST_REFUSED', /302/],
    [404, 'Not Found', 'ERR_LST_REFUSED', /Not Found/],
    [200, json({ error: 'id: 1, error: invalid consumer' }), 'ERR_LST_INVALID_CONSUMER', /answered 200/],
    [200, json({ ...fields, error: 'no' }), 'ERR_LST_REFUSED', /no/],
  ])('%i %s', (status, body, code, message) => {
    const error = refusal({ status, headers: {}, body })
    expect(error).toMatchObject({ code, status })
    expect(error.message).toMatch(message)
  })

  test('what the server said is kept, on one line, without anything that may be a token', () => {
    const said = `no\r\nsecret \u202e 6f531f8fd316915af53f ${'x'.repeat(15)} ${Buffer.alloc(20, 7).toString('base64')} ${'a b '.repeat(200)}`
    const { detail = '', message } = refusal({ status: 401, headers: {}, body: said })
    expect(detail).toMatch(/^no secret \[masked\] x{15} \[masked\]/)
    expect(detail.length).toBeLessThanOrEqual(300)
    expect(message.length).toBeLessThanOrEqual(300)
    expect(message).not.toMatch(/[\r\n]|6f531f/)
  })

  test('what was sent is hidden in every spelling, short tokens too', () => {
    const sent = 'OAuth oauth_token="ab12cd34", oauth_signature="nF1pZ%2BgB7kq%2Fxk3Q%3D"'
    const spellings = [
      'ab12cd34',
      'nF1pZ%2BgB7kq%2Fxk3Q%3D',
      'nF1pZ+gB7kq/xk3Q=',
      'nF1pZ%252BgB7kq%252Fxk3Q%253D',
    ]
    for (const spelling of spellings) {
      const reply = { status: 401, headers: {}, body: JSON.stringify({ error: `bad <${spelling}> here` }) }
      const error = refusal(reply, { sent: [sent] })
      expect(`${error.message} ${error.detail}`).not.toContain(spelling)
      expect(error.detail).toMatch(/^bad <.*\[masked\].*> here$/)
    }
  })

  test('an exchange hides its own secret by itself', () => {
    const secret = bytes('abcdefabcdef')
    for (const spelling of ['hex', 'base64'] as const) {
      const { exchange } = exchangePair({ secret })
      const echo = Buffer.from(secret).toString(spelling)
      const reply = jsonReply({ error: `prefix ${echo} of the base string` }, 401)
      expect(() => exchange.complete(reply, consumerKey)).toThrow(
        /said: prefix \[masked\] of the base string$/,
      )
    }
  })

  test('whatever the server says, the message is one clean line of at most 300 characters', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 500 }),
          fc.constantFrom(
            '\u202e\u2066\u200b\u200f\ufeff\u0000\u001b[31m\u2028',
            '\ud800'.repeat(400),
            '<p>'.repeat(999),
          ),
        ),
        (status, said) => {
          for (const body of [said, JSON.stringify({ error: said, message: 'invalid consumer' })]) {
            const { message, detail = '' } = refusal({
              status: status === 200 ? 201 : status,
              headers: {},
              body,
            })
            for (const text of [message, detail]) {
              expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/u)
              expect(text.length).toBeLessThanOrEqual(300)
            }
          }
        },
      ),
    )
  })

  test('what the server says twice is told once', () => {
    const body = json({ status: 401, error: 'Unauthorized', message: 'Unauthorized', detail: 'no session' })
    const { detail } = refusal({ status: 401, headers: {}, body })
    expect(detail).toBe('Unauthorized; no session')
  })

  test('without words of the server there is no detail', () => {
    expect('detail' in refusal({ status: 401, headers: {}, body: '' })).toBe(false)
  })

  test('an endless page is not read to its end', () => {
    const body = '<'.repeat(5_000_000)
    expect(refusal({ status: 503, headers: {}, body }).code).toBe('ERR_LST_UNAVAILABLE')
  })
})

function refusal(reply: Reply, options: ReadLiveSessionTokenResponseOptions = {}): LiveSessionTokenError {
  try {
    readLiveSessionTokenResponse(reply, options)
  } catch (error) {
    if (isLiveSessionTokenError(error)) return error
    throw error
  }
  throw new Error('the reply was not refused')
}
