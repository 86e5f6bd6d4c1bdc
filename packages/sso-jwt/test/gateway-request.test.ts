import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createBearerRequest,
  createEchoHttpsRequest,
  createEchoSignedJwtRequest,
  createSignedJwtRequest,
  importSigningKey,
  readEchoResponse,
  SecretText,
  type SignedJwtRequestInput,
} from '../src/index.ts'
import { failure } from './support/errors.ts'
import { rfcJwk, rsaPair } from './support/keys.ts'
import { decodeToken, nodeVerifies } from './support/tokens.ts'

const client = { clientId: 'TESTCLIENT', clientKeyId: 'main' }
const key = await importSigningKey(rfcJwk)
const now = () => 1_700_000_000_000
const accessToken = 'access.token.x'
const input: SignedJwtRequestInput = {
  method: 'POST',
  path: '/gw/api/v1/accounts',
  payload: { a: 1 },
  accessToken,
}
const create = (change: object = {}, options = {}) =>
  createSignedJwtRequest({ ...input, ...change }, client, key, options)

describe('a signed-JWT request', () => {
  it.each(['POST', 'PUT', 'PATCH'] as const)('%s', async (method) => {
    const { body, ...request } = await create({ method }, { now })
    expect(request).toEqual({
      method,
      url: 'https://api.ibkr.com/gw/api/v1/accounts',
      headers: {
        accept: 'application/json, application/problem+json',
        authorization: 'Bearer access.token.x',
        'content-type': 'application/jwt',
      },
      expiresAtMs: 1_700_000_060_000,
    })
    expect(nodeVerifies(body, 'RS256', rsaPair.publicKey)).toBe(true)
    expect(decodeToken(body).payload).toEqual({
      a: 1,
      iss: 'TESTCLIENT',
      iat: 1_700_000_000,
      exp: 1_700_000_060,
    })
  })

  it('has a query and a lifetime', async () => {
    const request = await create(
      { query: { a: 'x y', b: 2, c: true, d: undefined } },
      { now, lifetimeSeconds: 5 },
    )
    expect([request.url, request.expiresAtMs]).toEqual([
      'https://api.ibkr.com/gw/api/v1/accounts?a=x+y&b=2&c=true',
      1_700_000_005_000,
    ])
  })

  it('lives a week at most', async () => {
    expect((await create({}, { now, lifetimeSeconds: 604_800 })).expiresAtMs).toBe(1_700_604_800_000)
    const error = await failure('ERR_SSO_JWT_LIFETIME', () => create({}, { lifetimeSeconds: 604_801 }))
    expect(error.message).toContain('lifetimeSeconds')
  })

  it('takes paths with a colon and with percent-encoding as they are', async () => {
    for (const path of ['/gw/api/v1/bank-instructions:bulk', '/gw/api/v1/accounts/U%20123/status']) {
      expect((await create({ path })).url).toBe(`https://api.ibkr.com${path}`)
    }
  })

  it.each([
    '/v1/api/tickle',
    '/gw',
    '/gw/../v1/api',
    '/gw/..%2Fv1/api',
    '/gw/a%5c..%5C..%5Cv1/api',
    '/gw/..;/v1/api',
    '/gw/..%3Bx/v1/api',
    '/gw/%2e%2e/v1',
    '/gw/a?b=c',
    '/gw/a#b',
    '/gw/ä',
    '/gw/a b',
    '/gw/a\r\nb',
    '//evil.example/gw/',
    'https://evil.example/gw/x',
    '\\gw\\',
    '/gw/\\evil',
    '/gw/./a',
    '',
    undefined,
  ])('refuses the path %o', async (path) => {
    expect((await failure('ERR_SSO_JWT_INVALID_INPUT', () => create({ path }))).message).toMatch(/^path/)
    const action = () => createBearerRequest({ path: path as string, accessToken })
    expect((await failure('ERR_SSO_JWT_INVALID_INPUT', action)).message).toMatch(/^path/)
  })

  it.each(['GET', 'DELETE', 'post', undefined])('refuses the method %s', async (method) => {
    expect((await failure('ERR_SSO_JWT_INVALID_INPUT', () => create({ method }))).message).toContain(
      'createBearerRequest',
    )
  })

  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  it.each<unknown>([
    null,
    undefined,
    'text',
    42,
    [],
    new Map([['a', 1]]),
    new Date(0),
    { iss: 'x' },
    { iat: 1 },
    { exp: 1 },
    { toJSON: () => [] },
    { toJSON: () => 'text' },
    { toJSON: () => null },
    { sub: 'TESTCLIENT' },
    { aud: '/token' },
    cycle,
    { a: 1n },
    { amount: Number.NaN },
    { deep: [{ amount: Number.POSITIVE_INFINITY }] },
  ])('refuses the payload %o', async (payload) => {
    expect((await failure('ERR_SSO_JWT_INVALID_INPUT', () => create({ payload }))).message).toMatch(
      /^payload/,
    )
  })

  it('refuses what cannot go into a query', async () => {
    await failure('ERR_SSO_JWT_INVALID_INPUT', () => create({ query: { a: ['b'] } }))
  })
})

describe('any payload', () => {
  it('arrives unharmed, in ASCII, under a signature that Node verifies', async () => {
    const payloads = fc
      .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }))
      .filter((payload) => !['iss', 'iat', 'exp', 'sub', 'aud'].some((name) => name in payload))
    await fc.assert(
      fc.asyncProperty(payloads, async (payload) => {
        const { body } = await create({ payload })
        const { payloadText, payload: arrived } = decodeToken(body)
        expect(payloadText).not.toMatch(/\P{ASCII}/u)
        const { iss, iat, exp, ...fields } = arrived
        expect(fields).toEqual(JSON.parse(JSON.stringify(payload)))
        expect([iss, Number(exp) - Number(iat)]).toEqual(['TESTCLIENT', 60])
        expect(nodeVerifies(body, 'RS256', rsaPair.publicKey)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('may hold a lone surrogate', async () => {
    expect(decodeToken((await create({ payload: { a: '\ud800' } })).body).payloadText).toContain('"\\ud800"')
  })
})

describe('a request under the policy HTTPS', () => {
  it('is a GET with the bearer', () => {
    expect(
      createBearerRequest(
        { path: '/gw/api/v1/accounts/status', accessToken, query: { page: 1 } },
        { baseUrl: 'http://127.0.0.1:9' },
      ),
    ).toEqual({
      method: 'GET',
      url: 'http://127.0.0.1:9/gw/api/v1/accounts/status?page=1',
      headers: {
        accept: 'application/json, application/problem+json',
        authorization: 'Bearer access.token.x',
      },
    })
  })
})

it('a token that was disposed of is told by name', async () => {
  const disposed = new SecretText('access.token.x')
  const using = createBearerRequest({ path: '/gw/api/v1/accounts', accessToken: disposed })
  expect(using.headers.authorization).toBe('Bearer access.token.x')
  disposed[Symbol.dispose]()
  const error = await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
    createEchoHttpsRequest({ accessToken: disposed }),
  )
  expect([error.message, error.cause]).toEqual([
    expect.stringContaining('accessToken'),
    expect.objectContaining({ code: 'ERR_SECRET_DISPOSED' }),
  ])
})

describe('echo', () => {
  it('has a request for each policy', async () => {
    expect(createEchoHttpsRequest({ accessToken })).toMatchObject({
      method: 'GET',
      url: 'https://api.ibkr.com/gw/api/v1/echo/https',
    })
    const request = await createEchoSignedJwtRequest({ accessToken }, client, key, { now })
    expect(request).toMatchObject({ method: 'POST', url: 'https://api.ibkr.com/gw/api/v1/echo/signed-jwt' })
    expect(decodeToken(request.body).payload).toEqual({
      iss: 'TESTCLIENT',
      iat: 1_700_000_000,
      exp: 1_700_000_060,
    })
  })

  it('says what it saw', () => {
    const body = { requestMethod: 'POST', securityPolicy: 'SIGNED_JWT', queryParameters: { a: 'b' } }
    expect(readEchoResponse({ status: 200, headers: {}, body: JSON.stringify(body) })).toEqual(body)
    expect(readEchoResponse({ status: 200, headers: {}, body: '{"queryParameters":null}' })).toEqual({})
  })

  it.each([{ requestMethod: 1 }, { securityPolicy: [] }, { queryParameters: 'x' }])(
    'is checked: %o',
    async (body) => {
      await failure('ERR_SSO_JWT_INVALID_RESPONSE', () =>
        readEchoResponse({ status: 200, headers: {}, body: JSON.stringify(body) }),
      )
    },
  )
})
