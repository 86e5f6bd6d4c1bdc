import { describe, expect, test } from 'vitest'
import type { HttpDispatcher } from '../../src/http/dispatcher.ts'
import { createPacing, type Pacing } from '../../src/pacing/pacing.ts'
import type { Interceptor } from '../../src/request/types.ts'
import { createSession } from '../../src/session/create-session.ts'
import type { SessionOptions } from '../../src/session/options.ts'
import { failureOf } from '../support/harness.ts'
import { rawReply, startRawServer } from '../support/raw-server.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { ModelServer } from './support/model-server.ts'
import { createSessionHarness, quietTimeMs } from './support/session-harness.ts'

test('requests of a session keep to the limit of its username', async () => {
  const { clock, server, session } = createSessionHarness()
  const calls = Array.from({ length: 35 }, () => session.get('/portfolio/x'))
  await clock.advance(1_000)
  expect(session.status().queued).toBeGreaterThan(20)
  await clock.until(Promise.all(calls))
  const times = server.seen.map(({ atMs }) => atMs)
  for (const startMs of times) {
    expect(times.filter((atMs) => atMs >= startMs && atMs < startMs + 1_000).length).toBeLessThanOrEqual(10)
  }
})

test('sessions of one username share its limits, those of another do not', async () => {
  const clock = new VirtualClock(quietTimeMs)
  const pacing = createPacing({ clock, marginMs: 0 })
  const sessions = ['same', 'same', 'another'].map((username) =>
    createSessionHarness({ pacing, username }, clock),
  )
  await Promise.all(sessions.map(({ session }) => clock.until(session.ready())))
  await clock.advance(5_000)
  const startMs = clock.now()
  const calls = sessions.map(async ({ session }) => {
    await session.get('/portfolio/accounts')
    return clock.now() - startMs
  })
  const took = await clock.until(Promise.all(calls))
  expect(took.map((ms) => Math.floor(ms / 1_000))).toEqual([0, 5, 0])
})

test('the username may come with the credential', async () => {
  const { clock, server, session } = createSessionHarness({
    establish: async ({ now }) => {
      server.register('named', now() + 3_600_000)
      return {
        username: 'from-the-credential',
        expiresAtMs: now() + 3_600_000,
        authorize: () => ({ authorization: 'Token named' }),
      }
    },
  })
  await clock.until(session.ready())
  expect(session.status().username).toBe('from-the-credential')
})

test('a 429 stops all sessions of its address, and says so to each', async () => {
  const clock = new VirtualClock(quietTimeMs)
  const pacing = createPacing({ clock })
  const options = { pacing, egress: 'office' }
  const [one, two, far] = [
    createSessionHarness({ ...options, username: 'one' }, clock),
    createSessionHarness({ ...options, username: 'two' }, clock),
    createSessionHarness({ ...options, username: 'far', egress: 'elsewhere' }, clock),
  ] as const
  await Promise.all([one, two, far].map(({ session }) => clock.until(session.ready())))
  one.server.override = () => ({ status: 429, body: '' })
  const paced = await clock.until(failureOf(one.session.get('/portfolio/x')))
  expect(paced).toMatchObject({ code: 'ERR_TRANSPORT_PACED', status: 429 })
  expect(paced.retryAfterMs).toBe(600_000)
  expect(paced.message).toContain('Send nothing for 600 s')
  const sent = two.server.seen.length
  const stopped = await clock.until(failureOf(two.session.get('/portfolio/x')))
  expect(stopped).toMatchObject({ code: 'ERR_TRANSPORT_PENALTY_BOX', retryAfterMs: 600_000, sent: 'no' })
  expect(two.server.seen.length).toBe(sent)
  expect(two.events.at(-1)).toMatchObject({ type: 'penalty', untilMs: clock.now() + 600_000 })
  expect(two.session.status().penaltyUntilMs).toBe(clock.now() + 600_000)
  expect(far.session.status().penaltyUntilMs).toBeUndefined()
  await clock.until(far.session.get('/portfolio/x'))
  await clock.advance(600_000)
  await clock.until(two.session.get('/portfolio/x'))
})

test('an address in the penalty box does not log in either, and tells callers how long it takes', async () => {
  const { clock, server, session } = createSessionHarness()
  server.override = () => undefined
  const error = await clock.until(
    (async () => {
      const stop = createSessionHarness({}, clock)
      await stop.session.ready()
      stop.server.override = () => ({ status: 429, body: '' })
      await failureOf(stop.session.get('/portfolio/x'))
      const other = createSessionHarness({ dispatcher: stop.server.dispatcher, username: 'other' }, clock)
      return failureOf(other.session.ready())
    })(),
  )
  expect(error.code).toBe('ERR_TRANSPORT_SESSION_UNAVAILABLE')
  expect(error.retryAfterMs).toBeGreaterThanOrEqual(600_000)
  expect(session.status().state).toBe('idle')
})

test('a login by connections of its own waits for the end of the penalty too', async () => {
  let calls = 0
  const { clock, session } = createSessionHarness({
    establish: async ({ now }) => {
      calls += 1
      if (calls === 1) throw Object.assign(new Error('paced'), { status: 429 })
      return { authorize: () => ({}), expiresAtMs: now() + 86_400_000 }
    },
  })
  await clock.until(failureOf(session.ready()))
  await clock.advance(quietTimeMs + 599_999 - clock.now())
  expect(calls).toBe(1)
  await clock.advance(400_000)
  expect(session.status().state).toBe('active')
})

test('a pardon lets a login that waited for the end of the penalty begin', async () => {
  const clock = new VirtualClock(quietTimeMs)
  const pacing = createPacing({ clock })
  let calls = 0
  const { session } = createSessionHarness(
    {
      pacing,
      egress: 'office',
      brokerage: false,
      establish: async ({ now }) => {
        calls += 1
        if (calls === 1) throw Object.assign(new Error('paced'), { status: 429 })
        return { authorize: () => ({}), expiresAtMs: now() + 86_400_000 }
      },
    },
    clock,
  )
  await clock.until(failureOf(session.ready()))
  pacing.pardon('office')
  await clock.until(session.ready())
  expect(calls).toBe(2)
  expect(clock.now()).toBeLessThan(quietTimeMs + 60_000)
})

test('a pardon lets a brokerage session that waited for the end of the penalty be opened', async () => {
  const clock = new VirtualClock(quietTimeMs)
  const pacing = createPacing({ clock })
  const { session, server } = createSessionHarness({ pacing, egress: 'office' }, clock)
  await clock.until(session.ready())
  server.faultOf = (path) => (path.startsWith('/iserver/auth') ? 'paced' : undefined)
  await clock.until(failureOf(session.openBrokerage()))
  expect(session.status().brokerage?.state).toBe('waiting')
  server.faultOf = () => undefined
  pacing.pardon('office')
  await clock.advance(30_000)
  expect(session.status().brokerage?.state).toBe('open')
})

test('a 429 to the exchange itself counts, also if it came by connections of its own', async () => {
  const { clock, session } = createSessionHarness({
    establish: () => Promise.reject(Object.assign(new Error('paced'), { status: 429 })),
  })
  await clock.until(failureOf(session.ready()))
  expect(session.status().penaltyUntilMs).toBe(quietTimeMs + 600_000)
})

test('the session’s own requests go ahead of a queue', async () => {
  const { clock, server, session } = createSessionHarness()
  await clock.until(session.ready())
  const calls = Array.from({ length: 100 }, () => session.get('/portfolio/x'))
  await clock.until(session.openBrokerage())
  expect(server.count('/portfolio/x')).toBeLessThan(60)
  await clock.until(Promise.all(calls))
})

test('a request says its priority, its caller and how long it would wait', async () => {
  const { clock, server, session } = createSessionHarness()
  await clock.until(session.ready())
  await clock.advance(2_000)
  const ask = (path: string, context: Record<string, unknown>): Promise<unknown> =>
    session.get(path, { context })
  const calls = [
    ...Array.from({ length: 10 }, () => ask('/first', {})),
    ask('/low', { priority: 'low' }),
    ask('/high', { priority: 'high' }),
  ]
  await clock.until(Promise.all(calls))
  expect(server.paths().slice(-2)).toEqual(['/high', '/low'])
  await clock.until(ask('/sso/validate', {}))
  const error = await clock.until(failureOf(ask('/sso/validate', { maxWaitMs: 1_000 })))
  expect(error.code).toBe('ERR_TRANSPORT_PACING_WAIT')
})

test.each([
  ['priority', { priority: 'urgent' }],
  ['caller', { caller: 7 }],
  ['maxWaitMs', { maxWaitMs: '1' }],
])('a %s that cannot be meant is a mistake, said as such', async (name, context) => {
  const { clock, session } = createSessionHarness()
  const error = await clock.until(failureOf(session.get('/portfolio/x', { context })))
  expect(error.code).toBe('ERR_TRANSPORT_INVALID_INPUT')
  expect(error.message).toContain(name)
})

test('what never left the machine costs nothing of the limit', async () => {
  const { clock, server, session } = createSessionHarness({ retry: { limit: 0 } })
  await clock.until(session.ready())
  await clock.advance(2_000)
  const startMs = clock.now()
  server.faultOf = () => 'refused'
  await clock.until(Promise.all(Array.from({ length: 30 }, () => failureOf(session.get('/portfolio/x')))))
  expect(clock.now()).toBe(startMs)
})

test('a request that cannot have its place before its time is over is told at once', async () => {
  const { clock, session } = createSessionHarness()
  await clock.until(session.get('/iserver/account/orders', { timeouts: { totalMs: 120_000 } }))
  const startMs = clock.now()
  const options = { timeouts: { totalMs: 4_000 } }
  const error = await clock.until(failureOf(session.get('/iserver/account/orders', options)))
  expect(error).toMatchObject({ code: 'ERR_TRANSPORT_PACING_WAIT', sent: 'no' })
  expect(clock.now() - startMs).toBeLessThan(1_000)
})

describe('what counts is when requests leave', () => {
  /** A session whose requests find a connection only after so long. */
  function slowToConnect(openingMs: () => number, options: Partial<SessionOptions> = {}) {
    const clock = new VirtualClock(quietTimeMs)
    const server = new ModelServer(clock)
    const dispatcher: HttpDispatcher = {
      dispatch: (request, handler) => {
        clock.setTimeout(() => server.dispatcher.dispatch(request, handler), openingMs())
        return true
      },
    }
    const { session } = createSessionHarness({ dispatcher, brokerage: false, ...options }, clock)
    const left = (): number[] => server.seen.filter(({ written }) => written).map(({ atMs }) => atMs)
    return { clock, server, session, left }
  }

  test('connections that take long to open bring no two windows together', async () => {
    let opened = 0
    const { clock, session, left } = slowToConnect(() => (opened++ < 11 ? 700 : 0))
    await clock.until(session.ready())
    await clock.advance(5_000)
    await clock.until(Promise.all(Array.from({ length: 30 }, () => session.get('/portfolio/x'))))
    const times = left()
    expect(times).toHaveLength(31)
    for (const startMs of times)
      expect(times.filter((atMs) => atMs >= startMs && atMs < startMs + 1_000).length).toBeLessThanOrEqual(10)
  })

  test('a place that is over when a connection takes the request is given back, and the request sent once', async () => {
    let openingMs = 0
    const { clock, server, session } = slowToConnect(() => openingMs)
    await clock.until(session.ready())
    await clock.advance(5_000)
    openingMs = 3_000
    const order = session.post('/portfolio/order', { json: {} })
    await clock.advance(2_999)
    openingMs = 0
    const others = Array.from({ length: 10 }, () => session.get('/portfolio/x'))
    await clock.until(Promise.all([order, ...others]))
    const posts = server.seen.filter(({ path }) => path === '/portfolio/order')
    expect(posts.map(({ written }) => written)).toEqual([false, true])
    expect((posts[1]?.atMs ?? 0) - (posts[0]?.atMs ?? 0)).toBeGreaterThan(1_000)
  })

  test('without pacing nothing is ever over', async () => {
    const { clock, session } = slowToConnect(() => 3_000, { pacing: false })
    await clock.until(session.get('/portfolio/x'))
    expect(clock.now() - quietTimeMs).toBe(6_040)
  })

  /** Places that are over as often as is said. */
  function placesOver(isOver: () => boolean): { pacing: Pacing; released: boolean[] } {
    const released: boolean[] = []
    const sound = createPacing()
    const pacing: Pacing = {
      acquire: () => ({ use: () => !isOver(), release: (sent) => void released.push(sent) }),
      penalize: (egress) => sound.penalize(egress),
      pardon: (egress) => sound.pardon(egress),
      penaltyUntilMs: (egress) => sound.penaltyUntilMs(egress),
      queued: (username) => sound.queued(username),
      waits: (username) => sound.waits(username),
      drop: (username, owner, error) => sound.drop(username, owner, error),
      hold: (username, conversation) => sound.hold(username, conversation),
      subscribe: (listener) => sound.subscribe(listener),
    }
    return { pacing, released }
  }

  test('a place that was over is given back, also where an attempt before it went out', async () => {
    let [attempts, overs] = [0, 1]
    const { pacing, released } = placesOver(() => attempts > 1 && overs-- > 0)
    const { clock, server, session } = createSessionHarness({ pacing, brokerage: false })
    await clock.until(session.ready())
    released.length = 0
    server.faultOf = () => (attempts++ === 0 ? 'lost-after' : undefined)
    await clock.until(session.get('/portfolio/x'))
    expect(released).toEqual([true, false, true])
  })

  test('undici sends nothing of a request whose place is over, and keeps the connection', async () => {
    const connections = new Set<unknown>()
    const server = await startRawServer((socket) => {
      connections.add(socket)
      socket.write(rawReply(200, '{}'))
    })
    let overs = 0
    const { pacing, released } = placesOver(() => overs-- > 0)
    const session = createSession({
      baseUrl: server.origin,
      pacing,
      brokerage: false,
      connection: { proxy: false },
      establish: async () => ({
        expiresAtMs: Date.now() + 3_600_000,
        authorize: () => ({ authorization: 'x' }),
      }),
    })
    await session.get('/first')
    overs = 2
    const reply = await session.post('/order', { json: { a: 1 } })
    expect(reply.status).toBe(200)
    expect(server.requests).toHaveLength(2)
    expect([released, connections.size]).toEqual([[true, false, false, true], 1])
    await session.close()
    await server[Symbol.asyncDispose]()
  })
})

test('an interceptor that sends twice takes two places', async () => {
  const clock = new VirtualClock(quietTimeMs)
  const limits = [
    { name: 'x', methods: ['GET'], paths: ['/portfolio/x'], windows: [{ requests: 1, intervalMs: 5_000 }] },
  ]
  const twice: Interceptor = async (attempt, next) => {
    const reply = await next(attempt)
    return attempt.path === '/portfolio/x' ? next(attempt) : reply
  }
  const { server, session } = createSessionHarness(
    { pacing: createPacing({ clock, limits }), brokerage: false, interceptors: [twice] },
    clock,
  )
  await clock.until(session.get('/portfolio/x'))
  await clock.until(session.get('/portfolio/x'))
  const times = server.seen.filter(({ path }) => path === '/portfolio/x').map(({ atMs }) => atMs)
  expect(times).toHaveLength(4)
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5_000)
})
