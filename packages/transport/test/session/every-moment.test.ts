import { describe, expect, test } from 'vitest'
import { failureOf } from '../support/harness.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import type { Interposed } from './support/model-server.ts'
import { createSessionHarness, quietTimeMs, type SessionHarness } from './support/session-harness.ts'

const minute = 60_000
const hour = 60 * minute

const answers: readonly (readonly [name: string, answer: Interposed])[] = [
  ...[400, 401, 403, 404, 408, 409, 410, 423, 429, 500, 502, 503].map(
    (status) => [`${status}`, { status, body: '{"error":"not now"}' }] as const,
  ),
  ['a page', { status: 200, body: '<html><title>Sign in to the hotel</title></html>' }],
  ['a redirect', { status: 302, body: '' }],
  ['nothing', { status: 200, body: '' }],
  ['null', { status: 200, body: 'null' }],
  ['a list', { status: 200, body: '[]' }],
  [
    'members of other types',
    { status: 200, body: '{"authenticated":"yes","accounts":"U1","iserver":7,"token":{}}' },
  ],
  ['what is cut', { status: 200, body: '{"authenticated":true', truncated: true }],
  ['silence', 'silence'],
]

const paths = [
  '/tickle',
  '/iserver/auth/ssodh/init',
  '/iserver/accounts',
  '/iserver/auth/status',
  '/oauth/live_session_token',
  '/portfolio/x',
  '/iserver/x',
]

/** What a session does all day. */
async function useFor(harness: SessionHarness, ms: number): Promise<void> {
  const { clock, session } = harness
  for (let passedMs = 0; passedMs < ms; passedMs += 20_000) {
    for (const call of [session.get('/portfolio/x'), session.get('/iserver/x')]) call.catch(() => undefined)
    if (passedMs % minute === 0) session.renew().catch(() => undefined)
    await clock.advance(20_000)
  }
}

describe.each(answers)('%s', (_, answer) => {
  test.each(
    paths.flatMap((path) => [
      ['once', path],
      ['for ten minutes', path],
    ]),
  )(
    '%s, from %s: the session comes back by itself, with its own brokerage session and few logins',
    async (how, path) => {
      const harness = createSessionHarness()
      const { clock, server, session, establishing } = harness
      server.brokeragePerToken = true
      await clock.until(session.ready({ brokerage: true }))
      const calls = establishing.calls
      let odd = 0
      server.interpose = (at) => {
        if (at !== path || (how === 'once' && odd > 0)) return undefined
        odd += 1
        return answer
      }
      await useFor(harness, 10 * minute)
      server.interpose = () => undefined
      expect(odd).toBeGreaterThan(0)
      expect(establishing.calls - calls).toBeLessThanOrEqual(5 + 10 / 3)
      // A penalty lasts ten minutes.
      await useFor(harness, 31 * minute)
      expect(session.health()).toMatchObject({ reading: true, trading: true, ok: true })
      await clock.until(session.post('/iserver/account/DU1/orders', { json: { id: 'last' } }))
      expect([server.thrownOut, server.orders.get('last')]).toEqual([0, 1])
      await clock.until(session.close())
      await clock.advance(hour)
      expect(clock.pending).toBe(0)
    },
  )
})

describe('close()', () => {
  test('at any moment ends within its time; nothing is sent after it, and status can always be asked for', async () => {
    let moments = 0
    for (let atMs = 0; atMs < 4_000; atMs += 9) {
      const { clock, server, session, events } = createSessionHarness({}, new VirtualClock(quietTimeMs))
      const settled = Promise.allSettled([
        session.ready({ brokerage: true }),
        session.get('/iserver/x'),
        session.renew(),
        session.conversation(({ get }) => get('/portfolio/x')),
      ])
      await clock.advance(atMs)
      expect(JSON.parse(JSON.stringify([session.status(), session.health()]))).toHaveLength(2)
      const startMs = clock.now()
      await clock.until(session.close())
      expect(clock.now() - startMs).toBeLessThan(11_000)
      const sent = server.seen.length
      await settled
      await clock.advance(hour)
      expect([server.seen.length, clock.pending]).toEqual([sent, 0])
      expect(session.status().state).toBe('closed')
      expect(events.filter((event) => event.type === 'error' && event.during === 'callback')).toEqual([])
      moments += 1
    }
    expect(moments).toBeGreaterThan(400)
  })

  test.each(answers)('with a logout that is answered with %s', async (name, answer) => {
    const { clock, server, session, events } = createSessionHarness()
    await clock.until(session.ready({ brokerage: true }))
    server.interpose = (at) => (at === '/logout' ? answer : undefined)
    const startMs = clock.now()
    await clock.until(session.close())
    expect(clock.now() - startMs).toBeLessThan(11_000)
    expect(server.count('/logout')).toBe(1)
    const isRefused = typeof answer === 'object' && (answer.status >= 300 || answer.truncated === true)
    const told = events.some((event) => event.type === 'error' && event.during === 'logout')
    expect([name, told]).toEqual([name, isRefused || answer === 'silence'])
    await clock.advance(hour)
    expect(clock.pending).toBe(0)
  })
})

describe('a wall clock that is set in the middle of a wait', () => {
  type Wait = readonly [name: string, begin: (harness: SessionHarness) => Promise<unknown>]
  const waits: readonly Wait[] = [
    [
      'for a login',
      ({ server, session }) => {
        server.latencyMs = () => 5_000
        return session.ready()
      },
    ],
    [
      'for another login',
      ({ server, session, clock }) => {
        server.loginsRefused = false
        server.faultOf = () => 'unavailable'
        clock.setTimeout(() => {
          server.faultOf = () => undefined
        }, 1_600)
        return session.ready()
      },
    ],
    ['for the brokerage session', ({ session }) => session.ready({ brokerage: true })],
    [
      'for a place',
      async ({ session, clock }) => {
        await session.ready()
        const all = Array.from({ length: 40 }, () => session.get('/portfolio/x'))
        await Promise.all(all)
        return clock
      },
    ],
    [
      'for a conversation',
      async ({ session }) => {
        await session.ready()
        session.conversation(async ({ get }) => {
          await get('/portfolio/x')
          await new Promise<never>(() => undefined)
        })
        await session.get('/portfolio/y')
        await session.get('/portfolio/y')
      },
    ],
    [
      'for a reply',
      async ({ server, session }) => {
        await session.ready()
        server.interpose = () => 'silence'
        return failureOf(session.get('/portfolio/x', { timeouts: { headersMs: 4_000 }, retryLimit: 0 }))
      },
    ],
    [
      'before a repeat',
      async ({ server, session }) => {
        await session.ready()
        server.faultOf = () => 'unavailable'
        return failureOf(session.get('/portfolio/x'))
      },
    ],
    [
      'for an answer to a question',
      async ({ server, session }) => {
        await session.ready()
        server.revokeAll()
        return session.get('/portfolio/x')
      },
    ],
    [
      'for the login budget',
      async ({ session }) => {
        await session.ready()
        for (let login = 0; login < 3; login += 1) await session.renew()
        const refused = await failureOf(session.renew())
        return refused.code
      },
    ],
    [
      'for the end of close()',
      async ({ server, session }) => {
        await session.ready()
        server.interpose = () => 'silence'
        session.get('/portfolio/x').catch(() => undefined)
        return session.close()
      },
    ],
  ]

  async function took(begin: Wait[1], byMs: number): Promise<number> {
    const harness = createSessionHarness({ random: () => 0.5 }, new VirtualClock(quietTimeMs))
    const { clock } = harness
    const startMs = clock.monotonicNow()
    const done = begin(harness)
    done.catch(() => undefined)
    await clock.advance(1_500)
    clock.set(clock.now() + byMs)
    await clock.until(done)
    return clock.monotonicNow() - startMs
  }

  test.each(waits)('%s makes it neither longer nor shorter', async (_, begin) => {
    const usualMs = await took(begin, 0)
    for (const byMs of [-hour, hour, -20 * hour, 20 * hour, 3_000, -3_000])
      expect(Math.abs((await took(begin, byMs)) - usualMs)).toBeLessThan(200)
  })
})

test('renew() in a loop logs in no more often than the budget, starves no schedule, and says when', async () => {
  const { clock, server, session, establishing } = createSessionHarness({ maintenance: [] })
  server.lifetimeMs = hour
  await clock.until(session.ready())
  const refused: unknown[] = []
  for (let second = 0; second < 3 * 3_600; second += 5) {
    session.renew().catch((error: unknown) => refused.push(error))
    await clock.advance(5_000)
  }
  expect(establishing.calls).toBeLessThanOrEqual(5 + 60)
  expect(establishing.most).toBe(1)
  expect(refused.length).toBeGreaterThan(1_000)
  const expected = { code: 'ERR_TRANSPORT_SESSION_UNAVAILABLE', retryAfterMs: expect.any(Number) }
  expect(refused).toEqual(refused.map(() => expect.objectContaining(expected)))
  expect((await clock.until(session.get('/portfolio/x'))).status).toBe(200)
})
