import { describe, expect, test } from 'vitest'
import { createPacing } from '../../src/pacing/pacing.ts'
import type { SessionOptions } from '../../src/session/options.ts'
import { failureOf } from '../support/harness.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { createSessionHarness, quietTimeMs } from './support/session-harness.ts'

const notAuthenticated = (status: number): { status: number; body: string } => ({
  status,
  body: JSON.stringify({ error: 'not authenticated', statusCode: status }),
})

type Harness = ReturnType<typeof createSessionHarness>

async function opened(options: Partial<SessionOptions> = {}, clock?: VirtualClock): Promise<Harness> {
  const harness = createSessionHarness(options, clock)
  harness.server.brokeragePerToken = true
  await harness.clock.until(harness.session.ready({ brokerage: true }))
  return harness
}

describe('one refusal that is not about the credential', () => {
  test.each<[string, number, string, (harness: Harness) => Promise<unknown>]>([
    [
      'positions of another account',
      401,
      '/portfolio/U9/positions/0',
      ({ session }) => session.get('/portfolio/U9/positions/0'),
    ],
    [
      'dynaccount',
      401,
      '/iserver/dynaccount',
      ({ session }) => session.post('/iserver/dynaccount', { json: {} }),
    ],
    [
      'a search for an account',
      401,
      '/iserver/account/search/U9',
      ({ session }) => session.get('/iserver/account/search/U9'),
    ],
    ['a reading path', 410, '/portfolio/accounts', ({ session }) => session.get('/portfolio/accounts')],
    ['a tickle', 401, '/tickle', ({ clock }) => clock.advance(61_000)],
    ['a tickle that is gone', 410, '/tickle', ({ clock }) => clock.advance(61_000)],
  ])('%s (%i) replaces nothing, and orders go on', async (_, status, path, ask) => {
    const harness = await opened()
    const { clock, server, session, establishing } = harness
    let refusals = 0
    server.override = (at) => {
      if (at !== path || refusals > 0) return undefined
      refusals += 1
      return notAuthenticated(status)
    }
    await clock.until(ask(harness).catch(() => undefined))
    await clock.until(session.post('/iserver/account/DU1/orders', { json: { id: 'one' } }))
    await clock.advance(120_000)
    expect({ refusals, logins: establishing.calls }).toEqual({ refusals: 1, logins: 1 })
    expect(server.competes).toEqual([false])
    expect(session.health()).toEqual({
      reading: true,
      trading: true,
      ok: true,
      waitingFor: undefined,
      remedy: undefined,
    })
  })

  test('a refusal that a later request contradicts asks nothing, however many were accepted before', async () => {
    const { clock, server, session, establishing } = await opened()
    for (let request = 0; request < 3; request += 1) await clock.until(session.get('/portfolio/x'))
    server.override = (at) => (at === '/portfolio/slow' ? notAuthenticated(401) : undefined)
    server.latencyMs = (at) => (at === '/portfolio/slow' ? 1_000 : 20)
    const slow = failureOf(session.get('/portfolio/slow'))
    await clock.advance(1)
    await clock.until(session.get('/portfolio/later'))
    const asked = server.count('/iserver/auth/status')
    expect((await clock.until(slow)).code).toBe('ERR_TRANSPORT_UNAUTHENTICATED')
    expect(server.count('/iserver/auth/status')).toBe(asked)
    // But what was accepted before it was sent contradicts nothing.
    await clock.until(failureOf(session.get('/portfolio/slow')))
    expect(server.count('/iserver/auth/status')).toBe(asked + 1)
    expect(establishing.calls).toBe(1)
  })

  test('a path that always refuses fails by itself, and costs one question a minute at the most', async () => {
    const { clock, server, session, establishing } = await opened()
    const asked = server.count('/iserver/auth/status')
    server.override = (path) => (path === '/portfolio/odd' ? notAuthenticated(401) : undefined)
    for (let second = 0; second < 180; second += 1) {
      const error = await clock.until(failureOf(session.get('/portfolio/odd')))
      expect(error).toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHENTICATED', status: 401 })
      await clock.advance(1_000)
    }
    expect(establishing.calls).toBe(1)
    expect(server.count('/iserver/auth/status') - asked).toBeLessThanOrEqual(4)
  })

  test('is found out at once however many others refuse, too', async () => {
    const { clock, server, session } = await opened({ pacing: false })
    server.override = (at) => (at.startsWith('/portfolio/no') ? notAuthenticated(401) : undefined)
    for (let path = 0; path < 1_100; path += 1)
      await clock.until(failureOf(session.get(`/portfolio/no${path}`)))
    const asked = server.count('/iserver/auth/status')
    for (let times = 0; times < 20; times += 1) await clock.until(failureOf(session.get('/portfolio/no1099')))
    expect(server.count('/iserver/auth/status') - asked).toBeLessThan(2)
  })

  test('two hundred such paths end no session', async () => {
    const { clock, server, session, establishing } = await opened({ pacing: false })
    server.override = (path) => (path.startsWith('/portfolio/odd') ? notAuthenticated(410) : undefined)
    for (let index = 0; index < 200; index += 1)
      await clock.until(failureOf(session.get(`/portfolio/odd/${index}`)))
    expect(establishing.calls).toBe(1)
    expect(session.status().state).toBe('active')
  })
})

describe('one that is', () => {
  test('is found out by two paths a second apart, and its own brokerage session is taken over', async () => {
    const { clock, server, session, establishing } = await opened()
    server.override = (_, __, token = '') => (token === 'token-1' ? notAuthenticated(401) : undefined)
    await clock.until(session.get('/iserver/x'))
    expect(establishing.calls).toBe(2)
    expect(server.competes).toEqual([false, false, true])
    const questions = server.seen
      .filter(({ path, token }) => token === 'token-1' && /status|tickle/.test(path))
      .slice(-2)
    expect(questions.map(({ path }) => path)).toEqual(['/iserver/auth/status', '/tickle'])
    const [status, tickle] = questions
    expect((tickle?.atMs ?? 0) - (status?.atMs ?? 0)).toBeGreaterThanOrEqual(1_000)
  })

  test('lets no order go out while it is asked about', async () => {
    const { clock, server, session } = await opened()
    server.override = (_, __, token = '') => (token === 'token-1' ? notAuthenticated(401) : undefined)
    const read = session.get('/portfolio/x')
    await clock.advance(100)
    await clock.until(session.post('/iserver/account/DU1/orders', { json: { id: 'one' } }))
    await clock.until(read)
    expect(server.seen.filter(({ path }) => path.endsWith('/orders')).map(({ token }) => token)).toEqual([
      'token-2',
    ])
  })

  test('lets no order go out that had waited for its place when it was asked', async () => {
    const limits = [
      {
        name: 'orders',
        methods: ['POST'],
        paths: ['/iserver/account/DU1/orders'],
        windows: [{ requests: 1, intervalMs: 5_000 }],
      },
    ]
    const clock = new VirtualClock(quietTimeMs)
    const { server, session } = await opened({ pacing: createPacing({ limits, clock }) }, clock)
    await clock.until(session.post('/iserver/account/DU1/orders', { json: { id: 'one' } }))
    const second = session.post('/iserver/account/DU1/orders', { json: { id: 'two' } })
    await clock.advance(4_900)
    server.override = (_, __, token = '') => (token === 'token-1' ? notAuthenticated(401) : undefined)
    const read = session.get('/portfolio/x')
    await clock.until(Promise.all([read, second]))
    expect(server.seen.filter(({ path }) => path.endsWith('/orders')).map(({ token }) => token)).toEqual([
      'token-1',
      'token-2',
    ])
  })

  test('is seen in health(): nothing is known to work until the answer', async () => {
    const { clock, server, session } = await opened()
    server.override = (path) => (path === '/portfolio/odd' ? notAuthenticated(401) : undefined)
    server.latencyMs = (path) => (path === '/iserver/auth/status' ? 300 : 20)
    const refused = failureOf(session.get('/portfolio/odd'))
    await clock.advance(30)
    expect(session.health()).toEqual({
      reading: false,
      trading: false,
      ok: false,
      waitingFor: { what: 'answer', untilMs: undefined, why: expect.stringMatching(/refused.*still takes/) },
      remedy: undefined,
    })
    expect(session.status().waitingFor).toEqual(session.health().waitingFor)
    await clock.until(refused)
    expect(session.health()).toMatchObject({ reading: true, trading: true, ok: true, waitingFor: undefined })
  })

  test('and cannot be answered is no health, however long that lasts', async () => {
    const { clock, server, session } = await opened()
    server.interpose = () => notAuthenticated(401)
    const refused = failureOf(session.get('/portfolio/x'))
    await clock.advance(50)
    server.interpose = () => ({ status: 503, body: '' })
    await clock.until(refused)
    await clock.advance(60_000)
    expect(session.status().state).toBe('questioned')
    expect(session.health()).toMatchObject({ reading: false, ok: false, waitingFor: { what: 'answer' } })
    server.interpose = () => undefined
    await clock.advance(60_000)
    expect(session.health()).toMatchObject({ reading: true, ok: true, waitingFor: undefined })
  })

  test.each<[string, string]>([
    ['a page', '<html>hotel</html>'],
    ['half a reply', '{"authenticated":'],
  ])('is not believed to be answered by %s with 200', async (_, body) => {
    const { clock, server, session, establishing } = await opened()
    let portal = true
    server.override = (path) => {
      if (path === '/portfolio/x') return notAuthenticated(401)
      return portal && /status|tickle/.test(path) ? { status: 200, body } : undefined
    }
    await clock.until(failureOf(session.get('/portfolio/x')))
    expect(session.status().state).toBe('questioned')
    portal = false
    await clock.advance(60_000)
    expect({ state: session.status().state, logins: establishing.calls }).toEqual({
      state: 'active',
      logins: 1,
    })
  })

  test('asks nothing inside a penalty box', async () => {
    const { clock, server, session } = await opened()
    server.override = (path) => (path === '/portfolio/x' ? notAuthenticated(401) : undefined)
    const reads = [failureOf(session.get('/portfolio/x'))]
    await clock.advance(1)
    session.status()
    server.faultOf = (path) => (path === '/portfolio/y' ? 'paced' : undefined)
    reads.push(failureOf(session.get('/portfolio/y')))
    await clock.until(Promise.all(reads))
    const sent = server.seen.length
    await clock.advance(590_000)
    expect(server.seen.length).toBe(sent)
    expect(session.health().waitingFor).toMatchObject({ what: 'penalty' })
    await clock.advance(120_000)
    expect(session.status().state).toBe('active')
  })
})

test('what is asked is an option, with `/tickle` alone for sessions without a brokerage session', async () => {
  const { clock, server, session, establishing } = createSessionHarness({ brokerage: false })
  await clock.until(session.get('/portfolio/x'))
  server.revokeAll()
  await clock.until(session.get('/portfolio/x'))
  expect(server.paths().slice(2, 5)).toEqual(['/portfolio/x', '/tickle', '/tickle'])
  const custom = createSessionHarness({ brokerage: false, probe: ['/sso/ping'] })
  await custom.clock.until(custom.session.get('/portfolio/x'))
  custom.server.revokeAll()
  await custom.clock.until(custom.session.get('/portfolio/x'))
  expect(custom.server.count('/sso/ping')).toBe(1)
  expect([establishing.calls, custom.establishing.calls]).toEqual([2, 2])
})

test.each([410, 401])(
  'init that answers %i ends no session: reading goes on, before and after',
  async (status) => {
    const { clock, server, session, establishing } = createSessionHarness()
    server.override = (path) => (path.endsWith('/ssodh/init') ? { status, body: '' } : undefined)
    await clock.until(session.get('/portfolio/x'))
    expect(await clock.until(failureOf(session.get('/iserver/x')))).toMatchObject({
      code: 'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
      cause: { status },
    })
    await clock.until(session.get('/portfolio/x'))
    expect(establishing.calls).toBe(1)
    expect(session.health()).toMatchObject({
      reading: true,
      trading: false,
      ok: false,
      waitingFor: { what: 'retry' },
    })
  },
)

describe('a page, as captive portals and proxies answer with', () => {
  const page = { status: 200, body: '<html><title>Sign in to the hotel</title></html>' }

  test('does not speak for a credential that is in question', async () => {
    const { clock, server, session, establishing } = await opened()
    server.revokeAll()
    server.interpose = (at) => (at === '/portfolio/page' ? page : undefined)
    server.latencyMs = (at) => (at === '/iserver/auth/status' ? 2_000 : 20)
    const refused = session.get('/portfolio/x')
    await clock.advance(100)
    expect((await clock.until(session.get('/portfolio/page'))).status).toBe(200)
    expect(session.status().state).toBe('questioned')
    await clock.until(refused)
    expect(establishing.calls).toBe(2)
  })

  test('is no proof that a credential has ever been taken', async () => {
    const { clock, server, session } = createSessionHarness()
    server.interpose = (at) => (at === '/portfolio/x' ? page : undefined)
    await clock.until(session.get('/portfolio/x'))
    expect(session.status().proven).toBe(false)
    await clock.until(session.get('/portfolio/y'))
    expect(session.status().proven).toBe(true)
  })
})

test('a request that leaves only once its credential was replaced is signed anew: an order too', async () => {
  const { clock, server, session, establishing } = await opened()
  server.connectMs = () => 700
  const order = session.post('/iserver/account/DU1/orders', { json: { id: 'one' } })
  const read = session.get('/portfolio/x')
  await clock.advance(100)
  server.connectMs = () => 0
  await clock.until(session.renew())
  server.revokeAll()
  server.register('token-2', clock.now() + 3_600_000)
  await clock.until(Promise.all([order, read]))
  expect(establishing.calls).toBe(2)
  const written = server.seen.filter((seen) => seen.written && /orders|portfolio/.test(seen.path))
  expect(written.map(({ token, status }) => [token, status])).toEqual([
    ['token-2', 200],
    ['token-2', 200],
  ])
  expect([...server.orders.values()]).toEqual([1])
})
