import { describe, expect, test } from 'vitest'
import { failureOf } from '../support/harness.ts'
import { refusal } from './support/model-server.ts'
import { createSessionHarness, moves } from './support/session-harness.ts'

const opening = [
  'closed > initializing',
  'initializing > settling',
  'settling > loading-accounts',
  'loading-accounts > checking',
  'checking > open',
]

test("the first /iserver request opens the brokerage session in IBKR's order, with a pause", async () => {
  const { clock, server, session, events } = createSessionHarness()
  await clock.until(session.get('/iserver/marketdata/snapshot'))
  expect(server.paths()).toEqual([
    '/oauth/live_session_token',
    '/iserver/auth/ssodh/init',
    '/iserver/accounts',
    '/iserver/auth/status',
    '/iserver/marketdata/snapshot',
  ])
  const [, init, accounts] = server.seen
  expect((accounts?.atMs ?? 0) - (init?.atMs ?? 0)).toBeGreaterThanOrEqual(2_000)
  expect(server.competes).toEqual([false])
  expect(moves(events, 'brokerage')).toEqual(opening)
  expect(session.status().brokerage).toMatchObject({
    state: 'open',
    authenticated: true,
    connected: true,
    competing: false,
  })
})

test('requests elsewhere leave it alone', async () => {
  const { clock, server, session } = createSessionHarness()
  await clock.until(session.get('/portfolio/accounts'))
  await clock.until(session.post('/iserver/auth/status'))
  expect(server.competes).toEqual([])
  expect(session.status().brokerage.state).toBe('closed')
})

test.each([1, 100, 1_000])('%i requests wait for one opening', async (callers) => {
  const { clock, server, session } = createSessionHarness({ pacing: false })
  server.latencyMs = (path) => (path === '/iserver/x' ? 0 : 20)
  await clock.until(Promise.all(Array.from({ length: callers }, () => session.get('/iserver/x'))))
  expect(server.competes).toEqual([false])
  expect(server.count('/iserver/x')).toBe(callers)
})

test('accounts are asked for until there are some', async () => {
  const { clock, server, session } = createSessionHarness({ brokerage: { settleMs: 0 } })
  await clock.until(session.openBrokerage())
  expect(server.count('/iserver/accounts')).toBeGreaterThan(1)
  expect(session.status().brokerage.state).toBe('open')
})

test('a caller that looks after it is left to it', async () => {
  const { clock, server, session } = createSessionHarness({ brokerage: false })
  const error = await clock.until(failureOf(session.get('/iserver/x')))
  expect(error).toMatchObject({ code: 'ERR_TRANSPORT_REQUEST_REFUSED', status: 400 })
  expect(server.competes).toEqual([])
  expect((await failureOf(session.openBrokerage())).code).toBe('ERR_TRANSPORT_INVALID_INPUT')
})

describe('what happens to an open one', () => {
  async function opened(): Promise<ReturnType<typeof createSessionHarness>> {
    const harness = createSessionHarness()
    await harness.clock.until(harness.session.openBrokerage())
    harness.events.length = 0
    return harness
  }

  test('`no bridge`: it is opened again and a read repeated', async () => {
    const { clock, server, session, events } = await opened()
    server.loseBrokerage()
    await clock.until(session.get('/iserver/x'))
    expect(server.seen.filter((one) => one.path === '/iserver/x').map((one) => one.status)).toEqual([
      400, 200,
    ])
    expect(moves(events, 'brokerage')).toEqual(['open > initializing', ...opening.slice(1)])
  })

  test('`no bridge` on an order: the caller is told, nothing is repeated, the next order goes through', async () => {
    const { clock, server, session } = await opened()
    server.loseBrokerage()
    const order = (id: string): Promise<unknown> =>
      session.post('/iserver/account/DU1/orders', { json: { id } })
    expect(await clock.until(failureOf(order('a')))).toMatchObject({ status: 400 })
    await clock.until(order('b'))
    expect([...server.orders]).toEqual([['b', 1]])
  })

  test('`Please query /accounts first`: accounts are loaded and a read repeated, without a new init', async () => {
    const { clock, server, session, events } = await opened()
    server.loseAccounts()
    await clock.until(session.get('/iserver/x'))
    expect(server.competes).toHaveLength(1)
    expect(moves(events, 'brokerage')).toEqual([
      'open > loading-accounts',
      'loading-accounts > checking',
      'checking > open',
    ])
  })

  test('connected without authenticated: init again', async () => {
    const { clock, server, session } = await opened()
    server.timeOutBrokerage()
    await clock.until(session.get('/iserver/x'))
    expect(server.competes).toHaveLength(2)
  })

  test('a new credential: it is asked after, and kept if it is there', async () => {
    const { clock, server, session, events } = await opened()
    await clock.until(session.renew())
    await clock.until(session.get('/iserver/x'))
    expect(moves(events, 'brokerage')).toEqual(['open > checking', 'checking > open'])
    expect(server.competes).toHaveLength(1)
  })

  test('a new credential that counts as another login takes over from the old one, which is asked first', async () => {
    const harness = createSessionHarness()
    const { clock, server, session, events } = harness
    server.brokeragePerToken = true
    await clock.until(session.openBrokerage())
    const sent = server.seen.length
    await clock.until(session.renew())
    await clock.until(session.get('/iserver/x'))
    expect(server.seen.slice(sent).map(({ path, token }) => `${path} ${token}`)).toEqual([
      '/iserver/auth/status token-1',
      '/oauth/live_session_token undefined',
      '/iserver/auth/status token-2',
      '/iserver/auth/ssodh/init token-2',
      '/iserver/auth/ssodh/init token-2',
      '/iserver/accounts token-2',
      '/iserver/auth/status token-2',
      '/iserver/x token-2',
    ])
    expect(server.competes).toEqual([false, false, true])
    expect(moves(events, 'brokerage')).not.toContain('initializing > competing')
  })

  test('a last look that is answered with 401 holds the new credential up for no time', async () => {
    const { clock, server, session, establishing } = createSessionHarness()
    server.brokeragePerToken = true
    await clock.until(session.openBrokerage())
    server.override = (path) =>
      path.endsWith('/status') && server.seen.at(-1)?.token === 'token-1'
        ? { status: 401, body: '' }
        : undefined
    const sent = server.seen.length
    const startMs = clock.now()
    await clock.until(session.renew())
    expect(clock.now() - startMs).toBe(40)
    expect(server.paths().slice(sent, sent + 2)).toEqual([
      '/iserver/auth/status',
      '/oauth/live_session_token',
    ])
    expect(server.seen.slice(sent).filter(({ token }) => token === 'token-1')).toHaveLength(1)
    expect(establishing.calls).toBe(2)
    expect(session.status().state).toBe('active')
  })

  test('a last look without an answer leaves what was last seen, for two minutes', async () => {
    const { clock, server, session, released } = createSessionHarness()
    server.brokeragePerToken = true
    await clock.until(session.openBrokerage())
    server.override = (path) =>
      path.endsWith('/status') && server.seen.at(-1)?.token === 'token-1'
        ? { status: 503, body: '' }
        : undefined
    await clock.until(session.renew())
    expect([...released.keys()]).toEqual(['token-1'])
    await clock.until(session.get('/iserver/x'))
    expect(server.seen.at(-1)?.token).toBe('token-2')
    expect(server.competes).toEqual([false, false, true])
  })

  test('a renewal in the middle of an opening waits for its end, and takes it over', async () => {
    const { clock, server, session } = createSessionHarness()
    server.brokeragePerToken = true
    const opening = session.openBrokerage()
    await clock.advance(1_000)
    expect(session.status().brokerage.state).toBe('settling')
    await clock.until(session.renew())
    await clock.until(opening)
    await clock.until(session.get('/iserver/x'))
    expect(server.seen.at(-1)?.token).toBe('token-2')
    expect(server.competes).toEqual([false, false, true])
  })

  test('but it takes over from nobody else', async () => {
    const { clock, server, session } = createSessionHarness()
    server.brokeragePerToken = true
    await clock.until(session.openBrokerage())
    server.competitor = true
    await clock.until(session.renew())
    const error = await clock.until(failureOf(session.get('/iserver/x')))
    expect(error.code).toBe('ERR_TRANSPORT_COMPETING_SESSION')
    expect(server.competes.filter(Boolean)).toEqual([])
    expect(server.competitor).toBe(true)
  })

  test('the nightly reset: new credential, init, accounts, and the read that met it succeeds', async () => {
    const { clock, server, session, establishing } = await opened()
    server.reset()
    await clock.until(session.get('/iserver/x'))
    expect(establishing.calls).toBe(2)
    expect(server.competes).toEqual([false, false])
    expect(server.seen.filter((one) => one.path === '/iserver/x').map((one) => one.status)).toEqual([
      401, 200,
    ])
  })

  test('a session that fails for good takes it along', async () => {
    const { clock, server, session } = createSessionHarness({ isPermanent: () => true })
    await clock.until(session.openBrokerage())
    server.loginsRefused = true
    server.revokeAll()
    await clock.until(failureOf(session.get('/iserver/x')))
    expect(session.status()).toMatchObject({ state: 'failed', brokerage: { state: 'closed' } })
  })
})

describe('competing sessions', () => {
  test('somebody is logged in: nobody is thrown out, callers are told what to do', async () => {
    const { clock, server, session } = createSessionHarness()
    server.competitor = true
    const error = await clock.until(failureOf(session.get('/iserver/x')))
    expect(error.code).toBe('ERR_TRANSPORT_COMPETING_SESSION')
    expect(error.message).toContain('takeOver: true')
    expect(server.competes).toEqual([false])
    const sent = server.seen.length
    await clock.until(failureOf(session.get('/iserver/y')))
    expect(server.seen.length).toBe(sent)
  })

  test('when that one leaves, the session is opened without a word', async () => {
    const { clock, server, session } = createSessionHarness()
    server.competitor = true
    await clock.until(failureOf(session.get('/iserver/x')))
    await clock.advance(600_000)
    expect(session.status().brokerage.state).toBe('competing')
    server.competitor = false
    await clock.advance(120_000)
    expect(session.status().brokerage.state).toBe('open')
    expect(server.competes).toEqual([false, false])
  })

  test.each([0, 10, 25, 45, 3_030, 3_060])(
    "the caller's word that comes after %i ms of an opening counts",
    async (afterMs) => {
      const { clock, server, session } = createSessionHarness()
      server.competitor = true
      server.latencyMs = () => 20
      const opening = session.get('/iserver/x').catch((error: unknown) => error)
      await clock.advance(afterMs)
      await clock.until(session.openBrokerage({ takeOver: true }))
      await clock.until(opening)
      expect(server.competes.filter((compete) => compete)).toHaveLength(1)
      expect(session.status().brokerage.state).toBe('open')
    },
  )

  test("compete: true throws others out once, at the caller's word", async () => {
    const { clock, server, session } = createSessionHarness()
    server.competitor = true
    await clock.until(failureOf(session.openBrokerage()))
    await clock.until(session.openBrokerage({ takeOver: true }))
    expect(server.competes).toEqual([false, true])
    expect(session.status().brokerage.state).toBe('open')
  })

  test("takeOver: 'always' ends whichever session is found, once in ten minutes", async () => {
    const { clock, server, session } = createSessionHarness({ brokerage: { takeOver: 'always' } })
    server.competitor = true
    await clock.until(session.openBrokerage())
    expect(server.competes).toEqual([false, true])
    server.loseBrokerage()
    server.competitor = true
    await clock.until(failureOf(session.get('/iserver/x')))
    await clock.advance(540_000)
    expect(server.competes.filter(Boolean)).toHaveLength(1)
    expect(session.status().brokerage.state).toBe('competing')
    await clock.advance(120_000)
    expect(server.competes.filter(Boolean)).toHaveLength(2)
    expect(session.status().brokerage.state).toBe('open')
  })

  test("takeOver: 'never' ends not even its own, and waits for it", async () => {
    const { clock, server, session } = createSessionHarness({ brokerage: { takeOver: 'never' } })
    server.brokeragePerToken = true
    await clock.until(session.openBrokerage())
    await clock.until(session.renew())
    expect((await clock.until(failureOf(session.get('/iserver/x')))).code).toBe(
      'ERR_TRANSPORT_COMPETING_SESSION',
    )
    await clock.advance(600_000)
    expect(server.competes.filter(Boolean)).toEqual([])
    expect(session.status().brokerage.state).toBe('open')
  })

  test('compete is used up by being sent, whatever the answer', async () => {
    const { clock, server, session } = createSessionHarness()
    server.faultOf = (path) =>
      path.endsWith('ssodh/init') && server.count(path) === 1 ? 'unavailable' : undefined
    const bodies: string[] = []
    server.onDispatch = ({ path }) => {
      if (path.endsWith('ssodh/init')) bodies.push(String(server.dispatcher.last.request.body))
    }
    await clock.until(session.openBrokerage({ takeOver: true }))
    expect(bodies).toEqual(['{"publish":true,"compete":true}', '{"publish":true,"compete":false}'])
  })

  test('a login elsewhere is noticed by the next tickle', async () => {
    const { clock, server, session, events } = createSessionHarness()
    await clock.until(session.openBrokerage())
    server.competitor = true
    await clock.advance(61_000)
    expect(session.status().brokerage).toMatchObject({ state: 'competing', competing: true })
    expect(moves(events, 'brokerage').at(-1)).toBe('open > competing')
  })
})

describe('an opening that fails', () => {
  test('is tried again with growing waits, callers are told after three, and it heals by itself', async () => {
    const { clock, server, session, events } = createSessionHarness()
    server.override = (path) =>
      path.endsWith('ssodh/init') ? refusal(500, 'failed to generate sso dh token') : undefined
    const error = await clock.until(failureOf(session.get('/iserver/x')))
    expect(error.code).toBe('ERR_TRANSPORT_BROKERAGE_UNAVAILABLE')
    expect(error.message).toContain('paper account')
    // Each of the three attempts asks twice more, three seconds apart.
    expect(server.count('/iserver/auth/ssodh/init')).toBe(9)
    expect(server.competes).toEqual([])
    expect(moves(events, 'brokerage').filter((move) => move.endsWith('waiting'))).toHaveLength(3)
    const sent = server.seen.length
    await clock.until(failureOf(session.get('/iserver/x')))
    expect(server.seen.length).toBe(sent)
    server.override = () => undefined
    await clock.advance(60_000)
    expect(session.status().brokerage).toMatchObject({ state: 'open', failures: 0 })
  })

  test('is tried again at once with a new credential', async () => {
    const { clock, server, session } = createSessionHarness()
    server.override = (path) => (path.endsWith('ssodh/init') ? refusal(503, 'busy') : undefined)
    await clock.until(failureOf(session.openBrokerage()))
    await clock.advance(600_000)
    expect(session.status().brokerage.failures).toBeGreaterThan(5)
    server.override = () => undefined
    await clock.until(session.renew())
    const startMs = clock.now()
    await clock.until(session.get('/iserver/x'))
    expect(clock.now() - startMs).toBeLessThan(4_000)
  })

  test('is not begun without a credential', async () => {
    const { clock, server, session, events } = createSessionHarness()
    server.loginsRefused = true
    for (const _ of ['first', 'second']) {
      const error = await clock.until(failureOf(session.openBrokerage()))
      expect(error.code).toBe('ERR_TRANSPORT_SESSION_FAILED')
    }
    expect(moves(events, 'brokerage')).toEqual([])
  })

  test("can be tried at once at the caller's word", async () => {
    const { clock, server, session } = createSessionHarness()
    server.override = (path) => (path.endsWith('ssodh/init') ? refusal(503, 'busy') : undefined)
    await clock.until(failureOf(session.openBrokerage()))
    server.override = () => undefined
    const startMs = clock.now()
    await clock.until(session.openBrokerage())
    expect(clock.now() - startMs).toBeLessThan(4_000)
  })

  test('an account list that stays empty is a failure, not a loop', async () => {
    const { clock, server, session } = createSessionHarness()
    server.override = (path) =>
      path === '/iserver/accounts' ? { status: 200, body: '{"accounts":[]}' } : undefined
    const error = await clock.until(failureOf(session.openBrokerage()))
    expect(error.code).toBe('ERR_TRANSPORT_BROKERAGE_UNAVAILABLE')
    expect(server.count('/iserver/accounts')).toBe(15)
  })

  test('a session that never gets healthy starts over three times, then waits', async () => {
    const { clock, server, session, events } = createSessionHarness()
    const sick = { authenticated: false, connected: true, competing: false }
    server.override = (path) =>
      path.endsWith('/status') ? { status: 200, body: JSON.stringify(sick) } : undefined
    const error = await clock.until(failureOf(session.openBrokerage()))
    expect(error.message).toContain('authenticated: false')
    const first = moves(events, 'brokerage').indexOf('checking > waiting')
    expect(
      moves(events, 'brokerage')
        .slice(0, first)
        .filter((move) => move.endsWith('> initializing')),
    ).toHaveLength(4)
  })

  test('answers that are not what they should be are failures', async () => {
    const { clock, server, session } = createSessionHarness()
    server.override = (path) => (path.endsWith('ssodh/init') ? { status: 200, body: '<html>' } : undefined)
    expect((await clock.until(failureOf(session.openBrokerage()))).code).toBe(
      'ERR_TRANSPORT_BROKERAGE_UNAVAILABLE',
    )
  })

  test('closing in the middle ends it', async () => {
    const { clock, server, session } = createSessionHarness()
    const waiting = failureOf(session.openBrokerage())
    await clock.advance(1_000)
    expect(session.status().brokerage.state).toBe('settling')
    await clock.until(session.close())
    expect((await waiting).code).toBe('ERR_TRANSPORT_SESSION_CLOSED')
    await clock.advance(600_000)
    expect(server.paths().slice(2)).toEqual(['/logout'])
    expect(clock.pending).toBe(0)
  })
})

describe('keep-alive', () => {
  test('nothing to keep, nothing sent', async () => {
    const { clock, server, session } = createSessionHarness()
    await clock.until(session.get('/portfolio/x'))
    await clock.advance(3_600_000)
    expect(server.count('/tickle')).toBe(0)
  })

  test('a silent session is tickled about every minute, and lives', async () => {
    const { clock, server, session, events } = createSessionHarness()
    await clock.until(session.openBrokerage())
    await clock.advance(3_600_000)
    expect(server.count('/tickle')).toBeGreaterThanOrEqual(59)
    expect(server.count('/tickle')).toBeLessThanOrEqual(67)
    expect(server.brokerageOpen).toBe(true)
    expect(events.filter((event) => event.type === 'keep-alive')).toHaveLength(server.count('/tickle'))
  })

  test('requests that keep it alive do not spare the tickle, whose status is what proves it to be the session’s own', async () => {
    const { clock, server, session } = createSessionHarness()
    await clock.until(session.openBrokerage())
    for (let round = 0; round < 60; round += 1) {
      await clock.until(session.get('/iserver/x'))
      await clock.advance(30_000)
      expect(clock.now() - (session.brokerageProof()?.atMs ?? 0)).toBeLessThan(62_000)
    }
    expect(server.count('/tickle')).toBeGreaterThan(28)
  })

  test('no silence is ever longer than a minute', async () => {
    const { clock, server, session } = createSessionHarness()
    await clock.until(session.openBrokerage())
    for (let round = 0; round < 40; round += 1) {
      await clock.until(session.get('/iserver/x'))
      await clock.advance(7_919 * (round % 9))
    }
    await clock.advance(600_000)
    const times = server.seen.map(({ atMs }) => atMs)
    const silences = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0))
    expect(Math.max(...silences)).toBeLessThanOrEqual(61_000)
  })

  test('a tickle that says the session is gone opens it again', async () => {
    const { clock, server, session } = createSessionHarness()
    await clock.until(session.openBrokerage())
    server.loseBrokerage()
    await clock.advance(70_000)
    expect(server.competes).toHaveLength(2)
    expect(session.status().brokerage.state).toBe('open')
  })

  test('`no bridge` under hmds is no reason for anything', async () => {
    const { clock, server, session } = createSessionHarness()
    await clock.until(session.openBrokerage())
    await clock.advance(600_000)
    expect(server.competes).toHaveLength(1)
    expect(server.count('/iserver/auth/status')).toBe(1)
  })

  test('a tickle that fails is told to listeners, and the next one comes', async () => {
    const { clock, server, session, events } = createSessionHarness({ retry: { limit: 0 } })
    await clock.until(session.openBrokerage())
    server.faultOf = (path) => (path === '/tickle' && server.count(path) === 1 ? 'error' : undefined)
    await clock.advance(130_000)
    expect(events.filter((event) => event.type === 'error').map((event) => event.during)).toEqual([
      'keep-alive',
    ])
    expect(server.count('/tickle')).toBeGreaterThan(1)
    expect(session.status().brokerage.lastError?.code).toBe('ERR_TRANSPORT_BROKERAGE_UNAVAILABLE')
  })
})
