import { expect, test } from 'vitest'
import { isTransportError } from '../../src/errors.ts'
import { createPacing } from '../../src/pacing/pacing.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { Invariants } from './support/invariants.ts'
import type { Fault } from './support/model-server.ts'
import { seededRandom } from './support/seeded-random.ts'
import { createSessionHarness, quietTimeMs, type SessionHarness } from './support/session-harness.ts'

const seeds = Number(process.env.SESSION_SEEDS ?? 120)
const firstSeed = Number(process.env.SESSION_FIRST_SEED ?? 1)
const faults: readonly Fault[] = ['refused', 'unavailable', 'error', 'lost-before', 'lost-after']

/** One seeded life: anything may happen in any order, then everything heals. */
class Life {
  readonly harness: SessionHarness
  readonly invariants: Invariants
  readonly #random: () => number
  readonly #calls: Promise<void>[] = []
  #settled = 0
  #orders = 0
  #closed = false

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    const clock = new VirtualClock(quietTimeMs + this.#below(48) * 1_800_000)
    this.harness = createSessionHarness({ random: this.#random, pacing: createPacing({ clock }) }, clock)
    this.invariants = new Invariants(this.harness)
    const { server } = this.harness
    server.lifetimeMs = this.#pick([4_000, 30_000, 600_000, 86_400_000])
    server.latencyMs = () => this.#below(500)
    server.brokeragePerToken = this.#random() < 0.5
    const rate = this.#pick([0, 0.03, 0.2])
    server.faultOf = () => {
      if (this.#random() < rate / 200) return 'paced'
      return this.#random() < rate ? this.#pick(faults) : undefined
    }
  }

  async run(): Promise<void> {
    for (let step = 0; step < 60; step += 1) {
      this.#act()
      await this.harness.clock.advance(this.#pick([0, 1, 50, 400, 3_000, 20_000, this.#below(200_000)]))
    }
    await this.#heal()
    this.invariants.finish()
  }

  #act(): void {
    const { session, server } = this.harness
    const order = { json: { id: `order-${this.#orders}` } }
    const actions: readonly (() => void)[] = [
      () => this.#crowd(() => session.get('/portfolio/x')),
      () => this.#crowd(() => session.get('/iserver/x')),
      () => this.#crowd(() => session.get('/iserver/account/orders')),
      () => this.#call(session.post('/iserver/account/DU1/orders', order), () => (this.#orders += 1)),
      () => this.#call(session.post('/iserver/account/DU1/orders', order), () => (this.#orders += 1)),
      () => this.#abandon(),
      () => server.revokeAll(),
      () => server.reset(),
      () => server.loseBrokerage(),
      () => server.loseAccounts(),
      () => server.timeOutBrokerage(),
      () => this.#toggleCompetitor(),
      () => this.#toggleMaintenance(),
      () => this.#call(session.renew()),
      () => this.#call(session.ready({ brokerage: this.#random() < 0.5 })),
      () => this.#compete(),
      () => this.#mayClose(),
    ]
    this.#pick(actions)()
  }

  #crowd(ask: () => Promise<unknown>): void {
    for (let count = this.#pick([1, 1, 5, 40]); count > 0; count -= 1) this.#call(ask())
  }

  #call(call: Promise<unknown>, begun: () => void = () => undefined): void {
    begun()
    this.#calls.push(
      call.then(
        () => {
          this.#settled += 1
        },
        (error: unknown) => {
          this.#settled += 1
          if (!isTransportError(error))
            this.invariants.violations.push(`not a transport error: ${String(error)}`)
        },
      ),
    )
  }

  #abandon(): void {
    const controller = new AbortController()
    this.#call(this.harness.session.get('/iserver/x', { signal: controller.signal }))
    this.harness.clock.setTimeout(() => controller.abort(), this.#below(1_000))
  }

  #toggleCompetitor(): void {
    this.harness.server.competitor = !this.harness.server.competitor
  }

  #toggleMaintenance(): void {
    const { server } = this.harness
    server.maintenance = !server.maintenance
    if (server.maintenance) server.reset()
  }

  #compete(): void {
    this.invariants.allowedCompetes += 1
    this.#call(this.harness.session.openBrokerage({ takeOver: true }))
  }

  #mayClose(): void {
    if (this.#random() < 0.7) return
    this.#closed = true
    this.#call(this.harness.session.close())
    this.invariants.noteClose()
  }

  /** Everything is well again: the session must find its way back, or stay closed and silent. */
  async #heal(): Promise<void> {
    const { session, server, clock } = this.harness
    server.competitor = false
    server.maintenance = false
    server.lifetimeMs = 86_400_000
    server.faultOf = () => undefined
    await clock.advance(1_200_000)
    if (this.#settled !== this.#calls.length) this.invariants.violations.push('a call never settled')
    if (!this.#closed) await this.#proveAlive()
    await clock.until(session.close())
    this.invariants.noteClose()
    const sent = server.seen.length
    await clock.advance(2_000_000)
    if (server.seen.length !== sent) this.invariants.violations.push('sent after close')
    if (clock.pending !== 0) this.invariants.violations.push(`${clock.pending} timers left`)
  }

  async #proveAlive(): Promise<void> {
    const { session, clock } = this.harness
    if (session.status().state === 'failed') await clock.until(session.renew())
    await clock.until(session.get('/iserver/x'))
    const { state, brokerage } = session.status()
    if (state !== 'active' || brokerage.state !== 'open')
      this.invariants.violations.push(`ended ${state}, ${brokerage.state}`)
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T
  }
}

test(`${seeds} lives in which anything happens in any order break no rule`, {
  timeout: 3_600_000,
}, async () => {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const life = new Life(seed)
    const outcome = await life.run().catch((error: unknown) => error)
    expect({ seed, outcome, violations: life.invariants.violations }).toEqual({
      seed,
      outcome: undefined,
      violations: [],
    })
  }
})
