import { describe, expect, test } from 'vitest'
import { createPacing, type Pacing } from '../../src/pacing/pacing.ts'
import type { Interceptor } from '../../src/request/types.ts'
import type { SessionCredential } from '../../src/session/credential.ts'
import type { BrokerageLeadership, LeadershipNews } from '../../src/session/leadership.ts'
import type { SessionOptions } from '../../src/session/options.ts'
import type { Session } from '../../src/session/session.ts'
import { failureOf } from '../support/harness.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { refusal } from './support/model-server.ts'
import {
  createSessionHarness,
  exchange,
  quietTimeMs,
  type SessionHarness,
} from './support/session-harness.ts'

const hour = 3_600_000

/** What foreign code may do in place of answering. */
const misdeeds: readonly (readonly [name: string, misdeed: () => unknown])[] = [
  [
    'throws',
    () => {
      throw new TypeError('thrown by foreign code')
    },
  ],
  [
    'throws what is no error',
    () => {
      throw undefined
    },
  ],
  [
    'throws an error that throws when it is read',
    () => {
      const evil = new Error('evil')
      for (const name of ['code', 'status', 'retryAfterMs', 'name', 'retryable']) {
        Object.defineProperty(evil, name, {
          get() {
            throw new Error('read')
          },
        })
      }
      throw evil
    },
  ],
  ['answers with nothing', () => undefined],
  ['answers with null', () => null],
  ['answers with NaN', () => Number.NaN],
  ['answers with text', () => 'no'],
  ['answers with an empty object', () => ({})],
  ['rejects', () => Promise.reject(new Error('later'))],
  ['never settles', () => new Promise(() => undefined)],
]

/** All a session does, with foreign code in it: whatever that does, these are answered, or end with an error of this package. */
async function liveThrough({ clock, session }: SessionHarness): Promise<void> {
  const calls = [
    session.get('/portfolio/x'),
    session.get('/iserver/x'),
    session.post('/iserver/y', { json: {} }),
    session.renew(),
    session.ready({ brokerage: true }),
  ]
  for (const call of calls) call.catch(() => undefined)
  await clock.advance(5 * 60_000)
  expect(() => [session.status(), session.health(), JSON.stringify(session.status())]).not.toThrow()
  await clock.until(session.close())
  for (const outcome of await clock.until(Promise.allSettled(calls))) {
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Error)
  }
  await clock.advance(hour)
  expect(clock.pending).toBe(0)
}

const pacingFunctions = [
  'acquire',
  'penalize',
  'pardon',
  'penaltyUntilMs',
  'queued',
  'waits',
  'drop',
  'hold',
  'subscribe',
] as const

/** A pacing of somebody else's, one function of which misbehaves. */
function brokenPacing(clock: VirtualClock, broken: keyof Pacing, misdeed: () => unknown): Pacing {
  const sound = createPacing({ clock })
  const functions = pacingFunctions.map((name) => [
    name,
    (...given: never[]) => (sound[name] as (...given: never[]) => unknown)(...given),
  ])
  return { ...Object.fromEntries(functions), [broken]: misdeed } as Pacing
}

describe.each(misdeeds)('foreign code that %s', (how, misdeed) => {
  test.each(pacingFunctions)(
    'in pacing.%s: requests go on, status is told, and close() ends',
    async (name) => {
      const clock = new VirtualClock(quietTimeMs)
      const harness = createSessionHarness({ pacing: brokenPacing(clock, name, misdeed) }, clock)
      const { server, session, events } = harness
      if (name !== 'acquire') {
        await clock.until(session.get('/portfolio/first'))
        await clock.until(session.conversation(({ get }) => get('/portfolio/asked')))
      }
      server.override = (path) => (path.endsWith('/limited') ? refusal(429, 'slow down') : undefined)
      session.get('/portfolio/limited').catch(() => undefined)
      await clock.advance(1_000)
      // Told, but not each time: whoever asks for the status at what is told would ask for ever.
      session.subscribe(() => session.status())
      await liveThrough(harness)
      const told = events.filter((event) => event.type === 'error' && event.during === 'callback')
      expect(told.length).toBeLessThan(20)
    },
  )

  test.each(['use', 'release'])('in %s of a permit: requests go on, and it is told once', async (name) => {
    const clock = new VirtualClock(quietTimeMs)
    const permit = { use: () => true, release: () => undefined, [name]: misdeed }
    const pacing = brokenPacing(clock, 'acquire', () => permit)
    const { session, events } = createSessionHarness({ pacing, brokerage: false }, clock)
    for (let call = 0; call < 3; call += 1) await clock.until(session.get('/portfolio/x'))
    await clock.until(session.close())
    const told = events.filter((event) => event.type === 'error' && event.during === 'callback')
    expect(told.length).toBeLessThanOrEqual(1)
  })

  test('in penalize: the address stops all the same', async () => {
    if (how === 'answers with an empty object') return
    const clock = new VirtualClock(quietTimeMs)
    const { server, session } = createSessionHarness(
      { pacing: brokenPacing(clock, 'penalize', misdeed), brokerage: false },
      clock,
    )
    await clock.until(session.ready())
    server.override = () => refusal(429, 'slow down')
    await clock.until(failureOf(session.get('/portfolio/x')))
    const sent = server.seen.length
    expect((await clock.until(failureOf(session.get('/portfolio/x')))).code).toBe('ERR_TRANSPORT_PENALTY_BOX')
    expect(session.health().waitingFor?.what).toBe('penalty')
    expect(server.seen.length).toBe(sent)
  })

  test.each(['publish', 'subscribe', 'leads', 'stop'])('in leadership.%s', async (name) => {
    const leadership: BrokerageLeadership = {
      get leads() {
        return name === 'leads' ? (misdeed() as boolean) : true
      },
      publish: () => (name === 'publish' ? misdeed() : undefined),
      subscribe: () =>
        name === 'subscribe' ? (misdeed() as never) : name === 'stop' ? (misdeed as never) : () => undefined,
    }
    await liveThrough(createSessionHarness({ brokerage: { leadership } }))
  })

  test('in what a leadership tells', async () => {
    let tell: (news: LeadershipNews) => void = () => undefined
    const leadership: BrokerageLeadership = {
      leads: false,
      publish: () => undefined,
      subscribe: (listener) => {
        tell = listener
        return () => undefined
      },
    }
    const harness = createSessionHarness({ brokerage: { leadership } })
    const evil = (member: string): LeadershipNews =>
      Object.defineProperty({ leads: false, report: undefined, proof: undefined }, member, {
        get: misdeed,
      }) as never
    for (const member of ['leads', 'report', 'proof']) expect(() => tell(evil(member))).not.toThrow()
    expect(() => tell(undefined as never)).not.toThrow()
    const proof = { atMs: 1e20 }
    expect(() => tell({ leads: false, report: { ...good, competing: true }, proof })).not.toThrow()
    await liveThrough(harness)
  })

  test.each([
    'username',
    'cookies',
    'brokerageProof',
    'adopted',
    'logout',
    'authorize',
    'expiresAtMs',
    'close',
  ])('in a credential’s %s', async (member) => {
    const harness = createSessionHarness({
      establish: async (context) => {
        const credential = await exchange(context, new Map(), harness.clock)
        return Object.defineProperty({ ...credential }, member, {
          get: misdeed,
          enumerable: true,
        }) as SessionCredential
      },
    })
    await liveThrough(harness)
  })

  test.each<[string, (act: () => unknown) => Partial<SessionOptions>]>([
    ['random', (act) => ({ random: act as never })],
    [
      'isPermanent',
      (act) => ({ isPermanent: act as never, establish: () => Promise.reject(new Error('no')) }),
    ],
    ['establish', (act) => ({ establish: act as never })],
    ['an interceptor', (act) => ({ interceptors: [act as never] })],
    [
      'an interceptor that has sent',
      (act) => ({ interceptors: [async (attempt, next) => [await next(attempt), await act()][1] as never] }),
    ],
    [
      'authorize',
      (act) => ({ establish: async ({ now }) => ({ authorize: act as never, expiresAtMs: now() + hour }) }),
    ],
    [
      'logout',
      (act) => ({
        establish: async ({ now }) => ({
          authorize: () => ({}),
          expiresAtMs: now() + hour,
          logout: act as never,
        }),
      }),
    ],
  ])('in %s', async (_, options) => {
    await liveThrough(createSessionHarness(options(misdeed)))
  })

  test('in listeners', async () => {
    const harness = createSessionHarness()
    harness.session.subscribe(misdeed as never)
    harness.session.onCredential(misdeed as never)
    await liveThrough(harness)
    expect(harness.events.some((event) => event.type === 'keep-alive')).toBe(true)
  })
})

const good = { authenticated: true, connected: true, competing: false, atMs: quietTimeMs }

test('a listener that asks for everything at everything comes to an end', async () => {
  const harness = createSessionHarness()
  harness.session.subscribe(() => [harness.session.status(), harness.session.health()])
  await liveThrough(harness)
})

test('a proof of the end of time stops no machine', async () => {
  const harness = createSessionHarness({
    establish: async (context) => ({
      ...(await exchange(context, new Map(), harness.clock)),
      brokerageProof: { atMs: 1e300 },
    }),
  })
  harness.server.competitor = true
  await liveThrough(harness)
})

test('an interceptor that hangs keeps no place of a limit on how many may run', async () => {
  const clock = new VirtualClock(quietTimeMs)
  const hangs: Interceptor = (attempt, next) =>
    attempt.path.endsWith('/hung') ? new Promise(() => undefined) : next(attempt)
  const limit = { name: 'one', methods: ['GET'], paths: ['/hung', '/free'], windows: [], concurrent: 1 }
  const pacing = createPacing({ clock, limits: [limit] })
  const { session } = createSessionHarness({ interceptors: [hangs], pacing, brokerage: false }, clock)
  await clock.until(session.ready())
  await clock.until(failureOf(session.get('/hung', { timeouts: { totalMs: 3_000 } })))
  expect((await clock.until(session.get('/free', { context: { maxWaitMs: 1_000 } }))).status).toBe(200)
})

test.each<[string, object]>([
  ['pacing', { pacing: {} }],
  ['pacing', { pacing: 'none' }],
  ['brokerage.leadership', { brokerage: { leadership: { leads: true } } }],
  ['maintenance[0]', { maintenance: [null] }],
  [
    'maintenance[0].days',
    { maintenance: [{ kind: 'weekend', timeZone: 'UTC', days: 7, startMinute: 0, durationMinutes: 1 }] },
  ],
])('%s that lacks what it is for is refused when it is given', (field, options) => {
  const create = (): Session => createSessionHarness(options as Partial<SessionOptions>).session
  expect(create).toThrow(
    expect.objectContaining({ code: 'ERR_TRANSPORT_INVALID_INPUT', message: expect.stringContaining(field) }),
  )
})

test('a pacing whose places never count keeps no request going for ever', async () => {
  const clock = new VirtualClock(quietTimeMs)
  let taken = 0
  const pacing: Pacing = Object.assign(createPacing({ clock }), {
    acquire: () => {
      taken += 1
      return { use: () => taken < 3, release: () => undefined }
    },
  })
  const { session, server } = createSessionHarness({ pacing, brokerage: false }, clock)
  await clock.until(session.ready())
  await clock.until(session.get('/portfolio/x'))
  const error = await clock.until(failureOf(session.get('/portfolio/y', { timeouts: { totalMs: 0 } })))
  expect(error).toMatchObject({ code: 'ERR_TRANSPORT_PACING_WAIT', sent: 'no' })
  expect(taken).toBeLessThan(20)
  expect(server.seen.filter(({ path, written }) => written && path === '/portfolio/y')).toEqual([])
})
