import { expect, test } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { isTransportError } from '../../src/errors.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { createSessionHarness, quietTimeMs, type SessionHarness } from './support/session-harness.ts'

/** A machine with more to do than it can: timers go off late, connections open late, and replies overtake each other. */
class BusyMachine extends VirtualClock {
  readonly #random: SeededRandom

  constructor(random: SeededRandom) {
    super(quietTimeMs)
    this.#random = random
  }

  /** Mostly little, now and then a second. */
  latenessMs(): number {
    return this.#random.chance(0.1) ? this.#random.below(1_000) : this.#random.below(30)
  }

  /** The clock as the process has it. */
  late(): Clock {
    return {
      now: this.now,
      monotonicNow: this.monotonicNow,
      setTimeout: (callback, delayMs) => this.setTimeout(callback, delayMs + this.latenessMs()),
      clearTimeout: this.clearTimeout,
    }
  }
}

async function callAgainAndAgain(
  { session, clock }: SessionHarness,
  untilMs: number,
  refused: string[],
): Promise<void> {
  while (clock.now() < untilMs) {
    try {
      await session.get('/portfolio/x')
    } catch (error) {
      refused.push(isTransportError(error) ? `${error.code} ${error.status}` : String(error))
    }
  }
}

test.each([2, 12, 15, 17, 32, 33])(
  'of credentials that live for seconds no refusal reaches any of 64 callers on a busy machine (seed %i)',
  async (seed) => {
    const random = new SeededRandom(seed)
    const machine = new BusyMachine(random)
    const options = { pacing: false, brokerage: false, logins: { size: 100 } } as const
    const clock = machine.late()
    const harness = createSessionHarness({ ...options, clock, random: random.next }, machine)
    Object.assign(harness.server, {
      lifetimeMs: 4_000,
      // As far apart as a header of whole seconds does not tell.
      clockAheadMs: random.below(1_800) - 900,
      latencyMs: () => 5 + machine.latenessMs(),
      connectMs: () => machine.latenessMs(),
    })
    const refused: string[] = []
    const untilMs = machine.now() + 20_000
    const callers = Array.from({ length: 64 }, () => callAgainAndAgain(harness, untilMs, refused))
    await machine.until(Promise.all(callers))
    expect(refused).toEqual([])
    expect(harness.establishing.calls).toBeGreaterThan(4)
    await machine.until(harness.session.close())
  },
)

/** A slow request that is refused, and a quick one that is sent after it and accepted before. */
async function overtaken({ session, server, clock }: SessionHarness): Promise<number> {
  server.latencyMs = (path) => (path === '/portfolio/slow' ? 300 : 20)
  const slow = session.get('/portfolio/slow')
  await clock.advance(10)
  const quick = session.get('/portfolio/quick')
  const [{ status }] = await clock.until(Promise.all([slow, quick]))
  return status
}

test('a refusal shortly before the end may be the end, whatever was accepted meanwhile', async () => {
  const harness = createSessionHarness({ brokerage: false })
  Object.assign(harness.server, { lifetimeMs: 4_000, clockAheadMs: 900 })
  await harness.clock.until(harness.session.ready())
  await harness.clock.advance(3_830)
  expect(await overtaken(harness)).toBe(200)
  expect(harness.establishing.calls).toBe(2)
})

test('a renewal that is due is under way for whoever is refused, though its timer is late', async () => {
  const clock = new VirtualClock(quietTimeMs)
  const late: Clock = {
    now: clock.now,
    monotonicNow: clock.monotonicNow,
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs + 2_000),
    clearTimeout: clock.clearTimeout,
  }
  const harness = createSessionHarness({ brokerage: false, clock: late }, clock)
  harness.server.lifetimeMs = 3_600_000
  await clock.until(harness.session.ready())
  const { nextAttemptAtMs = 0 } = harness.session.status()
  await clock.advance(nextAttemptAtMs - clock.now() - 100)
  harness.server.override = (path, _, token) =>
    path === '/portfolio/slow' && token === 'token-1' ? { status: 401, body: '' } : undefined
  expect(await overtaken(harness)).toBe(200)
  expect(harness.establishing.calls).toBe(2)
})
