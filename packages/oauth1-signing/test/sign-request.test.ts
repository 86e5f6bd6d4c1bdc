import { describe, expect, test } from 'vitest'
import {
  createAccessTokenRequest,
  createLiveSessionTokenRequest,
  createRequestTokenRequest,
  hmacSha256,
  ibkrHosts,
  ibkrNumberedHost,
  type ParametersIn,
  plaintext,
  type Signer,
  signRequest,
} from '../src/index.ts'
import { createNonceStore, verifyRequestSync } from '../src/server.ts'

const credentials = { consumerKey: 'key&1', accessToken: 'tok/=+', realm: 'limited_poa' }
const signer = hmacSha256({ consumerSecret: 's', tokenSecret: 't' })
const fixed = { now: () => 1_700_000_000_000, nonce: () => 'n' }
const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

function verify(request: Parameters<typeof verifyRequestSync>[0]): ReturnType<typeof verifyRequestSync> {
  return verifyRequestSync(request, {
    findKey: () => ({ key: signer }),
    nonceStore: createNonceStore(),
    now: fixed.now,
  })
}

describe('where parameters travel', () => {
  const url = 'https://h.example/p?q=a%20b'

  test('header', () => {
    const request = signRequest(
      { method: 'PUT', url, headers: { Accept: '*/*', AUTHORIZATION: 'old' } },
      credentials,
      signer,
      fixed,
    )
    expect(Object.keys(request.headers)).toEqual(['Accept', 'authorization'])
    expect(request).toMatchObject({ method: 'PUT', url })
    expect('body' in request).toBe(false)
    expect(verify(request)).toMatchObject({ ok: true, parametersIn: 'header', realm: 'limited_poa' })
  })

  test('form body, with fields and without', () => {
    const bodyless = signRequest({ method: 'POST', url }, credentials, signer, {
      ...fixed,
      parametersIn: 'body',
    })
    expect(bodyless.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' })
    expect(bodyless.body).toMatch(/^oauth_consumer_key=key%261&oauth_nonce=n&.*&oauth_signature=[^=&]*%3D$/)
    const filled = signRequest(
      { method: 'POST', url, headers: form, body: 'a=1&b=x+y' },
      credentials,
      signer,
      { ...fixed, parametersIn: 'body' },
    )
    expect(filled.body).toMatch(/^a=1&b=x\+y&oauth_consumer_key=/)
    for (const request of [bodyless, filled]) {
      expect(request.url).toBe(url)
      expect(verify(request)).toMatchObject({
        ok: true,
        parametersIn: 'body',
        realm: undefined,
        token: 'tok/=+',
      })
      expect(verify({ ...request, body: new TextEncoder().encode(request.body) })).toMatchObject({ ok: true })
    }
    expect(verify(filled)).toMatchObject({
      requestParameters: [
        ['q', 'a b'],
        ['a', '1'],
        ['b', 'x y'],
      ],
    })
  })

  test.each([
    ['https://h.example/p?q=a%20b', 'https://h.example/p?q=a%20b&oauth_consumer_key='],
    ['https://h.example/p', 'https://h.example/p?oauth_consumer_key='],
    ['https://h.example/p?', 'https://h.example/p?oauth_consumer_key='],
    ['https://h.example/p??', 'https://h.example/p??&oauth_consumer_key='],
    ['https://h.example/p?a&', 'https://h.example/p?a&oauth_consumer_key='],
    ['https://h.example/p#fragment', 'https://h.example/p?oauth_consumer_key='],
  ])('query: %s', (location, start) => {
    const request = signRequest({ method: 'GET', url: new URL(location) }, credentials, signer, {
      ...fixed,
      parametersIn: 'query',
    })
    expect(request.url.startsWith(start)).toBe(true)
    expect(request.headers).toEqual({})
    expect(verify(request)).toMatchObject({ ok: true, parametersIn: 'query' })
  })

  test.each(['https://h.example/p?q=a ', 'https://h.example/p \t', ' https://h.example/p?q=\n'])(
    'query of %j, whose white space at the end is not sent',
    (url) => {
      const request = signRequest({ method: 'GET', url }, credentials, signer, {
        ...fixed,
        parametersIn: 'query',
      })
      expect(verify({ ...request, url: new URL(request.url) })).toMatchObject({ ok: true })
    },
  )

  test("JSON, as IBKR's legacy OpenAPI has it", () => {
    const request = signRequest({ method: 'POST', url }, credentials, signer, {
      ...fixed,
      parametersIn: 'json',
      protocolParameters: { oauth_verifier: 'é' },
    })
    expect(request.headers).toEqual({ 'content-type': 'application/json' })
    expect(JSON.parse(request.body ?? '')).toEqual({
      oauth_consumer_key: 'key&1',
      oauth_nonce: 'n',
      oauth_signature: expect.any(String),
      oauth_signature_method: 'HMAC-SHA256',
      oauth_timestamp: '1700000000',
      oauth_token: 'tok/=+',
      oauth_verifier: 'é',
    })
    expect(verify(request)).toMatchObject({ ok: true, parametersIn: 'json' })
    expect(verify({ ...request, body: new TextEncoder().encode(request.body) })).toMatchObject({ ok: true })
  })

  test('the signature is the same wherever they travel', () => {
    const signatures = (['header', 'body', 'query', 'json'] as const).map((parametersIn) => {
      const result = verify(
        signRequest({ method: 'POST', url }, credentials, signer, { ...fixed, parametersIn }),
      )
      return result.ok && result.protocolParameters.get('oauth_signature')
    })
    expect(new Set(signatures).size).toBe(1)
    expect(signatures[0]).toBeTruthy()
  })

  test.each<[ParametersIn, Record<string, string>, string]>([
    ['body', { 'content-type': 'application/json' }, '{}'],
    ['body', {}, 'a=1'],
    ['json', {}, ''],
    ['elsewhere' as ParametersIn, {}, ''],
    ['toString' as ParametersIn, {}, ''],
  ])('%s leaves no room for %j %j', (parametersIn, headers, body) => {
    expect(() =>
      signRequest({ method: 'POST', url, headers, body }, credentials, signer, { parametersIn }),
    ).toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }))
  })

  test('a signer that answers later', async () => {
    const later: Signer<Promise<string>> = { method: signer.method, sign: async (text) => signer.sign(text) }
    const request = { method: 'POST', url }
    for (const parametersIn of ['header', 'body', 'query', 'json'] as const) {
      const options = { ...fixed, parametersIn }
      expect(await signRequest(request, credentials, later, options)).toEqual(
        signRequest(request, credentials, signer, options),
      )
    }
  })
})

describe('protocol parameters', () => {
  const sign = (options: object, given: Signer<string> = signer) =>
    signRequest({ method: 'GET', url: 'https://h.example/' }, credentials, given, { ...fixed, ...options })

  test.each([
    'realm',
    'oauth_signature',
    'oauth_token',
    'oauth_consumer_key',
    'oauth_nonce',
    'oauth_timestamp',
    'oauth_signature_method',
  ])('%s has a place of its own', (name) => {
    expect(() => sign({ protocolParameters: { [name]: 'x' } })).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_DUPLICATE_PARAMETER' }),
    )
  })

  test.each([
    [{ now: () => Number.NaN }],
    [{ now: () => 0 }],
    [{ now: () => -1 }],
    [{ now: () => 1e13 }],
    [{ now: () => Number.POSITIVE_INFINITY }],
    [{ nonce: undefined, randomBytes: () => new Uint8Array() }],
    [{ nonce: undefined, randomBytes: () => new Uint8Array(15) }],
    [{ nonce: () => 7 }],
    [{ protocolParameters: { oauth_version: 1 } }],
    [{ omitNonceAndTimestamp: true }],
  ])('refused: %o', (options) => {
    expect(() => sign(options)).toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }))
  })

  test.each(['now', 'nonce', 'randomBytes'])('%s must be a function, and the error says so', (name) => {
    expect(() => sign({ nonce: undefined, [name]: 7 })).toThrow(
      expect.objectContaining({
        code: 'ERR_OAUTH1_INVALID_INPUT',
        message: `${name} must be a function`,
      }),
    )
  })

  test.each([{ consumerKey: '' }, { consumerKey: undefined }, { consumerKey: 'k', accessToken: 7 }])(
    'credentials refused: %o',
    (wrong) => {
      const given = wrong as unknown as { consumerKey: string }
      expect(() => signRequest({ method: 'GET', url: 'https://h.example/' }, given, signer)).toThrow(
        expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }),
      )
    },
  )

  test('PLAINTEXT may leave nonce and timestamp out', () => {
    const secrets = plaintext({ consumerSecret: 'a b', tokenSecret: 'c' })
    const { headers } = sign({ omitNonceAndTimestamp: true }, secrets)
    expect(headers.authorization).toBe(
      'OAuth realm="limited_poa", oauth_consumer_key="key%261", oauth_signature="a%2520b%26c", oauth_signature_method="PLAINTEXT", oauth_token="tok%2F%3D%2B"',
    )
  })

  test('nonces are 128 random bits, each its own; randomness and the clock can be given', () => {
    const nonceOf = (options: object): string =>
      /oauth_nonce="([^"]*)"/.exec(sign({ nonce: undefined, ...options }).headers.authorization ?? '')?.[1] ??
      ''
    const nonces = Array.from({ length: 1000 }, () => nonceOf({}))
    expect(new Set(nonces).size).toBe(1000)
    expect(nonces.every((nonce) => /^[\da-f]{32}$/.test(nonce))).toBe(true)
    expect(nonceOf({ randomBytes: (length: number) => new Uint8Array(length).fill(10) })).toBe(
      '0a'.repeat(16),
    )
    const header = sign({ now: () => 1_700_000_000_999 }).headers.authorization
    expect(header).toContain('oauth_timestamp="1700000000"')
  })
})

describe("IBKR's three endpoints, both generations", () => {
  const exchange = { diffieHellmanChallenge: 'abc1', signatureBaseStringPrefix: 'deadbeef' }
  const builders = {
    request_token: (options: object) =>
      createRequestTokenRequest({ credentials, signer, ...fixed, ...options }),
    access_token: (options: object) =>
      createAccessTokenRequest({
        credentials,
        signer,
        requestToken: 'r',
        verifier: 'v',
        ...fixed,
        ...options,
      }),
    live_session_token: (options: object) =>
      createLiveSessionTokenRequest({ credentials, signer, exchange, ...fixed, ...options }),
  }
  const expected = {
    request_token: { oauth_callback: 'oob' },
    access_token: { oauth_token: 'r', oauth_verifier: 'v' },
    live_session_token: { oauth_token: credentials.accessToken, diffie_hellman_challenge: 'abc1' },
  }
  const names = ['request_token', 'access_token', 'live_session_token'] as const

  describe.each(names)('%s', (name) => {
    const prefix = name === 'live_session_token' ? exchange.signatureBaseStringPrefix : undefined
    const check = (request: Parameters<typeof verifyRequestSync>[0]) =>
      verifyRequestSync(request, {
        findKey: () => ({ key: signer, prefix }),
        nonceStore: createNonceStore(),
        now: fixed.now,
      })

    test('today: production, in the header', () => {
      const request = builders[name]({})
      expect(request).toMatchObject({ method: 'POST', url: `https://api.ibkr.com/v1/api/oauth/${name}` })
      const result = check(request)
      expect(result).toMatchObject({ ok: true, parametersIn: 'header', realm: 'limited_poa' })
      const parameters = result.ok ? Object.fromEntries(result.protocolParameters) : {}
      expect(parameters).toMatchObject(expected[name])
      expect('oauth_token' in parameters).toBe(name !== 'request_token')
    })

    test('legacy: a JSON body and a portal header', () => {
      const request = builders[name]({
        baseUrl: ibkrHosts.legacyPaper.api,
        parametersIn: 'json',
        portal: 'abc',
      })
      expect(request.url).toBe(`https://www.interactivebrokers.com/ptradingapi/v1/oauth/${name}`)
      expect(request.headers).toEqual({
        accept: 'application/json',
        'content-type': 'application/json',
        portal: 'abc',
      })
      expect(JSON.parse(request.body ?? '')).toMatchObject(expected[name])
      expect(check(request)).toMatchObject({ ok: true, parametersIn: 'json' })
    })

    test.each(['a\r\nb', '', 'é', 'a\0'])('portal %j is refused', (portal) => {
      expect(() => builders[name]({ portal })).toThrow(
        expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }),
      )
    })
  })

  test.each([
    [{ ...exchange, diffieHellmanChallenge: '' }],
    [{ ...exchange, diffieHellmanChallenge: '0xab' }],
    [{ ...exchange, signatureBaseStringPrefix: 'secret' }],
    [{ ...exchange, signatureBaseStringPrefix: undefined as unknown as string }],
  ])('an exchange that is none: %o', (input) => {
    expect(() => createLiveSessionTokenRequest({ credentials, signer, exchange: input })).toThrow(
      expect.objectContaining({
        code: 'ERR_OAUTH1_INVALID_INPUT',
        message: expect.not.stringContaining('secret'),
      }),
    )
  })

  test('a live session token wants an access token', () => {
    const without = { consumerKey: 'k' } as unknown as typeof credentials
    expect(() => createLiveSessionTokenRequest({ credentials: without, signer, exchange })).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }),
    )
  })

  test('another service: its own URL, callback and parameters', () => {
    const request = createRequestTokenRequest({
      credentials: { consumerKey: 'k' },
      signer,
      callback: 'https://c.example/cb',
      ...fixed,
      url: 'https://s.example/initiate',
      protocolParameters: { oauth_version: '1.0' },
    })
    expect(request.url).toBe('https://s.example/initiate')
    expect(request.headers.authorization).toContain('oauth_callback="https%3A%2F%2Fc.example%2Fcb"')
    expect(request.headers.authorization).toContain('oauth_version="1.0"')
  })

  test('hosts', () => {
    expect(ibkrNumberedHost(2)).toEqual(ibkrHosts.numbered2)
    expect(ibkrHosts.local).toMatchObject({
      api: 'https://localhost:5000/v1/api',
      webSocket: 'wss://localhost:5000/v1/api/ws',
    })
    expect(ibkrNumberedHost(11).api).toBe('https://11.api.ibkr.com/v1/api')
    for (const host of Object.values(ibkrHosts)) {
      for (const url of typeof host === 'string' ? [host] : Object.values(host)) {
        expect(new URL(url).href.replace(/\/$/, '')).toBe(url)
      }
    }
    expect(() => ibkrNumberedHost(Number.NaN)).toThrow(
      expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }),
    )
    expect(() => ibkrNumberedHost(-1)).toThrow(expect.objectContaining({ code: 'ERR_OAUTH1_INVALID_INPUT' }))
  })
})
