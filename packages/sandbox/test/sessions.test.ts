import { beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../src/index.ts'
import { connect, type IndependentClient } from './independent-client.ts'

let nowMs: number
let sandbox: Sandbox
let client: IndependentClient
let lst: Buffer

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 5, 12)
  ;({ sandbox, client } = await connect({ now: () => nowMs }))
  ;({ lst } = await client.liveSessionToken())
})

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

async function call(method: string, path: string, body?: unknown, key: Buffer = lst): Promise<Answer> {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const text = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await client.send({
    method,
    target: `/v1/api${path}`,
    key: { hmac: key },
    headers,
    ...text,
  })
  const answered = await response.text()
  return {
    status: response.status,
    body: (answered === '' ? {} : JSON.parse(answered)) as Record<string, unknown>,
  }
}

const open = (compete = false, key: Buffer = lst): Promise<Answer> =>
  call('POST', '/iserver/auth/ssodh/init', { publish: true, compete }, key)

describe('the brokerage session', () => {
  it('is not there at first', async () => {
    const { body } = await call('POST', '/iserver/auth/status')
    expect(body).toEqual({
      authenticated: false,
      competing: false,
      connected: false,
      MAC: expect.any(String),
    })
    expect((await call('GET', '/iserver/accounts')).body).toEqual({
      error: 'Bad Request: no bridge',
      statusCode: 400,
    })
  })

  it('is established only once the accounts are loaded', async () => {
    expect((await open()).body).toMatchObject({
      authenticated: true,
      established: false,
      connected: true,
      competing: false,
    })
    expect(await call('GET', '/iserver/account/orders')).toMatchObject({ status: 500 })
    expect(sandbox.log.last?.explanation?.mistake).toBe('accounts-not-loaded')
    await call('GET', '/iserver/accounts')
    expect((await call('GET', '/iserver/auth/status')).body).toMatchObject({ established: true })
    expect((await call('GET', '/iserver/account/orders')).status).toBe(200)
  })

  it('takes the fields of ssodh/init from query and form too, and fails without publish', async () => {
    const query = [
      ['publish', 'true'],
      ['compete', 'true'],
    ] as const
    const spec = { method: 'POST', key: { hmac: lst } }
    const target = '/v1/api/iserver/auth/ssodh/init'
    expect(
      (await client.send({ ...spec, target: `${target}?publish=true&compete=true`, query })).status,
    ).toBe(200)
    expect((await client.send({ ...spec, target, form: query })).status).toBe(200)
    expect(await call('POST', '/iserver/auth/ssodh/init', { publish: false })).toMatchObject({
      status: 500,
      body: { error: 'failed to generate sso dh token' },
    })
  })

  it('ends after five minutes of silence, but not while anything is asked', async () => {
    await open()
    for (let minute = 0; minute < 20; minute++) {
      nowMs += 60_000
      expect((await call('POST', '/tickle')).body).toMatchObject({
        iserver: { authStatus: { authenticated: true } },
      })
    }
    nowMs += 300_001
    expect((await call('GET', '/iserver/auth/status')).body).toMatchObject({
      authenticated: false,
      connected: true,
    })
    expect((await call('GET', '/iserver/accounts')).body).toMatchObject({ error: 'Bad Request: no bridge' })
    expect((await open()).body).toMatchObject({ authenticated: true })
  })

  it('is one for each username: a second login competes, and takes over only if told to', async () => {
    const { lst: second } = await client.liveSessionToken()
    await open()
    expect((await open(false, second)).body).toMatchObject({
      authenticated: false,
      competing: true,
      connected: true,
    })
    expect((await call('GET', '/iserver/auth/status')).body).toMatchObject({
      authenticated: true,
      competing: false,
    })
    expect((await open(true, second)).body).toMatchObject({ authenticated: true, competing: false })
    expect((await call('GET', '/iserver/auth/status')).body).toMatchObject({
      authenticated: false,
      competing: true,
    })
  })

  it('can be lost, and taken by a login elsewhere', async () => {
    await open()
    sandbox.faults.loseBrokerageSession()
    expect((await call('GET', '/iserver/auth/status')).body).toMatchObject({
      authenticated: false,
      connected: true,
      competing: false,
    })
    await open()
    sandbox.faults.compete()
    expect((await call('GET', '/iserver/auth/status')).body).toMatchObject({
      authenticated: false,
      competing: true,
    })
    expect((await open()).body).toMatchObject({ authenticated: false, competing: true })
    expect((await open(true)).body).toMatchObject({ authenticated: true, competing: false })
  })
})

describe('the outer session', () => {
  it('gives both cookies once, Secure only over https', async () => {
    const first = await client.send({ target: '/v1/api/portfolio/accounts', key: { hmac: lst } })
    const [api, uuid] = first.headers.getSetCookie()
    expect(api).toMatch(/^api=[\da-f]{32}; Path=\/; HttpOnly$/)
    expect(uuid).toMatch(/^x-sess-uuid=0\.[\da-f]+\.\d{10}\.[\da-f]+; Path=\/; HttpOnly$/)
    const second = await client.send({ target: '/v1/api/portfolio/accounts', key: { hmac: lst } })
    expect(second.headers.getSetCookie()).toEqual([])
    const { body } = await call('POST', '/tickle')
    expect(api).toContain(String(body.session))
  })

  it('is over after logout: 410 until there is a new live session token', async () => {
    await open()
    expect((await call('POST', '/logout')).body).toEqual({ status: true })
    expect(await open()).toMatchObject({ status: 410 })
    expect(sandbox.log.last?.explanation?.mistake).toBe('logged-out')
    ;({ lst } = await client.liveSessionToken())
    expect(await open()).toMatchObject({ status: 200 })
  })

  it('ends with its live session token', async () => {
    nowMs += 86_400_000 - 1
    expect((await call('GET', '/portfolio/accounts')).status).toBe(200)
    nowMs += 1
    expect((await call('GET', '/portfolio/accounts')).status).toBe(401)
    expect(sandbox.log.last?.explanation?.mistake).toBe('lst-expired')
  })

  it('lives as long as told, and its expiry says so', async () => {
    sandbox.faults.setLiveSessionTokenLifetime(5_000)
    const { lst: short, reply } = await client.liveSessionToken()
    expect(reply.live_session_token_expiration).toBe(nowMs + 5_000)
    nowMs += 5_000
    await call('GET', '/portfolio/accounts', undefined, short)
    expect(sandbox.log.last?.explanation?.mistake).toBe('lst-replaced')
  })

  it('answers unknown paths as IBKR does: only to those who are logged in', async () => {
    expect(await call('GET', '/no/such/path')).toMatchObject({ status: 404, body: { statusCode: 404 } })
    expect((await sandbox.handle(new Request(`${sandbox.url}/v1/api/no/such/path`))).status).toBe(401)
  })
})
