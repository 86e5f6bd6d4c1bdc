import { beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../src/index.ts'
import { connect, type IndependentClient, type Spec } from './independent-client.ts'

let nowMs: number
let sandbox: Sandbox
let client: IndependentClient

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 5, 12)
  ;({ sandbox, client } = await connect({ now: () => nowMs }))
})

const mistake = (): string | undefined => sandbox.log.last?.explanation?.mistake

function oauth(endpoint: string, more: Partial<Spec>): Promise<Response> {
  const key = { rsa: client.credentials.signingKey }
  return client.send({ method: 'POST', target: `/v1/api/oauth/${endpoint}`, key, ...more })
}

async function requestToken(): Promise<string> {
  const response = await oauth('request_token', { token: null, extra: [['oauth_callback', 'oob']] })
  return String(((await response.json()) as Record<string, unknown>).oauth_token)
}

function page(fields: Record<string, string>): Promise<Response> {
  return sandbox.handle(new Request(`${sandbox.url}/authorize?${new URLSearchParams(fields)}`))
}

function decide(fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams(fields)
  return sandbox.handle(new Request(`${sandbox.url}/authorize`, { method: 'POST', body, headers }))
}

async function approved(token: string): Promise<string> {
  const response = await decide({ oauth_token: token, decision: 'approve' })
  return new URL(response.headers.get('location') ?? '').searchParams.get('oauth_verifier') ?? ''
}

const exchange = (token: string, verifier: string): Promise<Response> =>
  oauth('access_token', { token, extra: [['oauth_verifier', verifier]] })

describe('the third-party flow', () => {
  it('ends in an access token of its own, with its own secret', async () => {
    const token = await requestToken()
    const reply = (await (await exchange(token, await approved(token))).json()) as Record<string, string>
    expect(reply).toEqual({
      is_paper: true,
      oauth_token: expect.any(String),
      oauth_token_secret: expect.any(String),
    })
    expect(reply.oauth_token_secret).toHaveLength(344)
    const secret = client.secret(reply.oauth_token_secret)
    expect(secret.equals(client.secret())).toBe(false)
    const { lst } = await client.liveSessionToken({ secret, token: String(reply.oauth_token) })
    const spec = {
      target: '/v1/api/portfolio/accounts',
      token: String(reply.oauth_token),
      key: { hmac: lst },
    }
    expect((await client.send(spec)).status).toBe(200)
  })

  it('exchanges a request token once, with its verifier, after approval, in time', async () => {
    const token = await requestToken()
    expect((await exchange(token, 'guess')).status).toBe(401)
    expect(mistake()).toBe('wrong-verifier')
    const verifier = await approved(token)
    expect((await exchange(token, `${verifier}0`)).status).toBe(401)
    expect((await exchange(token, verifier)).status).toBe(200)
    expect((await exchange(token, verifier)).status).toBe(401)
    expect(mistake()).toBe('token-used')
    const late = await requestToken()
    const lateVerifier = await approved(late)
    nowMs += 15 * 60_000
    expect((await exchange(late, lateVerifier)).status).toBe(401)
    expect(mistake()).toBe('unknown-token')
  })

  it('gives nothing for a request token that the user refused', async () => {
    const token = await requestToken()
    const response = await decide({ oauth_token: token, decision: 'cancel' })
    expect(response.headers.get('location')).toBe(client.credentials.callbackUrl)
    expect((await exchange(token, '')).status).toBe(401)
    expect((await decide({ oauth_token: token, decision: 'approve' })).status).toBe(409)
  })

  it('names what is missing or too much at request_token', async () => {
    await oauth('request_token', { token: null })
    expect(mistake()).toBe('missing-parameter')
    await oauth('request_token', { token: null, extra: [['oauth_callback', 'https://example.com/']] })
    expect(sandbox.log.last?.explanation?.detail).toContain('oob')
    await oauth('request_token', { extra: [['oauth_callback', 'oob']] })
    expect(sandbox.log.last?.explanation?.detail).toContain('no oauth_token')
  })

  it('is closed to a first-party consumer, but for the live session token', async () => {
    ;({ sandbox, client } = await connect({ firstParty: true, now: () => nowMs }))
    expect((await oauth('request_token', { token: null, extra: [['oauth_callback', 'oob']] })).status).toBe(
      403,
    )
    expect(mistake()).toBe('first-party-consumer')
    expect((await page({ oauth_token: 'any' })).status).toBe(403)
    expect((await client.liveSessionToken()).lst).toHaveLength(20)
  })
})

describe('the legacy JSON form', () => {
  const target = '/tradingapi/v1/oauth/request_token'

  async function body(): Promise<string> {
    const spec: Spec = {
      method: 'POST',
      target,
      token: null,
      extra: [['oauth_callback', 'oob']],
      key: { rsa: client.credentials.signingKey },
    }
    const pairs = [...client.authorization(spec).matchAll(/(oauth_\w+)="([^"]*)"/g)]
    return JSON.stringify(
      Object.fromEntries(pairs.map(([, name, value = '']) => [name, decodeURIComponent(value)])),
    )
  }

  const send = (text: string, headers: Record<string, string> = {}, path = target): Promise<Response> =>
    sandbox.handle(
      new Request(sandbox.url + path, {
        method: 'POST',
        body: text,
        headers: { 'content-type': 'application/json', ...headers },
      }),
    )

  it('is taken under the legacy base only', async () => {
    expect((await send(await body())).status).toBe(200)
    expect((await send(await body(), {}, '/v1/api/oauth/request_token')).status).toBe(401)
    expect(mistake()).toBe('missing-authorization')
  })

  it('is refused with a member twice, with a header beside it, or with members that are no texts', async () => {
    const text = await body()
    const twice = text.replace('{', '{"oauth_callback":"oob",')
    expect((await send(twice)).status).toBe(400)
    expect(mistake()).toBe('duplicate-parameter')
    const header = client.authorization({
      method: 'POST',
      target,
      key: { rsa: client.credentials.signingKey },
    })
    expect((await send(text, { authorization: header })).status).toBe(400)
    expect(mistake()).toBe('duplicate-parameter')
    expect((await send(text.replace('"oob"', '["oob"]'))).status).toBeGreaterThanOrEqual(400)
    expect((await send('{"oauth_nonce":')).status).toBe(401)
  })
})

describe('the authorize page', () => {
  it('replaces the path of the callback, and nothing else of it', async () => {
    const { origin } = new URL(client.credentials.callbackUrl)
    const token = await requestToken()
    const response = await decide({ oauth_token: token, redirect_uri: '/other/path?a=1', decision: 'cancel' })
    expect(response.headers.get('location')).toBe(`${origin}/other/path?a=1`)
    for (const redirect of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example',
      'back',
      '/a\r\nb',
      '/ a',
    ]) {
      const asked = await page({ oauth_token: await requestToken(), redirect_uri: redirect })
      expect(`${redirect}: ${asked.status}`).toBe(`${redirect}: 400`)
    }
  })

  it('escapes what it shows, and allows no script and no other origin', async () => {
    const token = await requestToken()
    const response = await page({ oauth_token: token, redirect_uri: '/"><script>alert(1)</script>' })
    const html = await response.text()
    expect(html).not.toContain('<script')
    expect(html).toContain('&lt;script&gt;')
    const policy = response.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`form-action 'self' ${new URL(client.credentials.callbackUrl).origin};`)
    expect(policy).toContain("frame-ancestors 'none'")
  })

  it('does not let another site decide, nor a decision be anything else', async () => {
    const token = await requestToken()
    const fields = { oauth_token: token, decision: 'approve' }
    expect((await decide(fields, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await decide(fields, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await decide({ oauth_token: token, decision: 'perhaps' })).status).toBe(400)
    expect((await page({ oauth_token: 'unknown' })).status).toBe(400)
    expect((await decide(fields, { origin: sandbox.url })).status).toBe(303)
    expect((await page({ oauth_token: token })).status).toBe(409)
  })

  it('leaves neither token nor verifier in the log', async () => {
    const token = await requestToken()
    await page({ oauth_token: token })
    const verifier = await approved(token)
    await exchange(token, verifier)
    const log = JSON.stringify(sandbox.log.entries)
    expect(log).not.toContain(token)
    expect(log).not.toContain(verifier)
  })
})
