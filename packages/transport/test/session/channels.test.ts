import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from 'vitest'
import { onTransportEvent, type TransportEvents } from '../../src/events.ts'
import { createPacing } from '../../src/pacing/pacing.ts'
import { onSessionEvent, type SessionEvents } from '../../src/session/channels.ts'
import type { SessionOptions } from '../../src/session/options.ts'
import { failureOf } from '../support/harness.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { createSessionHarness, quietTimeMs, type SessionHarness } from './support/session-harness.ts'

const requestChannels = [
  'call-start',
  'call-end',
  'attempt-start',
  'attempt-end',
  'wait-start',
  'wait-end',
  'retry',
] as const
const sessionChannels = [
  'session:state',
  'session:brokerage',
  'session:login-start',
  'session:login-end',
  'session:established',
  'session:keep-alive',
  'session:error',
  'session:clocks-parted',
  'pacing:wait',
  'pacing:penalty',
  'pacing:pardon',
] as const

interface Told {
  readonly channel: string
  readonly message: object
}

const told: Told[] = []
const stops: (() => void)[] = []

beforeEach(() => {
  const note = (channel: string) => (message: object) => void told.push({ channel, message })
  for (const name of requestChannels)
    stops.push(onTransportEvent(`ibkr-auth:transport:${name}`, note(`transport:${name}`)))
  for (const name of sessionChannels) stops.push(onSessionEvent(`ibkr-auth:${name}`, note(name)))
})

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  told.length = 0
})

const messages = (channel: string): object[] =>
  told.filter((one) => one.channel === channel).map(({ message }) => message)

function harness(options: Partial<SessionOptions> = {}): SessionHarness {
  const clock = new VirtualClock(quietTimeMs)
  return createSessionHarness({ pacing: createPacing({ clock }), egress: 'office', ...options }, clock)
}

describe('logins', () => {
  test('are told with their reason, outcome and length', async () => {
    const { clock, server, session } = harness()
    await clock.until(session.get('/portfolio/x'))
    server.revokeAll()
    await clock.until(session.get('/portfolio/x'))
    server.faultOf = (path) => (path.startsWith('/oauth') ? 'error' : undefined)
    await clock.until(failureOf(session.renew()))
    const { id } = session.status()
    expect(messages('session:login-start')).toMatchObject([
      { session: id, username: 'model', reason: 'first' },
      { reason: 'refused' },
      { reason: 'renew' },
    ])
    expect(messages('session:login-end')).toMatchObject([
      { session: id, reason: 'first', outcome: 'established', elapsedMs: 20, code: undefined },
      { reason: 'refused', outcome: 'established' },
      { reason: 'renew', outcome: 'failed', code: 'ERR_TRANSPORT_SERVER_ERROR' },
    ])
  })

  test('that took over what another process had are no logins at IBKR', async () => {
    const { clock, session, server } = harness({
      establish: async () => ({
        adopted: true,
        expiresAtMs: quietTimeMs + 3_600_000,
        authorize: () => ({ authorization: 'Token of-another' }),
      }),
    })
    server.register('of-another', quietTimeMs + 3_600_000)
    await clock.until(session.get('/portfolio/x'))
    expect(messages('session:login-end')).toMatchObject([{ reason: 'first', outcome: 'adopted' }])
  })

  test('that closing cuts short end as abandoned, once', async () => {
    const { clock, session } = harness({ establish: () => new Promise(() => undefined) })
    const failed = failureOf(session.get('/portfolio/x'))
    await clock.advance(10)
    await clock.until(session.close())
    await failed
    expect(messages('session:login-end')).toMatchObject([{ outcome: 'abandoned', code: undefined }])
  })

  test('that bring an expired credential have failed', async () => {
    const { clock, session } = harness({
      establish: async () => ({ expiresAtMs: 1, authorize: () => ({ authorization: 'Token x' }) }),
      renewal: { patience: 1 },
    })
    await clock.until(failureOf(session.get('/portfolio/x')))
    expect(messages('session:login-end')).toMatchObject([{ outcome: 'failed', code: 'RangeError' }])
  })
})

test('requests say which session they are of, and what it sends them for', async () => {
  const { clock, server, session } = harness()
  await clock.until(session.get('/iserver/x'))
  server.revokeAll()
  await clock.until(session.get('/portfolio/x'))
  await clock.until(session.close())
  const { id } = session.status()
  const purposes = messages('transport:call-end').map((message) => Object.values(message).slice(1, 3))
  expect(purposes.every(([of]) => of === id)).toBe(true)
  expect(new Set(purposes.map(([, purpose]) => purpose))).toEqual(
    new Set(['establish', 'brokerage', 'question', 'logout', undefined]),
  )
  const waits = messages('transport:wait-end')
  expect(waits.length).toBeGreaterThan(0)
  for (const wait of waits) expect(wait).toMatchObject({ session: id })
})

describe('waits', () => {
  const waits = (path: string): object[] =>
    messages('transport:wait-end').filter((message) => 'path' in message && message.path === path)

  test('are told with reason and length, of the call that waits', async () => {
    const { clock, session } = harness()
    await clock.until(session.get('/iserver/x?token=s3cret'))
    const waited = waits('/v1/api/iserver/x?token=[masked]')
    expect(waited).toMatchObject([
      { reason: 'login', elapsedMs: 20, code: undefined, attempt: 0, method: 'GET' },
      { reason: 'brokerage', attempt: 0, origin: 'https://api.ibkr.com' },
    ])
    const calls = new Set(waited.map((message) => 'call' in message && message.call))
    expect(calls.size).toBe(1)
    const [call] = calls
    expect(messages('transport:attempt-end')).toContainEqual(expect.objectContaining({ call, status: 200 }))
  })

  test('for a place name pacing, and their limit beside it', async () => {
    const { clock, session } = harness()
    await clock.until(session.ready())
    await clock.until(Promise.all([session.get('/portfolio/accounts'), session.get('/portfolio/accounts')]))
    expect(waits('/v1/api/portfolio/accounts')).toMatchObject([{ reason: 'pacing', elapsedMs: 5_050 }])
    expect(messages('pacing:wait')).toMatchObject([
      { username: 'model', method: 'GET', path: '/portfolio/accounts', expectedMs: 5_050 },
    ])
  })

  test('for the answer whether a credential still counts, and for the next, before a repeat', async () => {
    const numbers: number[] = []
    const { clock, server, session } = harness({
      interceptors: [
        (attempt, next) => {
          if (attempt.path === '/portfolio/x') numbers.push(attempt.number)
          return next(attempt)
        },
      ],
    })
    await clock.until(session.ready())
    server.revokeAll()
    await clock.until(session.get('/portfolio/x'))
    expect(numbers).toEqual([1, 2])
    const reasons = waits('/v1/api/portfolio/x').map((message) => 'reason' in message && message.reason)
    expect(reasons[0]).toBe('question')
    expect(waits('/v1/api/portfolio/x')[0]).toMatchObject({ attempt: 1 })
    expect(messages('transport:attempt-start')).toContainEqual(
      expect.objectContaining({ path: '/v1/api/portfolio/x', attempt: 2 }),
    )
  })

  test('that fail say by what', async () => {
    const { clock, session, server } = harness({ renewal: { patience: 1 } })
    server.loginsRefused = true
    await clock.until(failureOf(session.get('/portfolio/x')))
    expect(waits('/v1/api/portfolio/x')).toMatchObject([
      { reason: 'login', code: 'ERR_TRANSPORT_SESSION_FAILED' },
    ])
  })
})

test('penalties and pardons are told once, however many sessions they stop', async () => {
  const clock = new VirtualClock(quietTimeMs)
  const pacing = createPacing({ clock })
  const sessions = [1, 2, 3].map(() => createSessionHarness({ pacing, egress: 'office' }, clock))
  for (const { session } of sessions) await clock.until(session.ready())
  const [first] = sessions as [SessionHarness, ...SessionHarness[]]
  first.server.faultOf = () => 'paced'
  await clock.until(failureOf(first.session.get('/portfolio/x')))
  pacing.pardon('office')
  expect(messages('pacing:penalty')).toMatchObject([{ egress: 'office', untilMs: clock.now() + 600_000 }])
  expect(messages('pacing:pardon')).toEqual([{ type: 'pardon', egress: 'office' }])
  for (const { events } of sessions) {
    expect(events.filter(({ type }) => type === 'penalty' || type === 'pardon')).toHaveLength(2)
  }
})

test('a penalty of an address without a name tells nothing of what stands for it', async () => {
  const pacing = createPacing()
  pacing.penalize({ secret: 's3cret' })
  pacing.pardon({})
  expect(messages('pacing:penalty')).toEqual([{ type: 'penalty', untilMs: expect.any(Number) }])
})

test('no secret is in anything that a whole life tells', async () => {
  const cookie = 'x-sess-uuid=c00kie-c00kie; Path=/'
  const { clock, server, session } = harness({
    cookies: { names: ['x-sess-uuid'] },
    renewal: { patience: 1 },
  })
  await clock.until(session.get('/iserver/x?session=s3cret-s3cret'))
  server.cookies = [cookie]
  const baked = session.get('/portfolio/x')
  await clock.advance(20)
  await baked // takes turns that no clock counts
  server.cookies = []
  await clock.until(session.get('/portfolio/x'))
  await clock.advance(120_000) // keep-alives
  await clock.until(Promise.all([session.get('/portfolio/accounts'), session.get('/portfolio/accounts')]))
  server.revokeAll()
  await clock.until(session.get('/portfolio/x'))
  server.faultOf = () => 'unavailable'
  await clock.until(failureOf(session.get('/portfolio/x')))
  server.faultOf = () => undefined
  server.competitor = true
  await clock.advance(120_000)
  server.competitor = false
  await clock.advance(120_000)
  clock.set(clock.now() + 3_600_000)
  await clock.until(session.get('/portfolio/x'))
  server.faultOf = () => 'paced'
  await clock.until(failureOf(session.get('/portfolio/x')))
  await clock.advance(600_000)
  server.faultOf = () => undefined
  await clock.until(session.close())
  await leakyLogin()
  const pardoned = createPacing()
  pardoned.penalize('office')
  pardoned.pardon('office')
  const channels = [...requestChannels.map((name) => `transport:${name}`), ...sessionChannels]
  expect(new Set(told.map(({ channel }) => channel))).toEqual(new Set(channels))
  const all = inspect(told, {
    depth: 20,
    maxArrayLength: Infinity,
    maxStringLength: Infinity,
    showHidden: true,
  })
  for (const secret of ['s3cret', 'c00kie', 'token-1', 'token-2', 'Bearer', 'f'.repeat(32)])
    expect(all).not.toContain(secret)
  expect(all).toContain('session=[masked]')
  expect(JSON.stringify(told)).not.toMatch(/s3cret|c00kie|token-\d/)
})

/** An error as HTTP clients throw it: it carries what was sent, and says it. */
async function leakyLogin(): Promise<void> {
  const config = { headers: { authorization: 'Bearer s3cret-s3cret' } }
  const { clock, session } = harness({
    establish: () =>
      Promise.reject(
        Object.assign(new Error('refused: Bearer s3cret-s3cret'), { config, code: 'ERR_BAD_REQUEST' }),
      ),
  })
  await clock.until(failureOf(session.get('/portfolio/x')))
  expect(messages('session:error').at(-1)).toMatchObject({
    error: { code: 'ERR_BAD_REQUEST', message: 'ERR_BAD_REQUEST' },
  })
}

test('listeners that throw, or reject, harm nothing and are reported', async () => {
  const faults: unknown[] = []
  const rage = new Error('mine')
  const asynchronously = async (): Promise<void> => {
    throw rage
  }
  stops.push(
    onTransportEvent('ibkr-auth:listener-error', (event) => {
      faults.push(event)
      throw rage
    }),
    onTransportEvent('ibkr-auth:transport:call-start', () => {
      throw rage
    }),
    onTransportEvent('ibkr-auth:transport:attempt-end', asynchronously),
    onSessionEvent('ibkr-auth:session:state', () => {
      throw rage
    }),
  )
  const { clock, session } = harness({ brokerage: false })
  expect((await clock.until(session.get('/portfolio/x'))).status).toBe(200)
  expect(faults).toContainEqual({ listener: 'ibkr-auth:transport:call-start', error: rage })
  expect(faults).toContainEqual({ listener: 'ibkr-auth:transport:attempt-end', error: rage })
  expect(faults).toContainEqual({ listener: 'ibkr-auth:session:state', error: rage })
})

test('the lists above are all there is', () => {
  type Listed =
    | `ibkr-auth:transport:${(typeof requestChannels)[number]}`
    | `ibkr-auth:${(typeof sessionChannels)[number]}`
    | 'ibkr-auth:listener-error'
  expectTypeOf<Listed>().toEqualTypeOf<keyof (TransportEvents & SessionEvents)>()
})
