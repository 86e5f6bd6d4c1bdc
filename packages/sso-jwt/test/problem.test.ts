import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isSsoJwtError,
  type Reply,
  readProblem,
  readSsoSessionResponse,
  readTokenResponse,
  SsoJwtError,
} from '../src/index.ts'
import { failure } from './support/errors.ts'

const problemJson = { 'Content-Type': 'application/problem+json' }
const reply = (status: number, body: unknown, headers: Reply['headers'] = problemJson): Reply => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

describe('shapes of a refusal', () => {
  it('problem+json of the simple kind', () => {
    const problem = {
      type: '/simple',
      title: 'Unauthorized',
      status: 401,
      detail: 'The access token request is invalid',
      instance: '/gw/1',
    }
    expect(readProblem(reply(401, problem))).toMatchObject({
      code: 'ERR_SSO_JWT_REFUSED',
      ...problem,
      invalidArguments: [],
    })
  })

  it('problem+json with invalid arguments', () => {
    const invalidArguments = [{ field: 'credential', description: 'must not be empty' }]
    const error = readProblem(
      reply(400, { type: '/invalid-argument', title: 'Bad Request', status: 400, invalidArguments }),
    )
    expect(error?.invalidArguments).toEqual(invalidArguments)
    expect(error?.message).toContain('credential (must not be empty)')
  })

  it('the error of an OAuth 2.0 token endpoint', () => {
    const error = readProblem(
      reply(
        401,
        { error: 'invalid_client', error_description: 'Unknown client' },
        { 'content-type': 'application/json' },
      ),
    )
    expect(error).toMatchObject({
      status: 401,
      type: 'invalid_client',
      title: 'invalid_client',
      detail: 'Unknown client',
    })
  })

  it('{ error, statusCode }', () => {
    const error = readProblem(reply(400, { error: 'Bad Request: no bridge', statusCode: 400 }))
    expect(error).toMatchObject({ status: 400, type: undefined, title: 'Bad Request: no bridge' })
  })

  it('{ status, error, message }', () => {
    expect(
      readProblem(reply(401, { status: 401, error: 'Unauthorized', message: 'no session' }))?.message,
    ).toContain('Unauthorized: no session')
  })

  it('text', () => {
    expect(readProblem(reply(400, 'Bad Request', { 'content-type': 'text/plain' }))?.detail).toBe(
      'Bad Request',
    )
  })

  it.each([
    [
      { 'content-type': 'text/html' },
      '<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>very long</BODY>',
    ],
    [{}, '  <!doctype html><title lang="en">Access Denied</title>'],
  ])('an HTML page of the CDN', (headers, body) => {
    const error = readProblem(reply(403, body, headers))
    expect(error?.detail).toBe('HTML page: Access Denied')
    expect(error?.remedy).toContain('User-Agent')
  })

  it.each([
    { 'Content-Type': 'text/html' },
    { 'CONTENT-TYPE': ['text/html', 'x'] },
    new Headers({ 'content-type': 'text/html' }),
  ])('a page known by its header alone', (headers) => {
    expect(readProblem(reply(403, 'oops <title>Blocked</title>', headers))?.detail).toBe('HTML page: Blocked')
  })

  it('a page whose long title repeats what was sent, beyond what is shown of it', () => {
    const bearer = 'opaquetokenofletters'.repeat(3)
    const sent = { headers: { authorization: `Bearer ${bearer}` } }
    const page = `<title>${'no '.repeat(64)}${bearer}</title>`
    expect(readProblem(reply(401, page, {}), sent)?.detail).toBe(`HTML page: ${'no '.repeat(64)}[masked]`)
  })

  it('nothing', () => {
    expect(readProblem(reply(500, '', {}))?.message).toBe('the server answered 500 with an empty body')
    expect(readProblem({ status: 502, headers: {}, body: new Uint8Array() })?.status).toBe(502)
  })

  it('a body that lies about its status', () => {
    expect(readProblem(reply(403, { status: 200 }))?.status).toBe(403)
  })
})

describe('success', () => {
  it.each([200, 201, 204])('%i is no problem', (status) => {
    expect(readProblem(reply(status, ''))).toBeUndefined()
  })

  it.each([100, 199, 300, 302, 304])('%i is one', (status) => {
    expect(readProblem(reply(status, ''))?.status).toBe(status)
  })
})

describe('remedies', () => {
  it.each<[number, unknown, RegExp]>([
    [400, { title: 'Bad Request' }, /parameter is missing/],
    [400, { detail: 'Invalid payload for security policy SIGNED_JWT' }, /application\/jwt/],
    [400, { invalidArguments: [{ field: 'payload', description: 'bad' }] }, /application\/jwt/],
    [400, { invalidArguments: [{ field: 'ip', description: 'bad' }] }, /arguments named/],
    [400, { error: 'invalid_scope' }, /granted to this client/],
    [400, { error: 'invalid_client' }, /clientKeyId/],
    [400, { error: 'invalid_grant' }, /clock/],
    [401, { detail: 'Access token expired' }, /new client assertion/],
    [401, { detail: 'The access token request is invalid' }, /new access token/],
    [403, { detail: 'The access token fails to have sufficient scope' }, /scope in the token request/],
    [403, '', /User-Agent/],
    [411, '', /Content-Length/],
    [429, '', /10 to 15 minutes/],
    [503, '', /Wait/],
  ])('%i %o', (status, body, remedy) => {
    const error = readProblem(reply(status, body))
    expect(error?.remedy).toMatch(remedy)
    expect(error?.message).toContain(error?.remedy)
  })

  it('none where the cause is not known', () => {
    expect(readProblem(reply(500, { title: 'Internal Server Error' }))?.remedy).toBeUndefined()
    expect(readProblem(reply(403, { detail: 'No' }))?.remedy).toBeUndefined()
  })
})

describe('text of a server', () => {
  it('loses tokens, line ends and length', () => {
    const detail = `token\r\neyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl is wrong ${'so it is '.repeat(200)}`
    const error = readProblem(reply(401, { detail }))
    expect(error?.detail).toMatch(/^token \[masked\] is wrong so it is .*…$/)
    expect(error?.detail).toHaveLength(300)
  })

  it.each([
    ['a'.repeat(1_000_000), {}],
    ['<title'.repeat(200_000), { 'content-type': 'text/html' }],
    ['eyJ'.repeat(300_000), {}],
    ['['.repeat(500_000), {}],
    [`{"invalidArguments":[${'{},'.repeat(50_000)}{}]}`, problemJson],
  ])('may be large and odd', (body, headers) => {
    expect(readProblem(reply(400, body, headers))?.message.length).toBeLessThanOrEqual(300)
  })

  it('of any kind gives an error of ours', () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.uint8Array(),
      fc.object().map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 599 }),
        bodies,
        fc.dictionary(fc.string(), fc.string()),
        (status, body, headers) => {
          const error = readProblem({ status, body, headers })
          expect(isSsoJwtError(error) && error.status === status && !/[\r\n]/.test(error.message)).toBe(true)
        },
      ),
    )
  })

  it('with odd members is read as far as it can be', () => {
    const body = {
      type: 1,
      title: {},
      detail: null,
      invalidArguments: [null, 1, { field: 2 }, { field: 'a', description: 'b' }],
    }
    expect(readProblem(reply(400, body))?.invalidArguments).toEqual([
      { field: '', description: '' },
      { field: 'a', description: 'b' },
    ])
  })
})

describe('errors', () => {
  it('are thrown by what reads a reply', async () => {
    const refused = reply(403, { detail: 'The access token fails to have sufficient scope' })
    for (const read of [
      () => readTokenResponse(refused, { scope: [] }),
      () => readSsoSessionResponse(refused, { expiresAtMs: 0 }),
    ]) {
      expect((await failure('ERR_SSO_JWT_REFUSED', read)).remedy).toContain('scope')
    }
  })

  it('are known by code, also from another copy of this package', () => {
    const foreign = Object.assign(new Error('x'), { code: 'ERR_SSO_JWT_REFUSED' })
    expect([new SsoJwtError('ERR_SSO_JWT_LIFETIME', 'x'), foreign].every(isSsoJwtError)).toBe(true)
    const others = [
      new Error('x'),
      Object.assign(new Error('x'), { code: 'ERR_OTHER' }),
      { code: 'ERR_SSO_JWT_REFUSED' },
      null,
      'x',
    ]
    expect(others.some(isSsoJwtError)).toBe(false)
  })
})
