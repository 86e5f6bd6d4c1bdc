import { describe, expect, test } from 'vitest'
import { createPacing } from '../../src/pacing/pacing.ts'
import type { BrokerageLeadership, LeadershipNews } from '../../src/session/leadership.ts'
import { failureOf } from '../support/harness.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { createSessionHarness, exchange, quietTimeMs } from './support/session-harness.ts'

const hour = 3_600_000

function throwing(): never {
  throw new TypeError('thrown by a callback')
}

describe('what a caller gives is contained', () => {
  test.each<[string, () => unknown, boolean]>([
    ['throws', throwing, true],
    ['rejects', () => Promise.reject(new Error('later')), true],
    ['answers with nothing', () => undefined, false],
  ])('an isPermanent that %s: the default stands in', async (_, isPermanent, isTold) => {
    let calls = 0
    const { clock, session, events } = createSessionHarness({
      isPermanent: isPermanent as never,
      establish: async ({ now }) => {
        calls += 1
        if (calls === 1) throw Object.assign(new Error('busy'), { status: 503 })
        return { authorize: () => ({}), expiresAtMs: now() + hour }
      },
    })
    await clock.until(session.ready())
    expect(calls).toBe(2)
    const told = events.filter((event) => event.type === 'error' && event.during === 'callback')
    expect(told.length > 0).toBe(isTold)
  })

  test.each<[string, () => unknown]>([
    ['throws', throwing],
    ['is no number', () => Number.NaN],
    ['is out of range', () => 7],
  ])('a random that %s stops no timer', async (_, random) => {
    const { clock, server, session } = createSessionHarness({ random: random as never })
    await clock.until(session.ready({ brokerage: true }))
    await clock.advance(600_000)
    expect(server.count('/tickle')).toBeGreaterThan(8)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, '12', 1e18])(
    'an error of establish() that asks for a wait of %s stops neither its session nor another',
    async (retryAfterMs) => {
      const clock = new VirtualClock(quietTimeMs)
      const other = createSessionHarness({ username: 'other' }, clock)
      await clock.until(other.session.ready({ brokerage: true }))
      let calls = 0
      const { session } = createSessionHarness(
        {
          establish: async ({ now }) => {
            calls += 1
            if (calls < 3) throw Object.assign(new Error('busy'), { status: 503, retryAfterMs })
            return { authorize: () => ({}), expiresAtMs: now() + 10 * hour }
          },
        },
        clock,
      )
      session.ready().catch(() => undefined)
      await clock.advance(hour)
      expect(calls).toBe(3)
      expect(other.server.count('/tickle')).toBeGreaterThan(50)
    },
  )

  test('an authorize() that hangs holds no place: others of the username are sent', async () => {
    const harness = createSessionHarness({
      establish: async (context) => {
        const credential = await exchange(context, harness.released, harness.clock)
        return {
          ...credential,
          authorize: (request) =>
            request.url.endsWith('/hung')
              ? new Promise<never>(() => undefined)
              : credential.authorize(request),
        }
      },
    })
    const { clock, server, session } = harness
    await clock.until(session.ready())
    for (let index = 0; index < 30; index += 1) session.get('/hung').catch(() => undefined)
    await clock.advance(2_000)
    const startMs = clock.now()
    await clock.until(session.get('/portfolio/x'))
    expect(clock.now() - startMs).toBeLessThan(5_000)
    expect(server.count('/hung')).toBe(0)
  })

  test('a listener that closes the session in the middle of its beginning', async () => {
    const { clock, server, session } = createSessionHarness()
    session.subscribe(() => void session.close())
    expect((await clock.until(failureOf(session.get('/portfolio/x')))).code).toBe(
      'ERR_TRANSPORT_SESSION_CLOSED',
    )
    await clock.advance(hour)
    expect(server.paths()).toEqual([])
    expect(clock.pending).toBe(0)
  })

  test('a close() of a credential that throws is told, and nothing else', async () => {
    const { clock, session, events } = createSessionHarness({
      establish: async ({ now }) => ({ authorize: () => ({}), expiresAtMs: now() + hour, close: throwing }),
    })
    await clock.until(session.ready())
    await clock.until(session.renew())
    expect(events.filter((event) => event.type === 'error').map((event) => event.during)).toEqual(['release'])
  })
})

describe('clocks', () => {
  test.each([-hour, hour, -25 * hour, 25 * hour])(
    'a wall clock that is set by %i ms ends no credential, and makes no wait longer',
    async (byMs) => {
      const { clock, server, session, establishing, events } = createSessionHarness()
      await clock.until(session.ready({ brokerage: true }))
      clock.set(clock.now() + byMs)
      await clock.advance(10 * 60_000)
      await clock.until(session.get('/iserver/x', { context: { maxWaitMs: 5_000 } }))
      expect(establishing.calls).toBe(1)
      expect(server.count('/tickle')).toBeGreaterThan(8)
      expect(events).toContainEqual(expect.objectContaining({ type: 'clocks-parted', byMs }))
    },
  )

  test('a machine that has slept through the end of its credential asks, and gets another', async () => {
    const { clock, server, session, establishing } = createSessionHarness()
    await clock.until(session.get('/portfolio/x'))
    clock.set(clock.now() + 30 * hour)
    server.clockAheadMs = 30 * hour
    await clock.until(session.get('/portfolio/x'))
    expect(establishing.calls).toBe(2)
  })

  test('an end that was reckoned by a wrong clock is reckoned anew once replies agree', async () => {
    const { clock, server, session, establishing } = createSessionHarness()
    Object.assign(server, { clockAheadMs: 2 * hour, lifetimeMs: 3 * hour })
    for (let request = 0; request < 6; request += 1) await clock.until(session.get('/portfolio/x'))
    await clock.advance(3 * hour - 60_000)
    expect(establishing.calls).toBe(2)
  })
})

describe('seams', () => {
  test('establish() is told what it replaces and why, and each new credential is told of', async () => {
    const asked: unknown[] = []
    const harness = createSessionHarness({
      establish: (context) => {
        asked.push([context.reason, (context.replaces as { token?: string } | undefined)?.token])
        return exchange(context, harness.released, harness.clock)
      },
    })
    const { clock, server, session } = harness
    const told: unknown[] = []
    const stop = session.onCredential((credential) => told.push((credential as { token?: string }).token))
    await clock.until(session.get('/portfolio/x'))
    await clock.until(session.renew())
    server.revokeAll()
    await clock.until(session.get('/portfolio/x', { context: { maxWaitMs: 9_000 } }))
    await clock.advance(24 * hour - 600_000)
    stop()
    await clock.until(session.renew())
    expect(asked).toEqual([
      ['first', undefined],
      ['renew', 'token-1'],
      ['refused', 'token-2'],
      ['scheduled', 'token-3'],
      ['renew', 'token-4'],
    ])
    expect(told).toEqual(['token-1', 'token-2', 'token-3', 'token-4'])
  })

  test('cookies and proof travel with a credential to another process, which takes over what was its own', async () => {
    await import('tough-cookie')
    const clock = new VirtualClock(quietTimeMs)
    const first = createSessionHarness({ pacing: false }, clock)
    first.server.brokeragePerToken = true
    first.server.cookies = ['api=abc; Path=/v1', 'x-sess-uuid=0.1', 'other=1']
    await clock.until(first.session.ready({ brokerage: true }))
    const cookies = first.session.cookies()
    const brokerageProof = first.session.brokerageProof()
    expect([...new Set(cookies.map((cookie) => cookie.split(';')[0]))].sort()).toEqual([
      'api=abc',
      'x-sess-uuid=0.1',
    ])
    expect(brokerageProof).toEqual({ atMs: expect.any(Number) })
    const second = createSessionHarness(
      {
        pacing: false,
        dispatcher: first.server.dispatcher,
        establish: async (context) => ({
          ...(await exchange(context, second.released, clock)),
          cookies,
          brokerageProof,
        }),
      },
      clock,
    )
    await clock.until(second.session.get('/iserver/x'))
    expect(first.server.competes).toEqual([false, false, true])
    expect(first.server.dispatcher.last.header('cookie')).toContain('api=abc')
  })

  test('whoever follows opens and tickles nothing, learns how it is, and leads when it is told to', async () => {
    const { leadership, tell } = createLeadership(false)
    const { clock, server, session } = createSessionHarness({ brokerage: { leadership } })
    // Whoever leads may be about to open it, so a request waits; of a login elsewhere it is told at once.
    const early = failureOf(session.get('/iserver/x'))
    await clock.advance(5_000)
    expect(session.health().waitingFor).toMatchObject({ what: 'leader' })
    const report = { authenticated: true, connected: true, competing: false, atMs: clock.now() }
    tell({ leads: false, report: { ...report, competing: true }, proof: undefined })
    expect((await clock.until(early)).code).toBe('ERR_TRANSPORT_BROKERAGE_UNAVAILABLE')
    expect((await clock.until(failureOf(session.get('/iserver/x')))).code).toBe(
      'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
    )
    tell({ leads: false, report, proof: undefined })
    await clock.until(failureOf(session.get('/iserver/x')))
    expect(server.competes).toEqual([])
    await clock.advance(hour)
    expect(server.count('/tickle')).toBe(0)
    expect(session.health()).toMatchObject({ trading: true })
    tell({ leads: true, report, proof: { atMs: clock.now() } })
    await clock.until(session.get('/iserver/x'))
    expect(session.status().brokerage.state).toBe('open')
  })

  test('whoever leads opens as soon as it has a credential, and tells what it sees', async () => {
    const { leadership, published } = createLeadership(true)
    const { clock, session } = createSessionHarness({ brokerage: { leadership } })
    await clock.until(session.ready())
    await clock.advance(130_000)
    expect(session.status().brokerage.state).toBe('open')
    expect(published.at(-1)).toMatchObject({ authenticated: true, connected: true, competing: false })
    expect(published.length).toBeGreaterThan(3)
  })

  test('whoever follows tells that it is wanted, and an idle leader logs in and opens it then', async () => {
    const clock = new VirtualClock(quietTimeMs)
    const leads = createLeadership(true)
    const follows = createLeadership(false)
    const leader = createSessionHarness({ brokerage: { leadership: leads.leadership } }, clock)
    const follower = createSessionHarness({ brokerage: { leadership: follows.leadership } }, clock)
    await clock.advance(hour)
    expect(leader.establishing.calls).toBe(0)
    const waiting = follower.session.get('/iserver/x')
    waiting.catch(() => undefined)
    await clock.advance(1_000)
    expect(follows.wishes).toEqual({ count: 1 })
    leads.tell({ leads: true, report: undefined, proof: undefined, wanted: true })
    await clock.advance(10_000)
    expect(leader.session.status().brokerage.state).toBe('open')
    expect(leader.establishing.calls).toBe(1)
    follows.tell({ leads: false, report: leads.published.at(-1) as never, proof: undefined })
    await clock.until(failureOf(waiting))
    expect(follower.server.paths()).toContain('/iserver/x')
    expect(follower.server.competes).toEqual([])
  })

  test('whoever leads and has failed for good is not set going by others', async () => {
    const { leadership, tell } = createLeadership(true)
    const { clock, server, session } = createSessionHarness({
      brokerage: { leadership },
      establish: () => Promise.reject(Object.assign(new Error('no'), { code: 'ERR_KEYS' })),
    })
    await clock.until(failureOf(session.ready()))
    tell({ leads: true, report: undefined, proof: undefined, wanted: true })
    await clock.advance(hour)
    expect(session.status().brokerage.state).toBe('closed')
    expect(server.paths()).toEqual([])
  })

  test.each(['adopted', 'obtained'])('a last look keeps only a login waiting: %s', async (how) => {
    const { leadership } = createLeadership(true)
    const { clock, server, session } = createSessionHarness({
      brokerage: { leadership },
      establish: async ({ transport, now, reason }) => {
        const isAdopted = reason === 'renew' && how === 'adopted'
        if (!isAdopted) await transport.request({ method: 'POST', url: '/oauth/live_session_token' })
        const token = `token-${server.count('/oauth/live_session_token')}`
        return { authorize: () => ({ authorization: `Token ${token}` }), expiresAtMs: now() + 3_600_000 }
      },
    })
    await clock.until(session.ready({ brokerage: true }))
    server.latencyMs = (path) => (path === '/iserver/auth/status' ? 60_000 : 20)
    const startMs = clock.now()
    await clock.until(session.renew())
    if (how === 'adopted') expect(clock.now() - startMs).toBe(0)
    else expect(clock.now() - startMs).toBeGreaterThanOrEqual(2_000)
    expect(clock.now() - startMs).toBeLessThan(3_000)
  })

  test('a leadership that throws at every turn is contained', async () => {
    const leadership: BrokerageLeadership = { leads: true, publish: throwing, subscribe: throwing }
    const { clock, session } = createSessionHarness({ brokerage: { leadership } })
    await clock.until(session.get('/iserver/x'))
    await clock.until(session.close())
  })
})

function createLeadership(leads: boolean): {
  leadership: BrokerageLeadership
  tell: (news: LeadershipNews) => void
  published: object[]
  wishes: { count: number }
} {
  const listeners = new Set<(news: LeadershipNews) => void>()
  const published: object[] = []
  const wishes = { count: 0 }
  const state = { leads }
  return {
    published,
    wishes,
    leadership: {
      get leads() {
        return state.leads
      },
      publish: (report) => published.push(report),
      want: () => {
        wishes.count += 1
      },
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    tell: (news) => {
      state.leads = news.leads
      for (const listener of listeners) listener(news)
    },
  }
}

describe('conversations', () => {
  test.each(['with pacing', 'without'])('nothing comes between question and answer, %s', async (how) => {
    const { clock, server, session } = createSessionHarness(how === 'without' ? { pacing: false } : {})
    await clock.until(session.ready({ brokerage: true }))
    const sent = server.seen.length
    const talk = session.conversation(async ({ post }) => {
      await post('/iserver/account/DU1/orders', { json: { id: 'one' } })
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 500))
      return (await post('/iserver/reply/1', { json: { confirmed: true } })).status
    })
    await clock.advance(10)
    const others = [
      session.get('/portfolio/x'),
      session.get('/iserver/y'),
      session.post('/iserver/z', { json: {} }),
    ]
    const cancelled = session.delete('/iserver/account/DU1/order/7')
    expect(await clock.until(talk)).toBe(200)
    await clock.until(Promise.all([...others, cancelled]))
    expect(server.paths().slice(sent, sent + 3)).toEqual([
      '/iserver/account/DU1/orders',
      '/iserver/account/DU1/order/7',
      '/iserver/reply/1',
    ])
  })

  test.each(['with pacing', 'without'])(
    'one that never ends holds others up for five seconds, %s',
    async (how) => {
      const { clock, session } = createSessionHarness(how === 'without' ? { pacing: false } : {})
      await clock.until(session.ready({ brokerage: true }))
      const hung = session.conversation(async ({ get }) => {
        await get('/portfolio/x')
        await new Promise<never>(() => undefined)
      })
      hung.catch(() => undefined)
      await clock.advance(100)
      const startMs = clock.now()
      await clock.until(session.get('/portfolio/y'))
      expect(clock.now() - startMs).toBeGreaterThan(4_000)
      expect(clock.now() - startMs).toBeLessThan(6_000)
      await clock.until(session.close())
      await clock.advance(10_000)
      expect(clock.pending).toBe(0)
    },
  )

  test.each(['with pacing', 'without'])(
    'begins once what was sent before is answered, or has had a second to arrive, %s',
    async (how) => {
      const { clock, server, session } = createSessionHarness(how === 'without' ? { pacing: false } : {})
      await clock.until(session.ready({ brokerage: true }))
      server.latencyMs = (path) => (path.endsWith('/slow') ? 300 : path.endsWith('/hung') ? 60_000 : 20)
      const ask = (): Promise<number> => {
        const startMs = clock.now()
        return session.conversation(async ({ post }) => {
          await post('/iserver/account/DU1/orders', { json: { id: 'one' } })
          return clock.now() - startMs
        })
      }
      expect(await clock.until(ask())).toBeLessThan(50)
      const slow = session.get('/portfolio/slow')
      await clock.advance(1)
      expect(await clock.until(ask())).toBeGreaterThanOrEqual(300)
      await clock.until(slow)
      session.get('/portfolio/hung').catch(() => undefined)
      await clock.advance(1)
      const tookMs = await clock.until(ask())
      expect([tookMs >= 1_000, tookMs < 1_100]).toEqual([true, true])
      await clock.until(session.close())
    },
  )

  test('with others that wait for a limit of their own, no timer is set in a rush', async () => {
    const clock = new VirtualClock(quietTimeMs)
    const limit = { name: 'one', methods: ['GET'], paths: ['/portfolio/full'], windows: [], concurrent: 1 }
    const { server, session } = createSessionHarness(
      { pacing: createPacing({ clock, limits: [limit] }) },
      clock,
    )
    await clock.until(session.ready({ brokerage: true }))
    server.latencyMs = () => 10_000
    const full = session.get('/portfolio/full')
    await clock.advance(10)
    const talk = session.conversation(async ({ get }) => {
      const both = [get('/portfolio/full'), get('/portfolio/y')]
      return Promise.all(both)
    })
    const others = session.get('/portfolio/z')
    let timers = 0
    const { setTimeout: set } = clock
    Object.assign(clock, {
      setTimeout: (callback: () => void, delayMs: number) => {
        timers += 1
        return set(callback, delayMs)
      },
    })
    await clock.until(Promise.all([full, talk, others]))
    expect(timers).toBeLessThan(100)
  })

  test('what it throws ends it and reaches its caller; a closed session has none', async () => {
    const { clock, session } = createSessionHarness({ pacing: false })
    await clock.until(session.ready())
    const reason = new Error('no answer')
    const ended = session.conversation(async ({ get }) => {
      await get('/portfolio/x')
      throw reason
    })
    expect(await clock.until(ended.catch((error: unknown) => error))).toBe(reason)
    await clock.until(session.get('/portfolio/y'))
    await clock.until(session.close())
    expect((await failureOf(session.conversation(async () => undefined))).code).toBe(
      'ERR_TRANSPORT_SESSION_CLOSED',
    )
  })
})

test('what a server echoes of a credential is masked in errors, events and status', async () => {
  const { clock, server, session, events } = createSessionHarness()
  server.override = (path, _, token) =>
    path.endsWith('/ssodh/init') || path.endsWith('/status')
      ? {
          status: 200,
          body: JSON.stringify({
            authenticated: false,
            connected: true,
            competing: false,
            message: `who is Token ${token}-secret?`,
            fail: `Token ${token}-secret`,
          }),
        }
      : undefined
  const error = await clock.until(failureOf(session.openBrokerage()))
  const shown = `${error.message} ${JSON.stringify(session.status())} ${events.map((event) => (event.type === 'error' ? String(event.error) : '')).join()}`
  expect(shown).toContain('who is')
  expect(shown).not.toMatch(/token-1/)
})

const reset = { kind: 'daily-reset', timeZone: 'America/New_York', startMinute: 15, durationMinutes: 90 }

test.each<[string, object]>([
  ['logins.size', { logins: { size: 1.5 } }],
  ['logins.refillMs', { logins: { refillMs: Number.NaN } }],
  ['renewal.patience', { renewal: { patience: 0.5 } }],
  ['renewal.timeoutMs', { renewal: { timeoutMs: 1e12 } }],
  ['brokerage.accountsAttempts', { brokerage: { accountsAttempts: 2.5 } }],
  ['brokerage.keepAliveMs', { brokerage: { keepAliveMs: 360_000 } }],
  ['brokerage.takeOver', { brokerage: { takeOver: 'mine' } }],
  ['brokerage.compete', { brokerage: { compete: true } }],
  ['probe', { probe: ['tickle'] }],
  ['probe', { probe: ['/tickle?x=1'] }],
  ['username', { username: '' }],
  ['username', { username: 5 }],
  ['egress', { egress: {} }],
  ['logout', { logout: 'no' }],
  ['authorize', { authorize: () => ({}) }],
  ['brokerage', { brokerage: 'no' }],
  ['renewal', { renewal: 600_000 }],
  ['logins', { logins: 5 }],
  ['logins.refillMs', { logins: { refillMs: 0 } }],
  ['renewal.backoff', { renewal: { backoff: 5 } }],
  ['renewal.backoff.baseMs', { renewal: { backoff: { baseMs: 0 } } }],
  ['renewal.backoff.maxMs', { renewal: { backoff: { baseMs: 1_000, maxMs: 10 } } }],
  ['renewal.timeoutMs', { renewal: { timeoutMs: 0 } }],
  ['maintenance[0].kind', { maintenance: [{ ...reset, kind: 'holiday' }] }],
  ['maintenance[0].durationMinutes', { maintenance: [{ ...reset, durationMinutes: 1e9 }] }],
  ['isPermanent', { isPermanent: true }],
  ['random', { random: 0.5 }],
])('%s is checked when it is given, and named', (name, options) => {
  expect(() => createSessionHarness(options)).toThrow(
    expect.objectContaining({
      code: 'ERR_TRANSPORT_INVALID_INPUT',
      message: expect.stringContaining(name),
    }),
  )
})

test.each<[string, object]>([
  ['/iserver/auth/ssodh/init', { error: 'not entitled to trade' }],
  ['/iserver/auth/status', { error: 'not entitled to trade' }],
  [
    '/iserver/auth/status',
    { authenticated: false, connected: true, competing: false, error: 'not entitled to trade' },
  ],
])('%s that refuses with 200 and an error: the reason is told', async (path, body) => {
  const { clock, server, session } = createSessionHarness()
  server.override = (asked) =>
    asked.endsWith(path) ? { status: 200, headers: {}, body: JSON.stringify(body) } : undefined
  const failure = await clock.until(failureOf(session.get('/iserver/account/orders')))
  expect(failure.code).toBe('ERR_TRANSPORT_BROKERAGE_UNAVAILABLE')
  expect(failure.message).toMatch(/not entitled to trade/)
})

test('an error of establish() that nobody can ask what it is ends nothing', async () => {
  const hostile = new Proxy(new Error('x'), {
    getPrototypeOf: throwing,
    get: throwing,
    has: throwing,
  })
  let calls = 0
  const { clock, session } = createSessionHarness({
    establish: async ({ now }) => {
      calls += 1
      if (calls === 2) throw hostile
      return { authorize: () => ({}), expiresAtMs: now() + hour }
    },
  })
  await clock.until(session.ready())
  await clock.until(session.renew().catch(() => undefined))
  await clock.advance(10 * 60_000)
  expect(calls).toBeGreaterThan(2)
  expect(session.status().state).toBe('active')
})
