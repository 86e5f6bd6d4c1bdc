import { createHmac, createSign, randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import type { MistakeName, Sandbox } from '../src/index.ts'
import { connect } from './independent-client.ts'

let nowMs: number
let sandbox: Sandbox

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 5, 12)
  ;({ sandbox } = await connect({ now: () => nowMs }))
})

type Json = Readonly<Record<string, unknown>>

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A JWT by node:crypto alone. */
function jwt(claims: Json, header: Json = {}, key: string = inject('keys').oauth2): string {
  const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: 'main', ...header })}.${part(claims)}`
  return `${signed}.${createSign('sha256').update(signed).sign(key, 'base64url')}`
}

const seconds = (): number => Math.floor(nowMs / 1000)

function assertionClaims(): Json {
  const { clientId } = sandbox.credentials.oauth2
  return { iss: clientId, sub: clientId, aud: '/token', iat: seconds() - 10, exp: seconds() + 20 }
}

function bodyClaims(more: Json = {}): Json {
  const { clientId, credential } = sandbox.credentials.oauth2
  const times = { iat: seconds(), exp: seconds() + 86_400 }
  return { iss: clientId, credential, ip: '203.0.113.7', ...times, ...more }
}

function tokenRequest(
  clientAssertion: string,
  scope: string,
  more: Record<string, string> = {},
): Promise<Response> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: clientAssertion,
    scope,
    ...more,
  })
  return sandbox.handle(new Request(`${sandbox.url}/oauth2/api/v1/token`, { method: 'POST', body }))
}

async function accessToken(scope: string = sandbox.credentials.oauth2.scopes.join(' ')): Promise<string> {
  const response = await tokenRequest(jwt(assertionClaims()), scope)
  expect(response.status).toBe(200)
  return String(((await response.json()) as Json).access_token)
}

function post(path: string, token: string, body: string, type = 'application/jwt'): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': type }
  return sandbox.handle(new Request(`${sandbox.url}/gw/api/v1/${path}`, { method: 'POST', headers, body }))
}

function get(path: string, token: string): Promise<Response> {
  return sandbox.handle(new Request(sandbox.url + path, { headers: { authorization: `Bearer ${token}` } }))
}

async function ssoBearer(more: Json = {}): Promise<string> {
  const response = await post('sso-sessions', await accessToken(), jwt(bodyClaims(more)))
  expect(response.status).toBe(200)
  return String(((await response.json()) as Json).access_token)
}

const mistake = (): MistakeName | undefined => sandbox.log.last?.explanation?.mistake

describe('the token endpoint', () => {
  it('grants the scopes of the registration and no other', async () => {
    const response = await tokenRequest(jwt(assertionClaims()), 'echo.read transfers.write')
    expect(await response.json()).toMatchObject({
      token_type: 'Bearer',
      scope: 'echo.read',
      expires_in: 86_399,
    })
    expect((await tokenRequest(jwt(assertionClaims()), 'transfers.write')).status).toBe(400)
    expect(mistake()).toBe('scope-missing')
  })

  it('takes the full URL as audience too, its own and that of IBKR', async () => {
    for (const aud of ['https://api.ibkr.com/oauth2/api/v1/token', sandbox.credentials.oauth2Url]) {
      expect((await tokenRequest(jwt({ ...assertionClaims(), aud }), 'echo.read')).status).toBe(200)
    }
  })

  const cases: readonly (readonly [MistakeName, string, () => string])[] = [
    ['jwt-audience', 'another audience', () => jwt({ ...assertionClaims(), aud: '/other' })],
    ['jwt-issuer', 'another issuer', () => jwt({ ...assertionClaims(), iss: 'somebody' })],
    ['jwt-issuer', 'no subject', () => jwt({ ...assertionClaims(), sub: undefined })],
    ['jwt-expired', 'expired', () => jwt({ ...assertionClaims(), exp: seconds() - 60 })],
    ['jwt-lifetime', 'valid for a day', () => jwt({ ...assertionClaims(), exp: seconds() + 86_400 })],
    [
      'jwt-issued-in-future',
      'clock ahead',
      () => jwt({ ...assertionClaims(), iat: seconds() + 60, exp: seconds() + 80 }),
    ],
    [
      'jwt-milliseconds',
      'milliseconds',
      () => jwt({ ...assertionClaims(), iat: nowMs, exp: nowMs + 20_000 }),
    ],
    ['jwt-unknown-key', 'another kid', () => jwt(assertionClaims(), { kid: 'other' })],
    ['jwt-wrong-key', 'another key', () => jwt(assertionClaims(), {}, inject('keys').other)],
    [
      'jwt-algorithm',
      'alg none',
      () => `${part({ alg: 'none', kid: 'main' })}.${part(assertionClaims())}.e30`,
    ],
    ['jwt-algorithm', 'the public key as an HMAC secret', hmacWithPublicKey],
    ['jwt-malformed', 'not a JWT', () => 'abc.def'],
    ['jwt-malformed', 'a critical header', () => jwt(assertionClaims(), { crit: ['b64'] })],
  ]

  for (const [name, why, make] of cases) {
    it(`${name}: ${why}`, async () => {
      const response = await tokenRequest(make(), 'echo.read')
      expect(response.status).toBe(400)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(mistake()).toBe(name)
    })
  }

  function hmacWithPublicKey(): string {
    const signed = `${part({ alg: 'HS256', kid: 'main' })}.${part(assertionClaims())}`
    return `${signed}.${createHmac('sha256', inject('keys').oauth2).update(signed).digest('base64url')}`
  }

  it('jwt-replayed: the same jti twice', async () => {
    const assertion = jwt({ ...assertionClaims(), jti: randomUUID() })
    expect((await tokenRequest(assertion, 'echo.read')).status).toBe(200)
    expect((await tokenRequest(assertion, 'echo.read')).status).toBe(400)
    expect(mistake()).toBe('jwt-replayed')
  })

  it('names what is wrong with the form', async () => {
    expect((await tokenRequest(jwt(assertionClaims()), 'echo.read', { grant_type: 'password' })).status).toBe(
      400,
    )
    expect(mistake()).toBe('malformed-token-request')
    const asJson = new Request(sandbox.credentials.oauth2Url, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect((await sandbox.handle(asJson)).status).toBe(400)
    expect(mistake()).toBe('wrong-content-type')
  })
})

describe('the gateway', () => {
  it('wants the scope of the endpoint', async () => {
    const token = await accessToken('echo.read')
    expect((await get('/gw/api/v1/echo/https?a=1', token)).status).toBe(200)
    const response = await post('echo/signed-jwt', token, jwt(bodyClaims()))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ detail: 'The access token fails to have sufficient scope' })
    expect(mistake()).toBe('scope-missing')
  })

  it('refuses a bearer that is unknown, or has expired', async () => {
    expect((await get('/gw/api/v1/echo/https', 'abc')).status).toBe(401)
    expect(mistake()).toBe('unknown-bearer')
    const token = await accessToken()
    nowMs += 86_400_000
    const response = await get('/gw/api/v1/echo/https', token)
    expect(await response.json()).toMatchObject({
      type: '/simple',
      status: 401,
      detail: 'Access token expired',
    })
    expect(mistake()).toBe('bearer-expired')
  })

  it('wants the JWS itself as the body', async () => {
    const token = await accessToken()
    const wrapped = JSON.stringify({ payload: jwt(bodyClaims()) })
    const response = await post('echo/signed-jwt', token, wrapped, 'application/json')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      type: '/invalid-argument',
      invalidArguments: [{ field: 'payload' }],
    })
    expect(mistake()).toBe('jwt-wrapped')
    expect((await post('echo/signed-jwt', token, jwt(bodyClaims(), {}, inject('keys').other))).status).toBe(
      400,
    )
    expect(mistake()).toBe('jwt-wrong-key')
    expect((await post('echo/signed-jwt', token, jwt(bodyClaims({ name: 'Zoë' })))).status).toBe(400)
  })

  it('names the claims that are wrong', async () => {
    const token = await accessToken()
    const response = await post(
      'sso-sessions',
      token,
      jwt(bodyClaims({ credential: 'nobody', ip: '203.0.113.7:80' })),
    )
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      invalidArguments: [{ field: 'credential' }, { field: 'ip' }],
    })
    expect(mistake()).toBe('jwt-claim')
  })

  it('answers 404 to those who are logged in', async () => {
    expect((await get('/gw/api/v1/nothing', await accessToken())).status).toBe(404)
    expect((await get('/gw/api/v1/nothing', 'abc')).status).toBe(401)
  })
})

describe('an SSO session', () => {
  it('opens /v1/api and not /gw; the access token the other way about', async () => {
    const bearer = await ssoBearer()
    expect((await get('/v1/api/portfolio/accounts', bearer)).status).toBe(200)
    expect((await get('/gw/api/v1/echo/https', bearer)).status).toBe(401)
    expect(mistake()).toBe('wrong-bearer')
    expect((await get('/v1/api/portfolio/accounts', await accessToken())).status).toBe(401)
    expect(mistake()).toBe('wrong-bearer')
  })

  it('tells its remaining life by sso/validate and tickle, and ends after it', async () => {
    const bearer = await ssoBearer()
    nowMs += 3_600_000
    expect(await (await get('/v1/api/sso/validate', bearer)).json()).toMatchObject({
      USER_NAME: sandbox.credentials.oauth2.credential,
      EXPIRES: 23 * 3_600_000,
      IP: '203.0.113.7',
    })
    expect(await (await get('/v1/api/tickle', bearer)).json()).toMatchObject({ ssoExpires: 23 * 3_600_000 })
    nowMs += 23 * 3_600_000
    expect((await get('/v1/api/sso/validate', bearer)).status).toBe(401)
    expect(mistake()).toBe('bearer-expired')
  })

  it('is bound to its addresses where the sandbox is told the address of callers', async () => {
    ;({ sandbox } = await connect({ now: () => nowMs, publicAddress: '198.51.100.1' }))
    expect((await get('/v1/api/portfolio/accounts', await ssoBearer())).status).toBe(401)
    expect(mistake()).toBe('address-mismatch')
    const bearer = await ssoBearer({ alternativeIps: ['198.51.100.1'] })
    expect((await get('/v1/api/portfolio/accounts', bearer)).status).toBe(200)
  })

  it('cannot be asked for with a browser URL that is used twice or late', async () => {
    const token = await accessToken()
    const open = async (): Promise<string> => {
      const { url } = (await (await post('sso-browser-sessions', token, jwt(bodyClaims()))).json()) as {
        url: string
      }
      expect(url.startsWith('https://')).toBe(true)
      return url.replace('https:', 'http:')
    }
    const visit = async (url: string): Promise<number> => (await sandbox.handle(new Request(url))).status
    const url = await open()
    expect([await visit(url), await visit(url)]).toEqual([200, 401])
    const late = await open()
    nowMs += 60_000
    expect(await visit(late)).toBe(401)
    expect(JSON.stringify(sandbox.log.entries)).not.toContain(new URL(url).searchParams.get('SID'))
  })
})
