import { createSign, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ibkrMethodsOf } from '../src/explain/ibkr-operations.ts'
import { connect, encode, testKeys } from './independent-client.ts'
import { trader } from './trader.ts'

describe('a path', () => {
  it('that IBKR has and the sandbox has not is 404, and told apart from one that IBKR has not', async () => {
    const bot = await trader()
    for (const [method, path, mistake, detail] of [
      ['GET', '/iserver/scanner/params', 'not-in-sandbox', undefined],
      ['GET', '/iserver/account/DU1234567/alerts/', 'not-in-sandbox', undefined],
      ['GET', '/iserver/scanner/run', 'no-such-operation', 'IBKR has POST of this path.'],
      ['GET', '/iserver/scanner', 'no-such-operation', undefined],
      ['DELETE', '/portfolio/accounts', 'no-such-operation', 'IBKR has GET of this path.'],
    ] as const) {
      expect(await bot.call(method, path)).toMatchObject({
        status: 404,
        body: { error: 'Not Found', statusCode: 404 },
      })
      expect(bot.sandbox.log.last?.explanation).toMatchObject({ mistake, detail })
    }
    expect(ibkrMethodsOf('/gw/api/v1/accounts')).toEqual(['GET', 'PATCH', 'POST'])
    expect(ibkrMethodsOf('/gw/api/v1/accounts/U1/status')).toEqual(['GET', 'PATCH'])
  })

  it('can be given an answer of your own, over HTTP and for good', async () => {
    const bot = await trader()
    const rule = {
      kind: 'status',
      status: 200,
      path: '/v1/api/iserver/scanner/params',
      body: '{"scan_type_list":[]}',
      contentType: 'application/json',
      times: 'unlimited',
    }
    const set = new Request(`${bot.sandbox.url}/_sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    })
    expect((await bot.sandbox.handle(set)).status).toBe(201)
    for (let count = 0; count < 3; count++) {
      expect(await bot.get('/iserver/scanner/params')).toEqual({ status: 200, body: { scan_type_list: [] } })
    }
    const listed = await bot.sandbox.handle(new Request(`${bot.sandbox.url}/_sandbox/faults`))
    expect(await listed.json()).toMatchObject([{ rule: { times: 'unlimited' }, hits: 3 }])
    bot.sandbox.faults.clear()
    bot.sandbox.faults.add({ kind: 'drop', path: '/nowhere', times: Number.POSITIVE_INFINITY })
    expect(JSON.stringify(bot.sandbox.faults.list())).toContain('"times":"unlimited"')
  })

  it('takes a slash at its end, as clients send it', async () => {
    const bot = await trader()
    expect((await bot.get('/portfolio/accounts/')).status).toBe(200)
  })
})

describe('as IBKR answers', () => {
  it('401 has status, error and message; an oauth endpoint has the older form', async () => {
    const { client } = await connect()
    const refused = await client.send({ target: '/v1/api/tickle', key: { hmac: Buffer.alloc(20) } })
    expect(await refused.json()).toEqual({ status: 401, error: 'Unauthorized', message: 'Unauthorized' })
    const unknown = { ...client.lstSpec(), token: 'ffff' }
    expect(await (await client.send(unknown)).json()).toEqual({
      error: expect.stringMatching(/^id: 118871, error: LST failed/),
      statusCode: 401,
    })
  })

  it('410 is empty', async () => {
    const bot = await trader()
    await bot.post('/logout')
    expect(await bot.post('/iserver/auth/ssodh/init', { publish: true })).toEqual({
      status: 410,
      body: undefined,
    })
  })

  it('an API request needs its realm, and is told; lenient takes it without', async () => {
    for (const lenient of [false, true]) {
      const { sandbox, client } = await connect({ lenient })
      const { lst } = await client.liveSessionToken()
      const spec = { target: '/v1/api/portfolio/accounts', key: { hmac: lst }, realm: null }
      expect((await client.send(spec)).status).toBe(lenient ? 200 : 401)
      expect(sandbox.log.last?.explanation?.mistake).toBe(lenient ? undefined : 'missing-realm')
      // "OAuth at Interactive Brokers" 7.3 and 7.4 leave it out.
      expect((await client.send({ ...client.lstSpec(), realm: null })).status).toBe(200)
    }
  })

  it('slashes left raw are named in strict too, and taken in lenient', async () => {
    const query = [['path', 'a/b']] as const
    const raw = (text: string): string => text
    const quote = (text: string): string => encode(text).replaceAll('%2F', '/')
    for (const lenient of [false, true]) {
      const { sandbox, client } = await connect({ lenient })
      const { lst } = await client.liveSessionToken()
      const spec = { target: '/v1/api/portfolio/accounts?path=a%2Fb', query, key: { hmac: lst } }
      await client.send({ ...spec, encodePart: raw, encodeParameters: quote })
      expect(sandbox.log.last).toMatchObject(
        lenient
          ? { verdict: 'accepted', signedAs: 'raw, slashes raw' }
          : {
              explanation: {
                mistake: 'values-encoded-once',
                detail: expect.stringContaining('"/" left raw'),
              },
            },
      )
    }
  })

  it('a request signed with another method is named in strict, and taken in lenient', async () => {
    for (const lenient of [false, true]) {
      const { sandbox, client } = await connect({ lenient })
      const { lst } = await client.liveSessionToken()
      await client.send({ method: 'POST', target: '/v1/api/tickle', key: { hmac: lst }, signedMethod: 'GET' })
      expect(sandbox.log.last).toMatchObject(
        lenient ? { signedAs: 'omit, GET signed' } : { explanation: { mistake: 'wrong-method' } },
      )
    }
  })
})

describe('the gateway', () => {
  async function signedIn(
    lenient = false,
  ): Promise<(method: string, path: string, claims: object, type?: string) => Promise<Response>> {
    const { sandbox } = await connect({ lenient })
    const { clientId, keyId } = sandbox.credentials.oauth2
    const jwt = (claims: object): string => {
      const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
      const now = Math.floor(Date.now() / 1_000)
      const text = `${part({ alg: 'RS256', typ: 'JWT', kid: keyId })}.${part({ iss: clientId, iat: now, exp: now + 50, jti: randomUUID(), ...claims })}`
      return `${text}.${createSign('sha256').update(text).sign(testKeys().oauth2.privateKey, 'base64url')}`
    }
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt({ sub: clientId, aud: '/token' }),
      scope: 'accounts.write sso-sessions.write',
    })
    const issued = await sandbox.handle(
      new Request(sandbox.credentials.oauth2Url, { method: 'POST', body: form }),
    )
    const { access_token: bearer } = (await issued.json()) as { access_token: string }
    return (method, path, claims, type = 'application/jwt') =>
      sandbox.handle(
        new Request(`${sandbox.url}/gw/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${bearer}`, 'content-type': type },
          body: jwt(claims),
        }),
      )
  }

  it('takes instructions about accounts, as the examples send them', async () => {
    const send = await signedIn()
    const taken = await send('PATCH', '/accounts', { accountManagementRequests: {} })
    expect([taken.status, await taken.json()]).toEqual([
      202,
      { instructionSetId: expect.any(Number), status: 'PENDING' },
    ])
    expect((await send('PATCH', '/requests/7/status', {})).status).toBe(404)
  })

  it('opens SSO sessions for application/jwt only, unless it is lenient', async () => {
    const claims = { credential: 'sandboxadvisor', ip: '127.0.0.1' }
    expect((await (await signedIn())('POST', '/sso-sessions', claims, 'text/plain')).status).toBe(400)
    expect((await (await signedIn(true))('POST', '/sso-sessions', claims, 'text/plain')).status).toBe(200)
    expect((await (await signedIn())('POST', '/sso-sessions', claims)).status).toBe(200)
  })
})

describe('the source', () => {
  it('has no file of 200 lines or more', () => {
    const source = new URL('../src/', import.meta.url)
    const long = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => [name, readFileSync(new URL(name, source), 'utf8').split('\n').length] as const)
      .filter(([, lines]) => lines > 201)
    expect(long).toEqual([])
  })
})
