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

// Seeds at which a caller was given one before: timers late, clocks apart.
test.each([2, 3, 5, 8, 12, 15, 17, 32])(
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
