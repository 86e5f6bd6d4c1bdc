import { expect, test } from 'vitest'
import { createSession } from '../../src/session/create-session.ts'
import type { SessionCredential } from '../../src/session/credential.ts'
import { failureOf } from '../support/harness.ts'
import { MemoryDispatcher } from '../support/memory-dispatcher.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { createSessionHarness, exchange, moves, quietTimeMs } from './support/session-harness.ts'

const hour = 3_600_000

test('nothing is sent before somebody asks', async () => {
  const { clock, server, session } = createSessionHarness()
  await clock.advance(hour)
  expect(server.seen).toEqual([])
  expect(session.status().state).toBe('idle')
})

test.each([1, 100, 10_000])('%i callers wait for one exchange', async (callers) => {
  const { clock, session, establishing, server } = createSessionHarness({ pacing: false })
  server.latencyMs = () => 0
  const calls = Array.from({ length: callers }, () => session.get('/portfolio/accounts'))
  await clock.until(Promise.all(calls))
  expect(establishing.calls).toBe(1)
  expect(server.count('/portfolio/accounts')).toBe(callers)
})

test.each([1, 100, 10_000])(
  '%i refusals at once cause one renewal, and each GET is repeated once',
  async (callers) => {
    const { clock, session, establishing, server } = createSessionHarness({ pacing: false })
    await clock.until(session.ready())
    server.revokeAll()
    server.latencyMs = (path) => (path === '/oauth/live_session_token' ? 20 : 0)
    const calls = Array.from({ length: callers }, () => session.get('/portfolio/accounts'))
    await clock.until(Promise.all(calls))
    expect(establishing.calls).toBe(2)
    expect(server.count('/portfolio/accounts')).toBe(2 * callers)
  },
)

test.each([1, 100, 10_000])('%i callers at the moment of expiry cause one renewal', async (callers) => {
  const { clock, session, establishing, server } = createSessionHarness({
    pacing: false,
    renewal: { aheadMs: 0 },
  })
  server.lifetimeMs = hour
  await clock.until(session.ready())
  server.lifetimeMs = 100 * hour
  server.latencyMs = (path) => (path === '/oauth/live_session_token' ? 20 : 0)
  await clock.advance(hour)
  const calls = Array.from({ length: callers }, () => session.get('/portfolio/accounts'))
  await clock.until(Promise.all(calls))
  expect(establishing.calls).toBe(2)
  expect(server.seen.filter((one) => one.status === 401)).toEqual([])
})

test('the credential is replaced ahead of its expiry, without a pause for requests', async () => {
  const { clock, session, events, server, released } = createSessionHarness()
  await clock.until(session.ready())
  const { nextAttemptAtMs, expiresAtMs } = session.status()
  // 10 minutes ahead, and with a jitter of one half 5 more.
  expect((expiresAtMs ?? 0) - (nextAttemptAtMs ?? 0)).toBe(15 * 60_000)
  await clock.advance(24 * hour - 15 * 60_000)
  expect(session.status().state).toBe('renewing')
  await clock.until(session.get('/portfolio/accounts'))
  expect(server.seen.at(-1)?.token).toBe('token-1')
  await clock.advance(1_000)
  await clock.until(session.get('/portfolio/accounts', { context: { maxWaitMs: 10_000 } }))
  expect(server.seen.at(-1)?.token).toBe('token-2')
  expect([...released.keys()]).toEqual(['token-1'])
  expect(moves(events, 'state')).toEqual([
    'idle > establishing',
    'establishing > active',
    'active > renewing',
    'renewing > active',
  ])
})

test('a short life is renewed in proportion', async () => {
  const { clock, session, server } = createSessionHarness()
  server.lifetimeMs = 2_000
  await clock.until(session.ready())
  const { nextAttemptAtMs, expiresAtMs } = session.status()
  expect((expiresAtMs ?? 0) - (nextAttemptAtMs ?? 0)).toBeCloseTo(300, -1)
})

test('jitter spreads the renewals of sessions that began together', async () => {
  const clock = new VirtualClock(quietTimeMs)
  const at = await Promise.all(
    [0, 0.25, 0.999].map(async (value) => {
      const { session } = createSessionHarness({ random: () => value }, clock)
      await clock.until(session.ready())
      return session.status().nextAttemptAtMs
    }),
  )
  expect(new Set(at).size).toBe(3)
})

test('a refusal that arrives after the credential was replaced replaces nothing, and its request is repeated', async () => {
  const { clock, session, server, establishing } = createSessionHarness()
  await clock.until(session.ready())
  server.latencyMs = (path) => (path === '/portfolio/slow' ? 1_000 : 20)
  const slow = session.get('/portfolio/slow')
  await clock.advance(10)
  server.revokeAll()
  await clock.until(session.renew())
  await clock.until(slow)
  expect(establishing.calls).toBe(2)
  expect(server.seen.filter(({ path }) => path === '/portfolio/slow').map(({ token }) => token)).toEqual([
    'token-1',
    'token-2',
  ])
})

test('a POST that is refused is not repeated, but the next one has a new credential', async () => {
  const { clock, session, server } = createSessionHarness()
  await clock.until(session.ready())
  server.revokeAll()
  const error = await clock.until(failureOf(session.post('/portfolio/x', { json: {} })))
  expect(error.code).toBe('ERR_TRANSPORT_UNAUTHENTICATED')
  expect(server.count('/portfolio/x')).toBe(1)
  await clock.until(session.post('/portfolio/x', { json: {} }))
  expect(server.seen.at(-1)).toMatchObject({ token: 'token-2', status: 200 })
})

test("a POST is repeated once at the caller's word", async () => {
  const { clock, session, server } = createSessionHarness()
  await clock.until(session.ready())
  server.revokeAll()
  await clock.until(session.post('/portfolio/x', { json: {}, idempotent: true }))
  expect(server.seen.slice(-3).map((one) => one.status)).toEqual([401, 200, 200])
})

test('410 on every path replaces the credential as 401 does, and forgets the cookies that tied the session to its host', async () => {
  await import('tough-cookie')
  const { clock, session, server, establishing } = createSessionHarness()
  server.cookies = ['api=old; Path=/']
  await clock.until(session.get('/portfolio/x'))
  server.cookies = []
  server.override = () => (establishing.calls === 1 ? { status: 410, body: 'Gone' } : undefined)
  await clock.until(session.get('/portfolio/y'))
  expect(establishing.calls).toBe(2)
  const cookies = server.dispatcher.exchanges.map((one) => one.header('cookie'))
  expect(cookies).toEqual([undefined, 'api=old', 'api=old', 'api=old', 'api=old', undefined, undefined])
})

test('a 410 that only one path answers leaves credential and cookies alone', async () => {
  await import('tough-cookie')
  const { clock, session, server, establishing } = createSessionHarness()
  server.cookies = ['api=old; Path=/']
  await clock.until(session.get('/portfolio/x'))
  server.override = (path) => (path === '/portfolio/y' ? { status: 410, body: 'Gone' } : undefined)
  expect(await clock.until(failureOf(session.get('/portfolio/y')))).toMatchObject({ status: 410 })
  await clock.until(session.get('/portfolio/x'))
  expect(establishing.calls).toBe(1)
  expect(server.dispatcher.last.header('cookie')).toBe('api=old')
})

test('a second refusal, with the fresh credential, ends the session: no third exchange, whoever asks', async () => {
  const { clock, session, server, establishing, events } = createSessionHarness()
  server.override = () => ({ status: 401, body: '{"error":"no"}' })
  const error = await clock.until(failureOf(session.get('/portfolio/x')))
  expect(error).toMatchObject({ code: 'ERR_TRANSPORT_SESSION_FAILED' })
  expect(error.message).toContain('on every path that was asked')
  await clock.until(failureOf(session.get('/portfolio/x')))
  await clock.advance(hour)
  expect(establishing.calls).toBe(2)
  expect(server.count('/portfolio/x')).toBe(2)
  expect(moves(events, 'state').at(-1)).toBe('questioned > failed')
  expect(session.status()).toMatchObject({ state: 'failed', nextAttemptAtMs: undefined })
})

test('401 under /iserver ends no session whose brokerage session is the caller’s, nor starts a loop', async () => {
  const { clock, session, server, establishing } = createSessionHarness({ brokerage: false })
  server.override = (path) => (path === '/iserver/accounts' ? { status: 401, body: '' } : undefined)
  for (let call = 0; call < 3; call += 1) {
    const error = await clock.until(failureOf(session.get('/iserver/accounts')))
    expect(error.code).toBe('ERR_TRANSPORT_UNAUTHENTICATED')
  }
  expect(establishing.calls).toBe(1)
  expect(server.count('/tickle')).toBe(1)
  expect(session.status().state).toBe('active')
})

test("only the caller's renew() leads out of that", async () => {
  const { clock, session, server } = createSessionHarness()
  server.override = () => ({ status: 401, body: '' })
  await clock.until(failureOf(session.get('/portfolio/x')))
  server.override = () => undefined
  await clock.until(session.renew())
  await clock.until(session.get('/portfolio/x'))
  expect(session.status().state).toBe('active')
})

test('an endpoint that always answers 401 does not end a session that others still use', async () => {
  const { clock, session, server, establishing } = createSessionHarness({ pacing: false })
  await clock.until(session.ready())
  server.override = (path) => (path === '/forbidden' ? { status: 401, body: '' } : undefined)
  server.latencyMs = (path) => (path === '/forbidden' ? 60 : 20)
  const refused = failureOf(session.get('/forbidden'))
  const others = Array.from({ length: 20 }, async (_, index) => {
    await new Promise<void>((resolve) => clock.setTimeout(resolve, index * 5))
    return session.get('/portfolio/x')
  })
  await clock.until(Promise.all(others))
  expect((await clock.until(refused)).code).toBe('ERR_TRANSPORT_UNAUTHENTICATED')
  expect(session.status().state).toBe('active')
  for (let call = 0; call < 5; call += 1) await clock.until(failureOf(session.get('/forbidden')))
  expect(establishing.calls).toBe(1)
  expect(server.count('/iserver/auth/status')).toBeLessThanOrEqual(1)
})

test('a session that never worked is not excused by the calendar', async () => {
  const { clock, session, server } = createSessionHarness({}, new VirtualClock(Date.UTC(2026, 0, 8, 6)))
  server.override = () => ({ status: 401, body: '' })
  const error = await clock.until(failureOf(session.get('/portfolio/x')))
  expect(error.code).toBe('ERR_TRANSPORT_SESSION_FAILED')
})

test('refused twice during the daily reset: the session waits and comes back by itself', async () => {
  const resetMs = Date.UTC(2026, 0, 8, 6) // 01:00 in New York
  const { clock, session, server, events } = createSessionHarness({}, new VirtualClock(resetMs))
  await clock.until(session.get('/portfolio/x'))
  server.override = () => ({ status: 401, body: '' })
  const error = await clock.until(failureOf(session.get('/portfolio/x')))
  expect(error.code).toBe('ERR_TRANSPORT_MAINTENANCE')
  expect(error.message).toContain('daily reset')
  expect(moves(events, 'state').at(-1)).toBe('questioned > waiting')
  server.override = () => undefined
  await clock.advance(hour)
  expect(session.status().state).toBe('active')
})

test('an exchange that fails for a while is tried again, and the callers never notice', async () => {
  const { clock, session, server, establishing } = createSessionHarness({ retry: { limit: 0 } })
  server.faultOf = () => (establishing.calls < 3 ? 'unavailable' : undefined)
  await clock.until(session.get('/portfolio/x'))
  expect(establishing.calls).toBe(3)
})

test('after three failures in a row callers are told, and told at once from then on, while the session goes on trying', async () => {
  const { clock, session, server, establishing } = createSessionHarness({ retry: { limit: 0 } })
  server.faultOf = () => 'unavailable'
  const startMs = clock.now()
  const error = await clock.until(failureOf(session.get('/portfolio/x')))
  expect(error.code).toBe('ERR_TRANSPORT_SESSION_UNAVAILABLE')
  expect(error.retryAfterMs).toBeGreaterThan(0)
  expect(establishing.calls).toBe(3)
  expect(clock.now() - startMs).toBeLessThan(5_000)
  const soonMs = clock.now()
  await clock.until(failureOf(session.get('/portfolio/x')))
  expect(clock.now()).toBe(soonMs)
  server.faultOf = () => undefined
  await clock.advance(60_000)
  expect(session.status()).toMatchObject({ state: 'active', failures: 0 })
})

test('waits between failed attempts double up to five minutes, and half of each is chance', async () => {
  const { clock, session, server, events } = createSessionHarness({ random: () => 0, retry: { limit: 0 } })
  server.faultOf = () => 'refused'
  session.ready().catch(() => undefined)
  await clock.advance(3 * hour)
  const waits = events.flatMap((event) =>
    event.type === 'error' ? [(event.retryAtMs ?? 0) - event.atMs] : [],
  )
  expect(waits.slice(0, 10)).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 150_000,
  ])
})

test('an error that stays ends the session at once, and every message names the remedy', async () => {
  const remedy = 'The consumer key is unknown, or new.\nCheck consumerKey and realm.'
  const refused = Object.assign(new Error(remedy), { code: 'ERR_LST_INVALID_CONSUMER' })
  const { clock, session } = createSessionHarness({ establish: () => Promise.reject(refused) })
  const error = await clock.until(failureOf(session.ready()))
  const told = 'The consumer key is unknown, or new. Check consumerKey and realm.'
  expect(error.code).toBe('ERR_TRANSPORT_SESSION_FAILED')
  expect(error.cause).toBe(refused)
  expect(error.message).toContain(`(ERR_LST_INVALID_CONSUMER: ${told.slice(0, -1)}); remove the cause`)
  expect(session.status().lastError).toMatchObject({ code: 'ERR_LST_INVALID_CONSUMER', message: told })
  expect(session.health().waitingFor?.why).toBe(told)
})

test("of anybody else's error the code is told and not the message, which may hold a secret", async () => {
  const foreign = Object.assign(new Error('wrong key 0xsecret'), { code: 'ERR_MY_VAULT' })
  const { clock, session } = createSessionHarness({ establish: () => Promise.reject(foreign) })
  const error = await clock.until(failureOf(session.ready()))
  expect(error.cause).toBe(foreign)
  expect(error.message).toContain('(ERR_MY_VAULT)')
  expect(error.message).not.toContain('secret')
  expect(session.status().lastError?.message).toBe('ERR_MY_VAULT')
})

test.each([
  [401, 'ERR_TRANSPORT_SESSION_FAILED'],
  [429, 'ERR_TRANSPORT_SESSION_UNAVAILABLE'],
  [503, 'ERR_TRANSPORT_SESSION_UNAVAILABLE'],
])('an exchange refused with %i: %s', async (status, code) => {
  const refused = Object.assign(new Error('refused'), { code: 'ERR_SSO_JWT_REFUSED', status })
  const { clock, session } = createSessionHarness({ establish: () => Promise.reject(refused) })
  expect((await clock.until(failureOf(session.ready()))).code).toBe(code)
})

test('a renewal that fails leaves the old credential in use, and is tried again before it ends', async () => {
  const { clock, session, server, establishing, events } = createSessionHarness({ retry: { limit: 0 } })
  await clock.until(session.ready())
  server.faultOf = (path) => (path.startsWith('/oauth') && establishing.calls < 4 ? 'unavailable' : undefined)
  await clock.advance(24 * hour - 14 * 60_000)
  expect(establishing.calls).toBe(4)
  expect(moves(events, 'state').slice(2)).toEqual(
    Array.from({ length: 3 }, () => ['active > renewing', 'renewing > active']).flat(),
  )
  await clock.until(session.get('/portfolio/x'))
  expect(server.seen.at(-1)?.token).toBe('token-2')
})

test('a renewal that is refused for good is announced while the old credential still works', async () => {
  let calls = 0
  const { clock, session, events } = createSessionHarness({
    establish: async ({ now }) => {
      calls += 1
      if (calls > 1) throw Object.assign(new Error('revoked'), { status: 401 })
      return { authorize: () => ({}), expiresAtMs: now() + 24 * hour }
    },
  })
  await clock.until(session.ready())
  await clock.advance(24 * hour - 60_000)
  expect(calls).toBe(2)
  expect(session.status()).toMatchObject({ state: 'active', failures: 1 })
  expect(events.filter((event) => event.type === 'error')).toHaveLength(1)
  await clock.advance(60_000)
  expect(calls).toBe(3)
  expect(session.status().state).toBe('failed')
})

test('establish() that hangs is given up and tried again; what it brings later is released', async () => {
  let calls = 0
  let closed = 0
  const late = {
    authorize: () => ({}),
    expiresAtMs: quietTimeMs + hour,
    close: () => {
      closed += 1
    },
  }
  const { clock, session } = createSessionHarness({
    renewal: { timeoutMs: 5_000 },
    establish: async () => {
      calls += 1
      if (calls > 1) return { authorize: () => ({}), expiresAtMs: quietTimeMs + 100 * hour }
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 20_000))
      return late
    },
  })
  await clock.until(session.ready())
  expect(calls).toBe(2)
  await clock.advance(20_000)
  expect(closed).toBe(1)
})

test.each([
  ['nothing', undefined],
  ['no authorize', { expiresAtMs: 1 }],
  ['no expiry', { authorize: () => ({}) }],
])('establish() that hands over %s is a mistake, said as such', async (_, value) => {
  const { clock, session } = createSessionHarness({ establish: () => Promise.resolve(value as never) })
  const error = await clock.until(failureOf(session.ready()))
  expect(error.code).toBe('ERR_TRANSPORT_SESSION_FAILED')
  expect(error.message).toContain('expiresAtMs')
})

test('an answer of authorize() that arrives after the credential was replaced is thrown away', async () => {
  const signed: string[] = []
  let issued = 0
  const { clock, session, server } = createSessionHarness({
    pacing: false,
    establish: async ({ now }) => {
      issued += 1
      const name = `slow-${issued}`
      server.register(name, now() + hour)
      return {
        expiresAtMs: now() + hour,
        authorize: async () => {
          signed.push(name)
          await new Promise<void>((resolve) => clock.setTimeout(resolve, 1_000))
          return { authorization: `Token ${name}` }
        },
      }
    },
  })
  await clock.until(session.ready())
  const call = session.get('/portfolio/x')
  await clock.advance(500)
  await clock.until(session.renew())
  await clock.advance(3_000)
  expect(signed.slice(0, 2)).toEqual(['slow-1', 'slow-2'])
  expect(server.seen[0]?.token).toBe('slow-2')
  await clock.until(call)
})

test('a caller that gives up stops waiting, and nobody else does', async () => {
  const { clock, session, server } = createSessionHarness()
  server.latencyMs = () => 10_000
  const controller = new AbortController()
  const impatient = failureOf(session.get('/portfolio/x', { signal: controller.signal }))
  const patient = session.get('/portfolio/y')
  await clock.advance(1_000)
  controller.abort()
  expect((await impatient).code).toBe('ERR_TRANSPORT_ABORTED')
  await clock.until(patient)
  expect(server.paths()).not.toContain('/portfolio/x')
})

test('close: the reader of a stream has the grace that requests have, and the logout comes after it', async () => {
  const clock = new VirtualClock(quietTimeMs)
  const dispatcher = new MemoryDispatcher((exchange) => {
    if (!exchange.request.path.endsWith('/stream')) return exchange.reply(200, '{}')
    exchange.start()
    exchange.head(200)
    exchange.data('a')
  })
  const session = createSession({
    baseUrl: 'https://api.ibkr.com/v1/api',
    clock,
    dispatcher,
    brokerage: false,
    pacing: false,
    establish: async ({ now }) => ({
      expiresAtMs: now() + hour,
      authorize: () => ({ authorization: 'Token x' }),
    }),
  })
  const streamed = session.stream({ method: 'GET', url: '/stream' })
  await clock.advance(10)
  const { body } = await streamed
  const exchange = dispatcher.last
  const text = body.toArray().then((pieces) => Buffer.concat(pieces).toString())
  const closing = session.close()
  await clock.advance(1_000)
  exchange.data('b')
  exchange.end()
  expect(dispatcher.last).toBe(exchange)
  expect(await clock.until(text)).toBe('ab')
  await clock.until(closing)
  expect(dispatcher.last.request.path).toBe('/v1/api/logout')
})

test('close: waiting requests are refused, those under way finish, then one logout, then silence', async () => {
  const { clock, session, server, released, events } = createSessionHarness({ pacing: false })
  await clock.until(session.ready({ brokerage: true }))
  server.latencyMs = () => 1_000
  const underWay = session.get('/portfolio/x')
  await clock.advance(10)
  const closing = session.close()
  const refused = await failureOf(session.get('/portfolio/y'))
  expect(refused.code).toBe('ERR_TRANSPORT_SESSION_CLOSED')
  const withOwnHeader = session.get('/portfolio/z', { headers: { authorization: 'Token mine' } })
  expect((await failureOf(withOwnHeader)).code).toBe('ERR_TRANSPORT_SESSION_CLOSED')
  await clock.until(underWay)
  await clock.until(closing)
  expect(server.paths().slice(-2)).toEqual(['/portfolio/x', '/logout'])
  expect(server.seen.at(-1)?.status).toBe(200)
  expect([...released.keys()]).toEqual(['token-1'])
  expect(moves(events, 'state').slice(-2)).toEqual(['active > closing', 'closing > closed'])
  const sent = server.seen.length
  await clock.advance(48 * hour)
  expect(server.seen.length).toBe(sent)
  expect(clock.pending).toBe(0)
})

test('close during an exchange: the exchange is aborted and its credential released', async () => {
  const { clock, session, server } = createSessionHarness()
  server.latencyMs = () => 1_000
  const waiting = failureOf(session.get('/portfolio/x'))
  await clock.advance(10)
  await clock.until(session.close())
  expect((await waiting).code).toBe('ERR_TRANSPORT_SESSION_CLOSED')
  await clock.advance(10_000)
  expect(server.paths()).toEqual(['/oauth/live_session_token'])
  expect(session.status().state).toBe('closed')
})

test('close of a session that never began sends nothing, and can be said twice', async () => {
  const { clock, session, server } = createSessionHarness()
  await clock.until(session.close())
  await clock.until(session.close())
  await clock.until(session[Symbol.asyncDispose]())
  expect(server.seen).toEqual([])
  expect((await failureOf(session.renew())).code).toBe('ERR_TRANSPORT_SESSION_CLOSED')
  expect((await failureOf(session.ready())).code).toBe('ERR_TRANSPORT_SESSION_CLOSED')
  expect((await failureOf(session.openBrokerage())).code).toBe('ERR_TRANSPORT_SESSION_CLOSED')
})

test('close does not wait for ever for a request, nor for the logout', async () => {
  const { clock, session, server } = createSessionHarness({ closeTimeoutMs: 3_000 })
  await clock.until(session.ready())
  server.latencyMs = () => 1_000_000
  const stuck = failureOf(session.get('/portfolio/x'))
  await clock.advance(10)
  const startMs = clock.now()
  await clock.until(session.close())
  expect(clock.now() - startMs).toBeLessThanOrEqual(6_000)
  expect((await stuck).code).toBe('ERR_TRANSPORT_CLOSED')
})

test('close can leave the login alone', async () => {
  const { clock, session, server } = createSessionHarness({ logout: false })
  await clock.until(session.ready())
  await clock.until(session.close())
  expect(server.paths()).toEqual(['/oauth/live_session_token'])
})

test.each<[string, SessionCredential['logout'], boolean]>([
  ['no', false, false],
  ['yes', true, true],
  ['no, later', async () => false, false],
  ['yes, later', async () => true, true],
  ['nothing, for ever', () => new Promise<boolean>(() => undefined), false],
  [
    'an error',
    () => {
      throw new Error('mine')
    },
    false,
  ],
])('a credential that is asked whether to log out says %s', async (_, logout, expected) => {
  const { clock, session, server } = createSessionHarness({
    logout: !expected,
    establish: async ({ now }) => ({ authorize: () => ({}), expiresAtMs: now() + hour, logout }),
  })
  await clock.until(session.ready())
  await clock.until(session.close())
  expect(server.paths().includes('/logout')).toBe(expected)
})

test('a listener that throws disturbs neither the session nor the others, and they are told', async () => {
  const { clock, session, events } = createSessionHarness()
  session.subscribe(() => {
    throw new Error('from a listener')
  })
  session.subscribe((() => Promise.reject(new Error('later'))) as never)
  await clock.until(session.ready())
  const told = events.filter((event) => event.type === 'error')
  expect(told.length).toBeGreaterThan(0)
  expect(told.every(({ during }) => during === 'callback')).toBe(true)
  expect(session.status().state).toBe('active')
})

test.each([
  ['an hour', hour, 3, 'active'],
  ['within the limit', 20_000, 1, 'failed'],
] as const)(
  'an exchange refused by a clock that is %s off is signed anew once two replies agree',
  async (_, aheadMs, calls, state) => {
    const harness = createSessionHarness({
      establish: async (context) => {
        harness.establishing.calls += 1
        const offMs = clock.now() + aheadMs - context.now()
        server.loginsRefused = Math.abs(offMs) > 10_000
        return exchange(context, harness.released, clock)
      },
    })
    const { clock, server, session } = harness
    server.clockAheadMs = aheadMs
    await clock.until(session.ready().catch(() => undefined))
    expect({ calls: harness.establishing.calls, state: session.status().state }).toEqual({ calls, state })
  },
)

test('an exchange that is refused with the right time too is not signed again', async () => {
  const { clock, server, session, establishing } = createSessionHarness()
  server.clockAheadMs = hour
  server.loginsRefused = true
  await clock.until(session.ready().catch(() => undefined))
  expect({ calls: establishing.calls, state: session.status().state }).toEqual({ calls: 3, state: 'failed' })
})

test('a request of an exchange that says nothing of its authorisation goes out without any', async () => {
  const { clock, session, server } = createSessionHarness({
    establish: async ({ transport }) => {
      const reply = await transport.request({
        method: 'POST',
        url: '/oauth/live_session_token',
        authorize: undefined,
      })
      const { token, expiresAtMs } = reply.json<{ token: string; expiresAtMs: number }>()
      return { expiresAtMs, authorize: () => ({ authorization: `Token ${token}` }) }
    },
  })
  await clock.until(session.get('/portfolio/x'))
  expect(server.seen.map(({ token }) => token)).toEqual([undefined, 'token-1'])
})
