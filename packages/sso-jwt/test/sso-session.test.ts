import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  createSsoBrowserSessionRequest,
  createSsoSessionRequest,
  importSigningKey,
  type ReadSsoBrowserSessionOptions,
  type Reply,
  readSsoBrowserSessionResponse,
  readSsoSessionResponse,
  type SsoSessionRequestInput,
} from '../src/index.ts'
import { failure } from './support/errors.ts'
import { rfcJwk, rsaPair } from './support/keys.ts'
import { decodeToken, nodeVerifies } from './support/tokens.ts'

const client = { clientId: 'TESTCLIENT', clientKeyId: 'main' }
const key = await importSigningKey(rfcJwk)
const now = () => 1_700_000_000_500
const input = { accessToken: 'access.token.x', credential: 'user123', ip: '8.8.8.8' }
const headers = {
  accept: 'application/json, application/problem+json',
  authorization: 'Bearer access.token.x',
  'content-type': 'application/jwt',
}
const reply = (body: unknown, status = 200): Reply => ({ status, headers: {}, body: JSON.stringify(body) })

describe('a request for an SSO session', () => {
  it('is the signed JWT of IBKR', async () => {
    const { body, ...request } = await createSsoSessionRequest(input, client, key, { now })
    expect(request).toEqual({
      method: 'POST',
      url: 'https://api.ibkr.com/gw/api/v1/sso-sessions',
      headers,
      expiresAtMs: 1_700_086_400_000,
      warnings: [],
    })
    expect(nodeVerifies(body, 'RS256', rsaPair.publicKey)).toBe(true)
    expect(decodeToken(body).header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'main' })
    expect(decodeToken(body).payload).toEqual({
      credential: 'user123',
      ip: '8.8.8.8',
      iss: 'TESTCLIENT',
      iat: 1_700_000_000,
      exp: 1_700_086_400,
    })
  })

  it('takes service, further addresses, lifetime and base URL', async () => {
    const options = { now, lifetimeSeconds: 3600, baseUrl: 'http://127.0.0.1:1234' }
    const more = { ...input, service: 'TWS', alternativeIps: ['1.1.1.1', '2606:4700::1'] }
    const request = await createSsoSessionRequest(more, client, key, options)
    expect(request.url).toBe('http://127.0.0.1:1234/gw/api/v1/sso-sessions')
    expect(request.expiresAtMs).toBe(1_700_003_600_000)
    expect(decodeToken(request.body).payload).toMatchObject({
      service: 'TWS',
      alternativeIps: ['1.1.1.1', '2606:4700::1'],
      exp: 1_700_003_600,
    })
  })

  it('points out each address that is not public', async () => {
    const { warnings } = await createSsoSessionRequest(
      { ...input, ip: '192.168.0.2', alternativeIps: ['8.8.8.8', '::1'] },
      client,
      key,
    )
    expect(warnings.map(({ code, field }) => [code, field])).toEqual([
      ['WARN_SSO_JWT_ADDRESS_NOT_PUBLIC', 'ip'],
      ['WARN_SSO_JWT_ADDRESS_NOT_PUBLIC', 'alternativeIps[1]'],
    ])
  })

  it('escapes a username beyond ASCII', async () => {
    const { body } = await createSsoSessionRequest({ ...input, credential: 'zoë😀' }, client, key)
    expect(decodeToken(body).payloadText).toContain('"zo\\u00eb\\ud83d\\ude00"')
    expect(decodeToken(body).payload.credential).toBe('zoë😀')
  })

  it('takes the token from whatever hands it out', async () => {
    const request = await createSsoSessionRequest(
      { ...input, accessToken: { reveal: () => 'other' } },
      client,
      key,
    )
    expect(request.headers.authorization).toBe('Bearer other')
  })

  it.each<[string, object]>([
    ['ip', { ip: '8.8.8.8:443' }],
    ['ip', { ip: undefined }],
    ['alternativeIps[0]', { alternativeIps: ['10.0.0.0/8'] }],
    ['alternativeIps', { alternativeIps: '8.8.8.8' }],
    ['credential', { credential: '' }],
    ['service', { service: 7 }],
    ['accessToken', { accessToken: 'a\r\nb: c' }],
    ['accessToken', { accessToken: '' }],
    ['accessToken', { accessToken: undefined }],
    ['accessToken', { accessToken: { reveal: () => 'with space' } }],
  ])('names a wrong %s: %o', async (field, wrong) => {
    const action = () =>
      createSsoSessionRequest({ ...input, ...wrong } as SsoSessionRequestInput, client, key)
    const error = await failure('ERR_SSO_JWT_INVALID_INPUT', action)
    expect(error.message.startsWith(field)).toBe(true)
    expect(error.message).not.toContain('with space')
  })
})

describe('its reply', () => {
  const asked = { expiresAtMs: 1_700_086_400_000 }

  it.each([200, 201])('%i gives the bearer, which ends with the lifetime that was asked for', (status) => {
    const session = readSsoSessionResponse(
      reply({ active: true, access_token: 'sso.bearer.x', token_type: 'Bearer' }, status),
      asked,
    )
    expect(session.accessToken.reveal()).toBe('sso.bearer.x')
    expect(session).toMatchObject({ active: true, tokenType: 'Bearer', expiresAtMs: asked.expiresAtMs })
    expect(inspect(session, { depth: 9 }) + JSON.stringify(session)).not.toContain('sso.bearer')
  })

  it('needs no more than access_token', () => {
    expect(Object.keys(readSsoSessionResponse(reply({ access_token: 'x' }), asked))).toEqual([
      'accessToken',
      'tokenType',
      'expiresAtMs',
    ])
  })

  it.each([
    {},
    { active: true },
    { access_token: '' },
    { access_token: 'x', active: 'yes' },
    { access_token: 'x', token_type: 'DPoP' },
  ])('%o is none', async (body) => {
    await failure('ERR_SSO_JWT_INVALID_RESPONSE', () => readSsoSessionResponse(reply(body), asked))
  })

  it.each([400, 401, 403, 500, 302])('%i is a refusal', async (status) => {
    await failure('ERR_SSO_JWT_REFUSED', () =>
      readSsoSessionResponse(reply({ access_token: 'x' }, status), asked),
    )
  })
})

describe('a request for a browser session', () => {
  it('is the signed JWT of IBKR', async () => {
    const { body, ...request } = await createSsoBrowserSessionRequest(input, client, key, { now })
    expect(request).toEqual({
      method: 'POST',
      url: 'https://api.ibkr.com/gw/api/v1/sso-browser-sessions',
      headers,
      expiresAtMs: 1_700_086_400_000,
      warnings: [],
    })
    expect(nodeVerifies(body, 'RS256', rsaPair.publicKey)).toBe(true)
    expect(decodeToken(body).payload).toEqual({
      credential: 'user123',
      ip: '8.8.8.8',
      iss: 'TESTCLIENT',
      iat: 1_700_000_000,
      exp: 1_700_086_400,
    })
  })

  it('points out an address that is not public, and refuses what is none', async () => {
    const { warnings } = await createSsoBrowserSessionRequest({ ...input, ip: 'fd00::1' }, client, key)
    expect(warnings).toHaveLength(1)
    await failure('ERR_SSO_JWT_INVALID_INPUT', () =>
      createSsoBrowserSessionRequest({ ...input, ip: 'x' }, client, key),
    )
  })
})

describe('its reply', () => {
  const url = 'https://www.interactivebrokers.com/sso/resolver?SID=abc123'
  const read = (body: unknown, options?: ReadSsoBrowserSessionOptions) =>
    readSsoBrowserSessionResponse(reply(body), options)

  it('gives a URL that is good for 60 s and shows nowhere', () => {
    const session = read({ url, active: true }, { now })
    expect(session.url.reveal()).toBe(url)
    expect(session).toMatchObject({ active: true, expiresAtMs: 1_700_000_060_500 })
    expect(inspect(session, { depth: 9 }) + JSON.stringify(session)).not.toContain('abc123')
    expect(Object.keys(session)).not.toContain('accessToken')
  })

  it('may carry an access token', () => {
    expect(read({ url, access_token: 'x' }).accessToken?.reveal()).toBe('x')
    expect(read({ url, access_token: null })).not.toHaveProperty('accessToken')
  })

  it('may be bound to hosts', async () => {
    expect(
      read({ url }, { allowedHosts: ['portal.example', 'www.interactivebrokers.com'] }).url.reveal(),
    ).toBe(url)
    await failure('ERR_SSO_JWT_INVALID_RESPONSE', () =>
      read({ url }, { allowedHosts: ['interactivebrokers.com'] }),
    )
    await failure('ERR_SSO_JWT_INVALID_RESPONSE', () => read({ url }, { allowedHosts: [] }))
  })

  it.each([
    {},
    { url: 42 },
    { url: '/relative' },
    { url: 'http://www.interactivebrokers.com/' },
    { url: 'javascript:alert(1)' },
    { url: 'https://user@www.interactivebrokers.com/' },
    { url: 'https://:pw@www.interactivebrokers.com/' },
    { url: `https://x/${'a'.repeat(9000)}` },
    { url, access_token: '' },
    { url, active: 1 },
  ])('%o is none', async (body) => {
    await failure('ERR_SSO_JWT_INVALID_RESPONSE', () => read(body))
  })
})
