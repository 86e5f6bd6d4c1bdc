import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createTransport } from '../../src/call/transport.ts'
import { isTransportError, TransportError } from '../../src/errors.ts'
import { createSession } from '../../src/session/create-session.ts'
import { failureOf } from '../support/harness.ts'
import { MemoryDispatcher } from '../support/memory-dispatcher.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { createSessionHarness, quietTimeMs } from './support/session-harness.ts'

test('status is plain data, from the first moment on', async () => {
  const { clock, session } = createSessionHarness()
  expect(session.status()).toEqual({
    id: expect.any(Number),
    state: 'idle',
    sinceMs: quietTimeMs,
    username: 'model',
    expiresAtMs: undefined,
    nextAttemptAtMs: undefined,
    established: 0,
    failures: 0,
    proven: false,
    loginsLeft: 5,
    lastError: undefined,
    waitingFor: undefined,
    brokerage: {
      state: 'closed',
      sinceMs: quietTimeMs,
      authenticated: false,
      connected: false,
      competing: false,
      established: undefined,
      message: undefined,
      fail: undefined,
      provenAtMs: undefined,
      lastActivityAtMs: undefined,
      nextAttemptAtMs: undefined,
      failures: 0,
      lastError: undefined,
    },
    queued: 0,
    waits: [],
    penaltyUntilMs: undefined,
    maintenance: undefined,
    clockSkewMs: 0,
  })
  await clock.until(session.ready())
  const status = session.status()
  expect(status).toMatchObject({ state: 'active', sinceMs: quietTimeMs + 20, established: 1 })
  expect(structuredClone(status)).toEqual(status)
})

test.each([
  [Object.assign(new Error('the token was abc123'), { code: 'ECONNRESET' }), 'ECONNRESET', 'ECONNRESET'],
  [new TypeError('the token was abc123'), undefined, 'TypeError'],
  ['the token was abc123', undefined, 'no reason given'],
])(
  'the last error stays visible after recovery, without the words of others',
  async (thrown, code, message) => {
    let calls = 0
    const { clock, session } = createSessionHarness({
      establish: async ({ now }) => {
        calls += 1
        if (calls === 1) throw thrown
        return { authorize: () => ({}), expiresAtMs: now() + 3_600_000 }
      },
    })
    await clock.until(session.ready())
    expect(session.status().lastError).toEqual({ atMs: quietTimeMs, code, message })
  },
)

test('nothing that prints a session shows a token', async () => {
  const { clock, session, events } = createSessionHarness()
  await clock.until(session.ready({ brokerage: true }))
  await clock.advance(120_000)
  const shown = [
    inspect(session, { depth: 20, showHidden: true }),
    JSON.stringify(session.status()),
    JSON.stringify(events),
  ]
  for (const text of shown) {
    expect(text).not.toContain('token-1')
    expect(text).not.toContain('f'.repeat(32))
  }
})

test.each([3_600_000, -3_600_000])(
  "the server's clock, %i ms off, decides about expiry",
  async (clockAheadMs) => {
    const { clock, session, server, establishing } = createSessionHarness({ renewal: { aheadMs: 60_000 } })
    Object.assign(server, { clockAheadMs, lifetimeMs: 7_200_000 })
    await clock.until(session.get('/public', { authorize: false, throwHttpErrors: false }))
    await clock.until(session.ready())
    expect(Math.abs(session.clockSkewMs - clockAheadMs)).toBeLessThan(1_000)
    await clock.advance(7_200_000 - 100_000)
    expect(establishing.calls).toBe(1)
    await clock.advance(20_000)
    expect(establishing.calls).toBe(2)
    await clock.until(session.get('/portfolio/x'))
    expect(server.seen.slice(1).every(({ status }) => status === 200)).toBe(true)
  },
)

test('which arguments were wrong is told in the error, in the event and in the status', async () => {
  const { clock, server, session, events } = createSessionHarness()
  const problem = {
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    invalidArguments: [{ field: 'publish', description: 'must be a boolean' }],
  }
  server.override = (path) =>
    path.endsWith('/ssodh/init') || path.endsWith('/auth/status')
      ? { status: 400, body: JSON.stringify(problem) }
      : undefined
  const error = await clock.until(failureOf(session.openBrokerage()))
  const words = 'publish must be a boolean'
  expect(error.message).toContain(words)
  expect(error.cause).toMatchObject({ serverMessage: `Bad Request: ${words}`, status: 400 })
  const told = events.find((event) => event.type === 'error' && event.during === 'brokerage')
  expect(told).toMatchObject({ error: { serverMessage: `Bad Request: ${words}` } })
  expect(session.status().brokerage.lastError?.message).toContain(words)
  expect(session.health().waitingFor?.why).toContain(words)
  const refused = await clock.until(failureOf(session.post('/iserver/auth/ssodh/init', { json: {} })))
  expect(refused.serverMessage).toBe(`Bad Request: ${words}`)
})

test('ready waits as long as its caller does', async () => {
  const { clock, server, session } = createSessionHarness()
  server.latencyMs = () => 60_000_000
  const controller = new AbortController()
  const reason = new Error('enough')
  const waiting = session.ready({ signal: controller.signal }).catch((error: unknown) => error)
  await clock.advance(10)
  controller.abort(reason)
  expect(await waiting).toBe(reason)
  expect(await session.ready({ signal: controller.signal }).catch((error: unknown) => error)).toBe(reason)
})

test.each<[string, object]>([
  ['no establish', { establish: undefined }],
  ['a negative wait', { renewal: { aheadMs: -1 } }],
  ['a wait of NaN', { brokerage: { settleMs: Number.NaN } }],
  ['a wait in words', { closeTimeoutMs: '5 s' }],
  ['a base URL with a query', { baseUrl: 'https://api.ibkr.com/v1/api?a=b' }],
])('%s cannot be meant', (_, options) => {
  const create = (): unknown =>
    createSession({ baseUrl: 'https://api.ibkr.com', establish: () => Promise.reject(), ...options } as never)
  expect(create).toThrow(expect.objectContaining({ code: 'ERR_TRANSPORT_INVALID_INPUT' }))
})

test('interceptors of the caller stand inside the session’s: they see what is sent, once for each sending', async () => {
  const seen: string[] = []
  const { clock, session, server } = createSessionHarness({
    interceptors: [
      (attempt, next) => {
        seen.push(attempt.path)
        return next(attempt)
      },
    ],
  })
  await clock.until(session.ready())
  server.revokeAll()
  await clock.until(session.get('/portfolio/x'))
  expect(seen).toEqual(server.paths())
})

test("requests with a caller's own authorisation pass through, paced but not judged", async () => {
  const { clock, session, server, establishing } = createSessionHarness()
  const error = await clock.until(
    failureOf(session.get('/portfolio/x', { headers: { authorization: 'Token mine' } })),
  )
  expect(error.code).toBe('ERR_TRANSPORT_UNAUTHENTICATED')
  expect(server.seen.map(({ token }) => token)).toEqual(['mine'])
  expect(establishing.calls).toBe(0)
})

test('a caller cannot pass its request off as the session’s own', async () => {
  const { clock, session, server } = createSessionHarness()
  await clock.until(session.get('/iserver/x', { context: { 'ibkr-auth:session': { call: 'brokerage' } } }))
  expect(server.competes).toEqual([false])
})

test('an OAuth 2.0 chain fits: token from the gateway, SSO bearer, session on top', async () => {
  const clock = new VirtualClock(quietTimeMs)
  const seen: string[] = []
  const dispatcher = new MemoryDispatcher((exchange) => {
    seen.push(`${exchange.request.path} ${exchange.header('authorization')}`)
    if (exchange.request.path === '/oauth2/api/v1/token') exchange.reply(200, '{"access_token":"one"}')
    else if (exchange.request.path === '/gw/api/v1/sso-sessions')
      exchange.reply(200, '{"access_token":"two"}')
    else exchange.reply(200, '{}')
  })
  const gateway = createTransport({ baseUrl: 'https://api.ibkr.com', dispatcher, clock })
  const session = createSession({
    baseUrl: 'https://api.ibkr.com/v1/api',
    dispatcher,
    clock,
    username: 'u',
    establish: async ({ signal, now }) => {
      const token = await gateway.post('/oauth2/api/v1/token', {
        form: { grant_type: 'client_credentials' },
        signal,
      })
      const headers = { authorization: `Bearer ${token.json<{ access_token: string }>().access_token}` }
      const sso = await gateway.post('/gw/api/v1/sso-sessions', { body: 'a.b.c', headers, signal })
      const authorization = `Bearer ${sso.json<{ access_token: string }>().access_token}`
      return { authorize: () => ({ authorization }), expiresAtMs: now() + 86_400_000 }
    },
  })
  await clock.until(session.get('/portfolio/x'))
  expect(seen).toEqual([
    '/oauth2/api/v1/token undefined',
    '/gw/api/v1/sso-sessions Bearer one',
    '/v1/api/portfolio/x Bearer two',
  ])
  await session.close()
  await gateway.close()
})

test('what fails in a session is a TransportError, recognised as such', async () => {
  const { session } = createSessionHarness()
  await session.close()
  const error = await failureOf(session.get('/x'))
  expect(error).toBeInstanceOf(TransportError)
  expect(isTransportError(error)).toBe(true)
})
