import { inspect } from 'node:util'
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import {
  type AccessToken,
  createTokenRequest,
  ibkrHosts,
  type Reply,
  readSsoBrowserSessionResponse,
  readTokenResponse,
  type Scope,
} from '../src/index.ts'
import { failure } from './support/errors.ts'

const clientAssertion = 'aa.bb.cc'
const example = {
  access_token: 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln',
  token_type: 'Bearer',
  scope: 'sso-sessions.write',
  expires_in: 86_399,
}
const asked = { scope: ['sso-sessions.write'] }
const now = () => 1_700_000_000_000
const reply = (body: unknown, status = 200): Reply => ({
  status,
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

describe('a token request', () => {
  it('is the form of RFC 7523 2.2', () => {
    const request = createTokenRequest({ clientAssertion, scope: ['sso-sessions.write', 'echo.read'] })
    expect(request).toEqual({
      method: 'POST',
      url: 'https://api.ibkr.com/oauth2/api/v1/token',
      headers: {
        accept: 'application/json, application/problem+json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=aa.bb.cc&scope=sso-sessions.write+echo.read',
      scope: ['sso-sessions.write', 'echo.read'],
    })
  })

  it('goes where fetch takes it', async () => {
    const request = createTokenRequest({ clientAssertion, scope: 'echo.read' })
    const sent = new Request(request.url, request)
    expect([sent.method, sent.url, await sent.text()]).toEqual(['POST', request.url, request.body])
  })

  it.each([
    [ibkrHosts.qa.origin, 'https://qa.interactivebrokers.com/oauth2/api/v1/token'],
    ['https://1.api.ibkr.com/', 'https://1.api.ibkr.com/oauth2/api/v1/token'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/oauth2/api/v1/token'],
    ['http://[::1]:8080', 'http://[::1]:8080/oauth2/api/v1/token'],
    ['http://localhost:1', 'http://localhost:1/oauth2/api/v1/token'],
  ])('goes to the base URL %s', (origin, url) => {
    expect(createTokenRequest({ clientAssertion, scope: 'echo.read' }, { baseUrl: origin }).url).toBe(url)
  })

  it.each([
    'http://api.ibkr.com',
    'https://api.ibkr.com/v1',
    'https://u:p@api.ibkr.com',
    'api.ibkr.com',
    'https://api.ibkr.com?x',
    'https://api.ibkr.com#',
    'ftp://127.0.0.1',
    'http://127.0.0.1.evil.example',
    '',
  ])('refuses the base URL %s', async (origin) => {
    const action = () => createTokenRequest({ clientAssertion, scope: 'echo.read' }, { baseUrl: origin })
    expect((await failure('ERR_SSO_JWT_INVALID_INPUT', action)).message).toContain('baseUrl')
  })

  it.each<unknown>(['', [], [''], ['a b"'], [42], undefined, ['ä']])(
    'refuses the scope %o',
    async (scope) => {
      const action = () => createTokenRequest({ clientAssertion, scope: scope as string })
      expect((await failure('ERR_SSO_JWT_INVALID_INPUT', action)).message).toContain('scope')
    },
  )

  it('asks for each scope once', () => {
    expect(createTokenRequest({ clientAssertion, scope: ['a', 'b a', 'b'] }).scope).toEqual(['a', 'b'])
  })

  it.each<unknown>([undefined, Promise.resolve('aa.bb.cc'), 'aa.bb', 'aa.bb.cc\n', ''])(
    'refuses %o as an assertion',
    async (wrong) => {
      const action = () => createTokenRequest({ clientAssertion: wrong as string, scope: 'a' })
      expect((await failure('ERR_SSO_JWT_INVALID_INPUT', action)).message).toContain('clientAssertion')
    },
  )

  it('has a scope type that names the known ones and admits others', () => {
    expectTypeOf<'sso-sessions.write'>().toExtend<Scope>()
    expectTypeOf<'a.new.one'>().toExtend<Scope>()
    expectTypeOf<number>().not.toExtend<Scope>()
  })
})

describe('a token reply', () => {
  it('becomes a typed token', () => {
    const token = readTokenResponse(reply(example), asked, { now })
    expect(token.accessToken.reveal()).toBe(example.access_token)
    expect(token).toMatchObject({
      tokenType: 'Bearer',
      scope: ['sso-sessions.write'],
      scopesRefused: [],
      scopesAdded: [],
      expiresInSeconds: 86_399,
      expiresAtMs: 1_700_000_000_000 + 86_399_000,
    })
    expect(Object.keys(token)).not.toContain('refreshToken')
    expectTypeOf(token).toEqualTypeOf<AccessToken>()
  })

  it('is read from bytes as well', () => {
    const bytes = new TextEncoder().encode(JSON.stringify(example))
    expect(
      readTokenResponse({ status: 200, headers: new Headers(), body: bytes }, asked).expiresInSeconds,
    ).toBe(86_399)
  })

  it('shows which scopes were refused and which were added', () => {
    const token = readTokenResponse(reply({ ...example, scope: 'b  c d' }), { scope: ['a', 'b'] })
    expect([token.scope, token.scopesRefused, token.scopesAdded]).toEqual([
      ['b', 'c', 'd'],
      ['a'],
      ['c', 'd'],
    ])
  })

  it('grants what was asked for when it names no scope (RFC 6749 5.1)', () => {
    const { scope: _, ...body } = example
    expect(readTokenResponse(reply(body), { scope: ['x'] })).toMatchObject({
      scope: ['x'],
      scopesRefused: [],
    })
  })

  it('may carry a refresh token and an id token', () => {
    const token = readTokenResponse(reply({ ...example, refresh_token: 'r', id_token: 'i' }), asked)
    expect([token.refreshToken?.reveal(), token.idToken?.reveal()]).toEqual(['r', 'i'])
  })

  it('shows no token in inspect, JSON or text', () => {
    const token = readTokenResponse(reply({ ...example, refresh_token: 'refresh-me' }), asked)
    const shown =
      inspect(token, { depth: 9, showHidden: true }) + JSON.stringify(token) + String(token.accessToken)
    expect(shown).not.toMatch(/eyJ|refresh-me/)
    expect(shown).toContain('[secret]')
  })

  it.each<[string, unknown]>([
    ['access_token', { ...example, access_token: undefined }],
    ['access_token', { ...example, access_token: 'a\r\nx: y' }],
    ['access_token', { ...example, access_token: 42 }],
    ['token_type', { ...example, token_type: 'mac' }],
    ...['', '0', '-1', '+60', ' 60', '60 ', '60\n', '6e1', '0x3c', '59.9', '1234567890', '٦٠'].map(
      (expires_in): [string, unknown] => ['expires_in', { ...example, expires_in }],
    ),
    ['expires_in', { ...example, expires_in: true }],
    ['expires_in', { ...example, expires_in: [60] }],
    ['expires_in', { ...example, expires_in: -1 }],
    ['expires_in', { ...example, expires_in: 0.5 }],
    ['scope', { ...example, scope: 42 }],
    ['scope', { ...example, scope: 'a"b' }],
    ['refreshToken', { ...example, refresh_token: 42 }],
    ['JSON', []],
    ['JSON', '<html>'],
    ['JSON', ''],
    ['JSON', 'null'],
  ])('with a wrong %s is not a token: %o', async (word, body) => {
    const error = await failure('ERR_SSO_JWT_INVALID_RESPONSE', () => readTokenResponse(reply(body), asked))
    expect(error.message).toContain(word)
  })
})

describe('the lifetime of a token', () => {
  const { expires_in: _, ...silent } = example
  const read = (body: unknown) => readTokenResponse(reply(body), asked, { now })

  it.each([silent, { ...silent, expires_in: null }])('is assumed to be short where none is named', (body) => {
    expect(read(body)).toMatchObject({
      expiresInSeconds: 300,
      expiresInAssumed: true,
      expiresAtMs: 1_700_000_300_000,
      warnings: [],
    })
    expect(read(example).expiresInAssumed).toBe(false)
  })

  it.each([604_801, 1e10, Number.MAX_VALUE])('is a week at most, and says so: %d', (expires_in) => {
    const token = read({ ...example, expires_in })
    expect([token.expiresInSeconds, token.expiresAtMs]).toEqual([604_800, 1_700_604_800_000])
    expect(token.warnings.map(({ code, field }) => [code, field])).toEqual([
      ['WARN_SSO_JWT_EXPIRY_NOT_BELIEVED', 'expires_in'],
    ])
  })

  it.each([
    ['86399', 86_399],
    ['060', 60],
    ['999999999', 604_800],
  ])('may be a text of digits: %s', (expires_in, expiresInSeconds) => {
    const token = read({ ...example, expires_in })
    expect(token).toMatchObject({
      expiresInSeconds,
      expiresInAssumed: false,
      expiresAtMs: 1_700_000_000_000 + expiresInSeconds * 1000,
    })
    expect(token.warnings).toHaveLength(expires_in === '999999999' ? 1 : 0)
  })

  it('may be a fraction, and so may the clock', () => {
    const token = readTokenResponse(reply({ ...example, expires_in: 599.9 }), asked, { now: () => 1000.5 })
    expect([token.expiresInSeconds, token.expiresAtMs]).toEqual([599, 600_000])
  })
})

describe('a clock that is no use', () => {
  afterEach(() => vi.useRealTimers())

  it.each([
    () => Number.NaN,
    () => -1,
    () => '5' as unknown as number,
    () => {
      throw new Error('no clock')
    },
  ])('costs nobody a token: %s', (odd) => {
    vi.useFakeTimers({ now: now(), toFake: ['Date'] })
    expect(readTokenResponse(reply(example), asked, { now: odd }).expiresAtMs).toBe(now() + 86_399_000)
    const session = readSsoBrowserSessionResponse(reply({ url: 'https://www.ibkr.com/' }), { now: odd })
    expect(session.expiresAtMs).toBe(now() + 60_000)
  })
})

describe('a refusal under status 200', () => {
  it.each([
    { error: 'invalid_client', error_description: 'no such client' },
    { error: 'no such client', statusCode: 401 },
    { ...example, error: 'no such client' },
  ])('is one, with what the server said: %j', async (body) => {
    const error = await failure('ERR_SSO_JWT_REFUSED', () => readTokenResponse(reply(body), asked, { now }))
    expect(error).toMatchObject({ status: 200, message: expect.stringContaining('no such client') })
  })

  it('but not an error that is null', () => {
    expect(readTokenResponse(reply({ ...example, error: null }), asked, { now }).expiresInSeconds).toBe(
      86_399,
    )
  })
})
