import { createPrivateKey } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createTransport } from '../src/call/transport.ts'
import type { TlsOptions } from '../src/http/tls.ts'
import type { RequestOptions, TransportRequest } from '../src/request/types.ts'
import { createAuthority } from './support/certificates.ts'
import { createHarness, failureOf } from './support/harness.ts'

async function sent(options: RequestOptions, method = 'POST', url = '/a') {
  const { transport, dispatcher } = createHarness()
  await transport.request({ ...options, method, url })
  return dispatcher.last
}

describe('queries', () => {
  it.each([
    ['plain', { conid: 265598, snapshot: true }, '?conid=265598&snapshot=true'],
    [
      'what must be encoded',
      { 'a b': "c&d=é!'()*~", q: 'EUR/USD,100%' },
      '?a%20b=c%26d%3D%C3%A9%21%27%28%29%2A~&q=EUR%2FUSD%2C100%25',
    ],
    ['a list', { conids: [1, 2] }, '?conids=1&conids=2'],
    ['left out', { a: undefined, b: '' }, '?b='],
    ['nothing', {}, ''],
  ])('are written: %s', async (_, query, expected) => {
    expect((await sent({ query }, 'GET')).request.path).toBe(`/v1/api/a${expected}`)
  })

  it("are added to the URL's own", async () => {
    expect((await sent({ query: { b: 2 } }, 'GET', '/a?x=1')).request.path).toBe('/v1/api/a?x=1&b=2')
  })

  it('come back as they went in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' })),
        async (query) => {
          const { path } = (await sent({ query }, 'GET')).request
          const read = new URL(path, 'https://x').searchParams
          expect(Object.fromEntries(read)).toEqual(Object.fromEntries(Object.entries(query)))
        },
      ),
    )
  })
})

describe('bodies', () => {
  it('are JSON', async () => {
    const exchange = await sent({ json: { orders: [{ side: 'BUY' }] } })
    expect([exchange.request.body, exchange.header('content-type')]).toEqual([
      '{"orders":[{"side":"BUY"}]}',
      'application/json',
    ])
  })

  it('are forms', async () => {
    const exchange = await sent({ form: { a: 'b c', d: ['e', 'f'] } })
    expect(exchange.request.body).toBe('a=b%20c&d=e&d=f')
    expect(exchange.header('content-type')).toBe('application/x-www-form-urlencoded')
  })

  it('are whatever the caller made, under the type the caller says', async () => {
    const body = new Uint8Array([1, 2, 3])
    const exchange = await sent({ body, headers: { 'Content-Type': 'application/jwt' } })
    expect([exchange.request.body, exchange.header('content-type')]).toEqual([body, 'application/jwt'])
    expect(
      (await sent({ json: 1, headers: { 'content-type': 'application/problem+json' } })).header(
        'content-type',
      ),
    ).toBe('application/problem+json')
  })

  it('may be absent', async () => {
    expect((await sent({})).request.body).toBeNull()
  })

  const invalid: [string, RequestOptions][] = [
    ['two at once', { json: {}, form: {} }],
    ['what JSON cannot express', { json: () => 1 }],
    ['what turns in circles', { json: circular() }],
    ['a stream', { body: Symbol.iterator as unknown as string }],
  ]
  it.each(invalid)('are not: %s', async (_, options) => {
    const error = await failureOf(createHarness().transport.post('/a', options))
    expect(error.code).toBe('ERR_TRANSPORT_INVALID_INPUT')
  })

  it.each(['GET', 'HEAD'])('are not sent with %s', async (method) => {
    const error = await failureOf(createHarness().transport.request({ method, url: '/a', json: {} }))
    expect(error.code).toBe('ERR_TRANSPORT_INVALID_INPUT')
  })
})

describe('headers', () => {
  it('always name a user agent, since the CDN refuses requests without one', async () => {
    expect((await sent({})).header('user-agent')).toBe('ibkr-auth-transport')
    const { transport, dispatcher } = createHarness(undefined, { userAgent: 'desk/7' })
    await transport.get('/a')
    expect(dispatcher.last.header('user-agent')).toBe('desk/7')
  })

  it("are the request's over the transport's, without regard to case, each once", async () => {
    const { transport, dispatcher } = createHarness(undefined, {
      headers: { 'X-Desk': 'a', Accept: 'text/plain' },
    })
    await transport.get('/a', { headers: { 'x-DESK': 'b' } })
    const { headers } = dispatcher.last.request
    const names = headers.filter((_, at) => at % 2 === 0)
    expect([dispatcher.last.header('x-desk'), dispatcher.last.header('accept')]).toEqual(['b', 'text/plain'])
    expect(new Set(names).size).toBe(names.length)
  })

  it('restated correctly are no mistake: requests made for fetch carry them', async () => {
    const exchange = await sent({ headers: { Host: 'api.ibkr.com', 'Content-Length': '0' } })
    expect([exchange.header('host'), exchange.header('content-length')]).toEqual([undefined, undefined])
  })

  it.each([
    ['line break in a value', { 'x-a': 'b\r\nx-evil: 1' }],
    ['bare line feed', { 'x-a': 'b\nc' }],
    ['null byte', { 'x-a': 'b\0c' }],
    ['letters beyond ASCII', { 'x-a': 'ü' }],
    ['line break in a name', { 'x-a\r\nx-evil': '1' }],
    ['space in a name', { 'x a': '1' }],
    ['empty name', { '': '1' }],
    ['another host', { host: 'evil.example' }],
    ['framing', { 'Transfer-Encoding': 'chunked' }],
    ['connection', { connection: 'close' }],
    ['a number', { 'x-a': 1 as unknown as string }],
  ])('cannot be: %s', async (_, headers) => {
    const { transport, dispatcher } = createHarness()
    const error = await failureOf(transport.post('/a', { headers }))
    expect([error.code, dispatcher.exchanges.length]).toEqual(['ERR_TRANSPORT_INVALID_INPUT', 0])
    expect(error.message).not.toMatch(/evil|[\r\n]/)
    expect(() => createTransport({ baseUrl: 'https://api.ibkr.com', headers })).toThrow('header')
  })

  it('never let a CR or LF through, wherever they come from', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', ':', ' ', '\0', 'ü') })
    await fc.assert(
      fc.asyncProperty(text, text, text, async (name, value, authorization) => {
        const { transport, dispatcher } = createHarness(undefined, { authorize: () => ({ authorization }) })
        await transport
          .get('/a', { headers: { [name]: value }, query: { [value]: name } })
          .catch(() => undefined)
        for (const { request } of dispatcher.exchanges) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
          expect([...request.headers, request.path].join('|')).not.toMatch(/[\x00-\x1f\x7f]/)
        }
      }),
    )
  })
})

describe('methods', () => {
  it.each(['get', 'post', 'put', 'patch', 'delete'] as const)('have a function: %s', async (verb) => {
    const { transport, dispatcher } = createHarness()
    await transport[verb]('/a')
    expect(dispatcher.last.request.method).toBe(verb.toUpperCase())
  })

  it.each(['TRACE', 'CONNECT', 'GET\r\n', 'purge', ''])('are not: %j', async (method) => {
    const error = await failureOf(createHarness().transport.request({ method, url: '/a' }))
    expect(error.code).toBe('ERR_TRANSPORT_INVALID_INPUT')
  })

  it('take a request as it was built for fetch', async () => {
    const request: TransportRequest = {
      method: 'POST',
      url: 'https://api.ibkr.com/v1/api/oauth/live_session_token',
      headers: { Authorization: 'OAuth realm="limited_poa"', 'Content-Length': '0' },
    }
    const { transport, dispatcher } = createHarness(undefined, {
      authorize: () => ({ authorization: 'Bearer other' }),
    })
    await transport.request(request)
    expect(dispatcher.last.header('authorization')).toBe('OAuth realm="limited_poa"')
  })
})

describe('what would be left out or changed without a word is refused by name', () => {
  it.each<[string, unknown, RegExp]>([
    [
      'a query of URLSearchParams',
      { query: new URLSearchParams('a=1') },
      /query must be an object with its members by name/,
    ],
    [
      'a form of a Map',
      { method: 'POST', form: new Map([['a', 1]]) },
      /form must be an object with its members by name/,
    ],
    ['a query that is null', { query: null }, /query must be/],
    ['a parameter that is null', { query: { conid: null } }, /query\.conid/],
    ['a parameter that is no number', { query: { conid: Number.NaN } }, /query\.conid/],
    ['an object as a parameter', { method: 'POST', form: { a: {} } }, /form\.a/],
    ['half a character', { query: { a: '\ud800' } }, /query/],
    [
      'a price that is no number',
      { method: 'POST', json: { orders: [{ price: Number.NaN }] } },
      /price, not NaN/,
    ],
    ['an endless quantity', { method: 'POST', json: [Number.POSITIVE_INFINITY] }, /finite number/],
    [
      'headers of Headers',
      { headers: new Headers({ a: 'b' }) },
      /headers must be an object with its members by name/,
    ],
    [
      'headers of a Map',
      { headers: new Map([['a', 'b']]) },
      /headers must be an object with its members by name/,
    ],
    ['headers that are null', { headers: null }, /headers must be an object with its members by name/],
    ['a signal that is none', { signal: 'x' }, /signal/],
    ['no for idempotent', { method: 'POST', idempotent: 'no' }, /idempotent must be true or false/],
    ['no for throwHttpErrors', { throwHttpErrors: 'no' }, /throwHttpErrors must be true or false/],
    ['a text for authorize', { authorize: 'Bearer x' }, /authorize must be a function/],
    ['no url', { url: null }, /url must be/],
    ['a line break in the url', { url: '/a\r\nHost: elsewhere' }, /url must not hold line breaks/],
    ['no method', { method: undefined }, /method must be one of/],
  ])('%s', async (_, change, message) => {
    const { transport, dispatcher } = createHarness()
    const request = { method: 'GET', url: '/a', ...(change as object) } as TransportRequest
    const failure = await failureOf(transport.request(request))
    expect(failure.code).toBe('ERR_TRANSPORT_INVALID_INPUT')
    expect(failure.message).toMatch(message)
    expect(dispatcher.exchanges).toEqual([])
  })

  it.each([undefined, null, 5, 'GET /a'])('a request that is %s', async (request) => {
    const { transport } = createHarness()
    const failure = await failureOf(transport.request(request as never))
    expect(failure).toMatchObject({
      code: 'ERR_TRANSPORT_INVALID_INPUT',
      message: 'a request must be an object',
    })
  })

  it('but for null itself, and a signal that is null', async () => {
    const { request } = await sent({ json: { price: null }, signal: null as never })
    expect(request.body).toBe('{"price":null}')
  })
})

describe('options', () => {
  it.each<[string, unknown]>([
    ['timeouts', { timeouts: 5 }],
    ['retry', { retry: 'never' }],
    ['cookies', { cookies: true }],
    ['cookies.names', { cookies: { names: 'api' } }],
    ['userAgent', { userAgent: '' }],
    ['allowPlainHttp', { allowPlainHttp: 'host' }],
    ['throwHttpErrors', { throwHttpErrors: 'no' }],
  ])('%s of another kind is refused by name', (name, options) => {
    const make = () => createTransport({ baseUrl: 'https://api.ibkr.com', ...(options as object) })
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_TRANSPORT_INVALID_INPUT' }))
    expect(make).toThrow(name)
  })

  it.each<[string, unknown]>([
    ['connection.proxy', { proxy: 5 }],
    ['connection.tls.ca', { tls: { ca: 5 } }],
    ['connection.tls.ca', { tls: { ca: [] } }],
    ['connection.tls.key', { tls: { key: {} } }],
    ['connection.tls.passphrase', { tls: { passphrase: 5 } }],
    ['connection.tls.servername', { tls: { servername: 'a b' } }],
    ['connection.tls', { tls: 'yes' }],
    ['connection', 'direct'],
  ])('%s of another kind is refused by name', (name, connection) => {
    const make = () => createTransport({ baseUrl: 'https://api.ibkr.com', connection: connection as never })
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_TRANSPORT_INVALID_INPUT' }))
    expect(make).toThrow(name)
  })

  it.each([
    { timeouts: { totalMs: -1 } },
    { timeouts: { headersMs: Number.NaN } },
    { timeouts: { connectMs: 2 ** 31 } },
    { retry: { limit: -1 } },
    { maxResponseBytes: -1 },
    { connection: { proxy: 'ftp://proxy' } },
    { connection: { maxConnections: 1.5 } },
    { connection: { maxConnections: 0 } },
    { connection: { connectTimeoutMs: -1 } },
    { connection: { keepAliveMs: Number.NaN } },
    { connection: { unrepeatableMaxIdleMs: -1 } },
    { connection: { maxHeaderBytes: 0 } },
    { connection: { tls: { ca: 'no certificate' } } },
    {
      connection: {
        tls: { ca: [Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')] },
      },
    },
    { connection: { tls: { cert: 'no certificate', key: 'no key' } } },
    { connection: { tls: { servername: 'a\nb' } } },
    { retry: { limit: 1.5 } },
    { retry: { baseDelayMs: Number.POSITIVE_INFINITY } },
    { authorize: 'Bearer x' as never },
    { interceptors: [undefined as never] },
    { interceptors: (() => undefined) as never },
    { random: 0.5 as never },
    { clock: { now: () => 0 } as never },
    { cookies: { names: [1 as never] } },
    { dispatcher: {} as never },
    { connection: {}, dispatcher: createHarness().dispatcher },
  ])('that cannot be meant are refused: %j', (options) => {
    expect(() => createTransport({ baseUrl: 'https://api.ibkr.com', ...options })).toThrow(
      expect.objectContaining({ code: 'ERR_TRANSPORT_INVALID_INPUT' }),
    )
  })

  it.each([
    { timeouts: { bodyMs: -1 } },
    { retryLimit: -1 },
    { retryLimit: 0.5 },
    { maxResponseBytes: Number.NaN },
  ])('of a request, too: %j', async (options) => {
    expect((await failureOf(createHarness().transport.get('/a', options))).code).toBe(
      'ERR_TRANSPORT_INVALID_INPUT',
    )
  })
})

describe('certificates and keys', () => {
  const authority = createAuthority('Test Authority')
  const pair = authority.issue('desk-7')
  const create = (tls: TlsOptions) =>
    createTransport({ baseUrl: 'https://api.ibkr.com', connection: { tls } })

  it('are looked at when they are given, and named if they are wrong', () => {
    expect(() => create({ ca: authority.cert, ...pair })).not.toThrow()
    const other = authority.issue('desk-8')
    for (const [tls, field] of [
      [{ ca: pair.key }, 'connection.tls.ca'],
      [{ cert: pair.key, key: pair.key }, 'connection.tls.cert'],
      [{ cert: pair.cert, key: pair.cert }, 'connection.tls.key'],
      [{ cert: pair.cert, key: other.key }, 'belong together'],
      [{ cert: pair.cert }, 'together'],
      [{ key: pair.key }, 'together'],
    ] as [TlsOptions, string][]) {
      expect(() => create(tls)).toThrow(
        expect.objectContaining({
          code: 'ERR_TRANSPORT_INVALID_INPUT',
          message: expect.stringContaining(field),
        }),
      )
    }
  })

  it('may be encrypted, with the passphrase that opens them', () => {
    const passphrase = 'correct horse'
    const key = createPrivateKey(pair.key)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
      .toString()
    expect(() => create({ cert: pair.cert, key, passphrase })).not.toThrow()
    for (const wrong of [undefined, 'wrong horse']) {
      expect(() => create({ cert: pair.cert, key, passphrase: wrong })).toThrow('connection.tls.passphrase')
    }
  })
})

describe('a runtime without the sockets of Node', () => {
  afterEach(() => vi.unstubAllGlobals())

  it.each(['Bun/1.3.0', 'Cloudflare-Workers'])('is told at once what it needs: %s', (userAgent) => {
    vi.stubGlobal('navigator', { userAgent })
    for (const options of [{}, { connection: {} }]) {
      expect(() => createTransport({ baseUrl: 'https://api.ibkr.com', ...options })).toThrow(
        expect.objectContaining({
          code: 'ERR_TRANSPORT_INVALID_INPUT',
          message: expect.stringContaining('give a dispatcher'),
        }),
      )
    }
    expect(() => createHarness()).not.toThrow()
  })
})

describe('numbers for jitter', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('no dice')
      },
    ],
    ['gives NaN', () => Number.NaN],
    ['gives more than there is', () => 1e9],
    ['gives less than there is', () => -1],
    ['gives no number', () => 'x' as never],
  ])('from a source that %s are replaced', async (_, random) => {
    const { transport, clock } = createHarness(
      (exchange, number) => (number < 3 ? exchange.reply(503) : exchange.reply(200)),
      { random },
    )
    const startMs = clock.now()
    expect((await clock.until(transport.get('/a'))).status).toBe(200)
    expect(clock.now() - startMs).toBeLessThanOrEqual(750)
  })
})

function circular(): unknown {
  const value: Record<string, unknown> = {}
  value.self = value
  return value
}
