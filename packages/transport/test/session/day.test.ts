import { expect, test } from 'vitest'
import { isTransportError } from '../../src/errors.ts'
import { createPacing } from '../../src/pacing/pacing.ts'
import type { SessionOptions } from '../../src/session/options.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { Invariants } from './support/invariants.ts'
import type { Fault } from './support/model-server.ts'
import { createSessionHarness, moves, type SessionHarness } from './support/session-harness.ts'

const minute = 60_000
const hour = 60 * minute
const faults: readonly Fault[] = ['refused', 'unavailable', 'error', 'lost-before', 'lost-after']

interface Happening {
  readonly atMs: number
  happen(harness: SessionHarness): void
}

interface Outcome extends SessionHarness {
  readonly invariants: Invariants
  /** Codes of failed calls, and how often. */
  readonly failures: Map<string, number>
  readonly succeeded: number
  readonly ordersPlaced: number
}

/**
 * A backend at work: it reads every ten seconds and places an order every minute, each under its own id and never twice, while what
 * happens happens.
 */
async function work(
  seed: number,
  startMs: number,
  durationMs: number,
  happenings: readonly Happening[],
  options: Partial<SessionOptions> = {},
): Promise<Outcome> {
  const random = new SeededRandom(seed).next
  const clock = new VirtualClock(startMs)
  const harness = createSessionHarness({ random, pacing: createPacing({ clock }), ...options }, clock)
  const { server, session } = harness
  server.latencyMs = () => 5 + Math.floor(random() * 300)
  server.faultOf = () => (random() < 0.03 ? faults[Math.floor(random() * faults.length)] : undefined)
  const invariants = new Invariants(harness)
  for (const { atMs, happen } of happenings) clock.setTimeout(() => happen(harness), atMs - startMs)
  const failures = new Map<string, number>()
  let succeeded = 0
  let ordersPlaced = 0
  const note = (call: Promise<unknown>): void => {
    call.then(
      () => {
        succeeded += 1
      },
      (error: unknown) => {
        const code = isTransportError(error) ? error.code : String(error)
        failures.set(code, (failures.get(code) ?? 0) + 1)
      },
    )
  }
  for (let atMs = 0; atMs < durationMs; atMs += 10_000) {
    note(session.get(atMs % 20_000 === 0 ? '/iserver/marketdata/snapshot' : '/portfolio/x'))
    if (atMs % minute === 0) {
      note(session.post('/iserver/account/DU1/orders', { json: { id: String(ordersPlaced) } }))
      ordersPlaced += 1
    }
    await clock.advance(10_000)
  }
  await clock.advance(5 * minute)
  invariants.finish()
  return { ...harness, invariants, failures, succeeded, ordersPlaced }
}

/** 02:00 in New York on a Wednesday; the next 01:00 is 23 hours off. */
const wednesdayMs = Date.UTC(2026, 0, 7, 7)

function aDay(tokensSurvive: boolean): Happening[] {
  const resetMs = wednesdayMs + 23 * hour
  return [
    {
      atMs: wednesdayMs + 13 * hour,
      happen: ({ server }) => {
        server.competitor = true
      },
    },
    {
      atMs: wednesdayMs + 13 * hour + 10 * minute,
      happen: ({ server }) => {
        server.competitor = false
      },
    },
    {
      atMs: resetMs,
      happen: ({ server }) => {
        server.maintenance = true
        if (tokensSurvive) server.loseBrokerage()
        else server.reset()
      },
    },
    {
      atMs: resetMs + 20 * minute,
      happen: ({ server }) => {
        server.maintenance = false
      },
    },
  ]
}

test.each([
  ['ends every login', false],
  ['ends brokerage sessions only, so that the token lives its 24 h', true],
])(
  'a day with a reset that %s, 20 minutes of maintenance, a login elsewhere, and three faults in a hundred',
  { timeout: 600_000 },
  async (_, tokensSurvive) => {
    const day = await work(1, wednesdayMs, 24 * hour + 30 * minute, aDay(tokensSurvive))
    expect(day.invariants.violations).toEqual([])
    expect(day.session.status()).toMatchObject({ state: 'active', brokerage: { state: 'open' } })
    expect(day.server.brokerageOpen).toBe(true)
    expect(Math.max(...day.server.orders.values())).toBe(1)
    // One at the start; one for the reset, or ahead of the expiry.
    expect(day.session.status().established).toBe(2)
    expect(moves(day.events, 'brokerage').some((move) => move.endsWith('> competing'))).toBe(true)
    expect(day.server.competes.every((compete) => !compete)).toBe(true)
    expect(day.succeeded).toBeGreaterThan(0.97 * (day.ordersPlaced + 24.5 * 360))
    // Ten minutes of somebody else, twenty of maintenance: every failure has its own name.
    expect([...day.failures.keys()].sort()).toEqual(
      expect.arrayContaining([
        'ERR_TRANSPORT_AMBIGUOUS',
        'ERR_TRANSPORT_COMPETING_SESSION',
        'ERR_TRANSPORT_SERVER_ERROR',
      ]),
    )
  },
)

test('a Saturday: first nothing answers, then nobody is let in; few attempts, and back by itself', {
  timeout: 600_000,
}, async () => {
  const startMs = Date.UTC(2026, 0, 10, 21) // 16:00 in New York
  const saturday = await work(2, startMs, 10 * hour, [
    {
      atMs: startMs + 2 * hour,
      happen: ({ server }) => {
        server.maintenance = true
        server.reset()
      },
    },
    {
      atMs: startMs + 4 * hour,
      happen: ({ server }) => {
        server.maintenance = false
        server.loginsRefused = true
      },
    },
    {
      atMs: startMs + 7.5 * hour,
      happen: ({ server }) => {
        server.loginsRefused = false
      },
    },
  ])
  expect(saturday.invariants.violations).toEqual([])
  expect(saturday.session.status()).toMatchObject({ state: 'active', brokerage: { state: 'open' } })
  expect(saturday.session.status().maintenance).toBe('weekend')
  expect(Math.max(...saturday.server.orders.values())).toBe(1)
  expect(saturday.server.competes.every((compete) => !compete)).toBe(true)
  expect(saturday.failures.get('ERR_TRANSPORT_MAINTENANCE')).toBeGreaterThan(1_000)
  expect(saturday.failures.has('ERR_TRANSPORT_SESSION_FAILED')).toBe(false)
  // Three and a half hours of 2.5 to 5 minutes each, after a few quick ones.
  const logins = saturday.server.seen.filter(
    ({ path, status }) => path.startsWith('/oauth') && status === 401,
  )
  expect(logins.length).toBeGreaterThan(40)
  expect(logins.length).toBeLessThan(100)
})
