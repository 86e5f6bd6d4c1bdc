import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readServerMessage } from '../src/call/server-message.ts'
import { isTransportError, TransportError, transportErrorCodes } from '../src/errors.ts'
import type { RequestOptions } from '../src/request/types.ts'
import { createHarness, failureOf } from './support/harness.ts'

async function refusal(
  status: number,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  path = '/a',
) {
  const { transport, clock } = createHarness((exchange) => exchange.reply(status, body, headers), {
    retry: { limit: 0 },
  })
  return clock.until(failureOf(transport.get(path)))
}

describe('what the server said', () => {
  it.each([
    ['IBKR', '{"error":"no bridge","statusCode":400}', 'no bridge'],
    [
      'IBKR, with action',
      '{"error":"Please query /accounts first","action":"x"}',
      'Please query /accounts first',
    ],
    [
      'problem details',
      '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"insufficient scope"}',
      'Unauthorized: insufficient scope',
    ],
    [
      'status, error and message',
      '{"status":401,"error":"Unauthorized","message":"invalid consumer"}',
      'Unauthorized: invalid consumer',
    ],
    [
      'OAuth 2.0',
      '{"error":"invalid_client","error_description":"bad assertion"}',
      'invalid_client: bad assertion',
    ],
    ['nested', '{"error":{"message":"deep"}}', 'deep'],
    [
      'arguments that are named',
      JSON.stringify({
        title: 'Bad Request',
        status: 400,
        invalidArguments: [
          { field: 'conids', description: 'must be digits' },
          { field: 'secType' },
          { description: 'no field' },
          null,
          'text',
          { field: 7, description: {} },
          { field: 'sixth', description: 'is one too many' },
        ],
      }),
      'Bad Request: conids must be digits: secType: no field',
    ],
    ['arguments that are no list', '{"title":"Bad","invalidArguments":{"field":"x"}}', 'Bad'],
    ['said twice', '{"title":"Bad","error":"Bad"}', 'Bad'],
    ['plain text', 'invalid consumer\r\n', 'invalid consumer'],
    [
      'an HTML title',
      '<!DOCTYPE html><html><title> Access Denied </title><body>x</body></html>',
      'Access Denied',
    ],
    ['HTML without a title', '<html><script>var a</script><body><h1>Oops</h1> no</body></html>', 'Oops no'],
    ['JSON of another shape', '{"confirmed":false}', '{"confirmed":false}'],
    ['a list', '[1,2]', '[1,2]'],
    ['broken JSON', '{"error":', '{"error":'],
    ['nothing', '', undefined],
    ['blanks', ' \n ', undefined],
    ['control characters', 'a\u0007b\u202ec', 'a b c'],
  ])('is found in %s', async (_, body, expected) => {
    const error = await refusal(400, body)
    expect(error.serverMessage).toBe(expected)
    if (expected) expect(error.message).toContain(expected)
  })

  it('is cut to one line that can be read', async () => {
    const error = await refusal(500, `first\nsecond ${'x'.repeat(100_000)}`)
    expect(error.serverMessage).toHaveLength(500)
    expect(error.message).not.toContain('\n')
  })

  it.each(['<', '<script', '<title', '<title>', '<script>'])(
    'is found in a page of nothing but %s without searching it again from each',
    { timeout: 2_500 },
    async (piece) => {
      const error = await refusal(500, piece.repeat(65_536 / piece.length), { 'content-type': 'text/html' })
      expect(error.status).toBe(500)
    },
  )

  it('survives any bytes', async () => {
    expect((await refusal(500, Buffer.from([0xff, 0xfe, 0x00, 0xd8]))).code).toBe(
      'ERR_TRANSPORT_SERVER_ERROR',
    )
    expect((await refusal(500, Buffer.from('{"error":"x"}', 'utf16le'))).code).toBe(
      'ERR_TRANSPORT_SERVER_ERROR',
    )
  })
})

describe('an error', () => {
  it('tells what is known', async () => {
    const error = await refusal(
      429,
      '{"error":"too many"}',
      { 'retry-after': '600' },
      '/iserver/marketdata/snapshot?conids=1',
    )
    expect(error).toMatchObject({
      name: 'TransportError',
      code: 'ERR_TRANSPORT_PACED',
      method: 'GET',
      path: '/v1/api/iserver/marketdata/snapshot?conids=1',
      status: 429,
      serverMessage: 'too many',
      attempts: 1,
      retryAfterMs: 600_000,
      retryable: false,
      sent: 'yes',
    })
    expect(error.response?.status).toBe(429)
    expect(error.message).toContain('Send nothing for 600 s')
  })

  it('names the documented time when the server names none', async () => {
    for (const headers of [
      {},
      { 'retry-after': '1' },
      { 'retry-after': '3600.5' },
      { 'retry-after': 'soon' },
    ]) {
      const silent = await refusal(429, '', headers)
      expect([silent.retryAfterMs, silent.message]).toEqual([
        600_000,
        expect.stringContaining('Send nothing for 600 s'),
      ])
    }
    for (const wish of ['999999999', '901', 'Fri, 31 Dec 9999 23:59:59 GMT']) {
      const long = await refusal(429, '', { 'retry-after': wish })
      expect([long.retryAfterMs, long.message]).toEqual([
        900_000,
        expect.stringContaining('Send nothing for 900 s'),
      ])
    }
  })

  it.each(['https://evil.example/v1/api/a', 'http://api.ibkr.com/', '//evil.example', 'file:///etc/passwd'])(
    'comes of a redirect to %s, which is not followed',
    async (location) => {
      const { transport, dispatcher } = createHarness((exchange) => exchange.reply(302, '', { location }), {
        authorize: () => ({ authorization: 'Bearer s3cr3t-s3cr3t' }),
      })
      const error = await failureOf(transport.get('/a'))
      expect([error.code, dispatcher.exchanges.length]).toEqual(['ERR_TRANSPORT_REDIRECT', 1])
      expect(error.response?.headers.get('location')).toBe(location)
    },
  )

  it('hides what was sent from whoever quotes a reply that was not to throw', async () => {
    const { transport } = createHarness(
      (exchange) => exchange.reply(400, JSON.stringify({ error: `no ${exchange.header('authorization')}` })),
      { authorize: () => ({ authorization: 'Bearer SECRET0123456789' }) },
    )
    const response = await transport.get('/a', { throwHttpErrors: false })
    expect(readServerMessage(response)).toBe('no [masked]')
  })

  it.each<[string, RequestOptions]>([
    ['a member of JSON', { json: { a: [{ access_token: 'SECRETjson0123456789' }] } }],
    [
      'a body that is a JWT',
      { body: 'eyJhbGciOiJSUzI1NiJ9.SECRETbody0123456789.x', headers: { 'content-type': 'application/jwt' } },
    ],
    ['a body of bytes', { body: Buffer.from('SECRETbytes0123456789') }],
    ['a header', { headers: { 'x-api-key': 'SECREThead0123456789' } }],
    ['a header of an interceptor', { context: { 'x-own': 'SECRETown0123456789' } }],
    ['a parameter', { query: { oauth_token: 'SECRETquery/0123456789' } }],
    ['a parameter of a form', { form: { client_assertion: 'SECRETform/0123456789' } }],
  ])(
    'hides %s where the server repeats it, in whatever encoding, also where the line is cut',
    async (_, options) => {
      const encodings: ((text: string) => string)[] = [
        (text) => text,
        encodeURIComponent,
        (text) => JSON.stringify(text).slice(1, -1),
        (text) => Buffer.from(text).toString('base64'),
        (text) => Buffer.from(text).toString('hex'),
      ]
      for (const encode of encodings) {
        for (const before of ['', 'x '.repeat(245)]) {
          const harness = createHarness(
            (exchange) => {
              const { body, path } = exchange.request
              const own = exchange.header('x-own') ?? exchange.header('x-api-key') ?? ''
              const secret = /SECRET[\w/%]+/.exec(
                [body === null ? '' : Buffer.from(body).toString(), path, own].join(' '),
              )
              const plain = decodeURIComponent(secret?.[0] ?? 'nothing')
              exchange.reply(400, JSON.stringify({ error: `${before}invalid: ${encode(plain)}` }))
            },
            {
              interceptors: [
                (attempt, next) =>
                  next({
                    ...attempt,
                    headers: { ...attempt.headers, ...(attempt.context as Record<string, string>) },
                  }),
              ],
            },
          )
          const error = await failureOf(harness.transport.post('/a', options))
          expect(error.serverMessage).toContain('invalid: ')
          expect(error.serverMessage).not.toContain('nothing')
          expect(inspect(error)).not.toMatch(/SECRET|U0VDUkVU|534543524554/)
        }
      }
    },
  )

  it('never prints a secret that the server decoded before it sent it back', async () => {
    const { transport } = createHarness((exchange) => exchange.reply(400, 'bad: c2ln+bmF0/dXJl=='), {
      authorize: () => ({ authorization: 'OAuth oauth_signature="c2ln%2BbmF0%2FdXJl%3D%3D"' }),
    })
    const error = await failureOf(transport.get('/a'))
    expect(error.serverMessage).toBe('bad: [masked]')
    expect(inspect(error)).not.toContain('c2ln+bmF0')
  })

  it('never prints a secret, not even one that the server sent back', async () => {
    const secrets = {
      header: 'OAuth oauth_signature="c2lnbmF0dXJlLXZhbHVl", oauth_token="acce55-token-va1ue"',
      query: 'query-secret-va1ue',
      form: 'form secret va1ue',
      cookie: '0123456789abcdef0123456789abcdef',
    }
    const { transport } = createHarness(
      (exchange, number) => {
        if (number === 1)
          return exchange.reply(200, '', { 'set-cookie': `api=${secrets.cookie}; Path=/; Secure` })
        const echo = [
          ...exchange.request.headers,
          exchange.request.path,
          exchange.request.body,
          secrets.form,
        ].join(' ')
        exchange.reply(500, JSON.stringify({ error: echo, statusCode: 500 }), { 'x-echo': secrets.cookie })
      },
      { authorize: () => ({ authorization: secrets.header }) },
    )
    await transport.get('/a')
    const error = await failureOf(
      transport.post('/a', { query: { oauth_token: secrets.query }, form: { client_secret: secrets.form } }),
    )
    const printed = [
      error.message,
      error.stack,
      error.path,
      error.serverMessage,
      inspect(error, { depth: 9, showHidden: true }),
      JSON.stringify(error),
      String(error),
    ].join('\n')
    for (const secret of [
      'c2lnbmF0dXJlLXZhbHVl',
      'acce55-token-va1ue',
      secrets.query,
      secrets.form,
      encodeURIComponent(secrets.form),
      secrets.cookie,
    ]) {
      expect(printed).not.toContain(secret)
    }
    expect(error.path).toBe('/v1/api/a?oauth_token=[masked]')
  })

  it.each([
    ['oauth_token', true],
    ['bearer_token', true],
    ['oauth_verifier', true],
    ['access%5Ftoken', true],
    ['client_assertion', true],
    ['a%zz', true],
    ['conids', false],
    ['fields', false],
  ])('masks the parameter %s: %s', async (name, masked) => {
    const error = await refusal(400, '', {}, `/a?${name}=va1ue&b=c`)
    expect(error.path).toBe(`/v1/api/a?${name}=${masked ? '[masked]' : 'va1ue'}&b=c`)
  })

  it('is recognised by its code, also from another copy of this package', () => {
    const foreign = Object.assign(new Error('x'), { code: 'ERR_TRANSPORT_PACED' })
    expect([
      isTransportError(foreign),
      isTransportError(new TransportError('ERR_TRANSPORT_CLOSED', 'x')),
    ]).toEqual([true, true])
    expect([
      isTransportError(Object.assign(new Error('x'), { code: 'ECONNRESET' })),
      isTransportError({ code: 'ERR_TRANSPORT_PACED' }),
    ]).toEqual([false, false])
  })

  it('has a code of its own for each failure', () => {
    expect(new Set(transportErrorCodes).size).toBe(transportErrorCodes.length)
    expect(transportErrorCodes.every((code) => code.startsWith('ERR_TRANSPORT_'))).toBe(true)
  })
})
