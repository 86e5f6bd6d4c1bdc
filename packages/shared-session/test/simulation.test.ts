import { expect, test } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import { ModelProcess, ModelServer } from './support/model.ts'
import { seededRandom } from './support/seeded-random.ts'
import { unsteady, type Way } from './support/unsteady-store.ts'
import { VirtualTime } from './support/virtual-clock.ts'

// Schedules that a seed determines: processes with clocks of their own on a store that is slow, loses messages and is cut off, killed and
// started anew, on a server where each login voids the one before. `pnpm simulate` runs thousands.

const seeds = Number(process.env.SHARED_SEEDS ?? 200)
const first = Number(process.env.SHARED_FIRST_SEED ?? 1)
const lifetimeMs = 20_000
const minutes = 4

/** What one life came to. */
interface Outcome {
  readonly logins: number
  readonly expiries: number
  /** Processes killed while they logged in, and logins that failed or lost their way to the store. */
  readonly excuses: number
  readonly staleMs: number
  readonly served: number
  readonly refused: number
}

class Life {
  readonly time = new VirtualTime()
  readonly server: ModelServer
  readonly random: () => number
  readonly store = memoryStore({ now: this.time.now })
  readonly members: { process: ModelProcess; way: Way; isAlive: boolean; servedAtMs: number }[] = []
  readonly mean: boolean
  excuses = 0
  staleMs = 0
  served = 0
  refused = 0

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.mean = seed % 2 === 0
    this.server = new ModelServer(this.time, lifetimeMs, 100 + this.random() * 1_500)
    const count = 2 + Math.floor(this.random() * 5)
    for (let index = 0; index < count; index += 1) this.spawn()
  }

  spawn(): void {
    const slowMs = this.random() * 20
    const way: Way = {
      delayMs: () => this.random() * slowMs,
      isCut: false,
      lossRate: this.mean ? this.random() * 0.02 : 0,
    }
    const drawnMs = this.random() < 0.3 ? (this.random() - 0.5) * 7_200_000 : 0
    // A clock that is ahead by less than a credential lives has it renewed so much earlier. Not that: the time of a session is the server's.
    const aheadMs = drawnMs > 0 && drawnMs < lifetimeMs ? -drawnMs : drawnMs
    const store = unsteady(this.store, this.time, this.random, way)
    const process = new ModelProcess(this.server, store, { aheadMs })
    process.follow()
    this.members.push({ process, way, isAlive: true, servedAtMs: 0 })
  }

  async run(): Promise<Outcome> {
    for (const member of this.members) this.work(member)
    for (let second = 0; second < minutes * 60; second += 1) {
      await this.time.advance(1_000)
      if (this.mean) this.disturb()
    }
    // Whatever has happened: once all is well again, all have a login that is good.
    for (const { way } of this.members) {
      way.isCut = false
      way.lossRate = 0
    }
    await this.time.advance(60_000)
    for (const { process, isAlive, servedAtMs } of this.members) {
      const sinceMs = this.time.elapsedMs - servedAtMs
      if (isAlive) expect(sinceMs, JSON.stringify(process.failures.slice(-5))).toBeLessThan(5_000)
    }
    const { excuses, staleMs, served, refused, server } = this
    const expiries = Math.ceil((minutes * 60_000 + 60_000) / (lifetimeMs - 3_000)) + 1
    return { logins: server.logins, expiries, excuses, staleMs, served, refused }
  }

  /** Requests, a renewal ahead of the expiry, another credential when one is over or refused. */
  work(member: Life['members'][number]): void {
    const { process } = member
    const tick = (): void => {
      if (!member.isAlive) return
      this.time.after(150 + this.random() * 100, tick)
      this.observe(member)
      const leftMs = (process.held?.expiresAtMs ?? 0) - process.now
      if (process.held === undefined) void process.obtain('first').catch(() => undefined)
      else if (leftMs <= 0) void process.obtain('expired').catch(() => undefined)
      else if (!process.request()) void process.obtain('refused').catch(() => undefined)
      else if (leftMs < 1_500 + this.random() * 1_500) void process.obtain('scheduled').catch(() => undefined)
    }
    this.time.after(this.random() * 1_000, tick)
  }

  /** How long a process that reaches the store goes on with a credential that was replaced. */
  observe(member: Life['members'][number]): void {
    const { process, way } = member
    if (process.request()) {
      this.served += 1
      member.servedAtMs = this.time.elapsedMs
    } else if (process.token !== undefined && process.token < this.server.logins) {
      this.refused += 1
      if (!way.isCut && !this.mean)
        this.staleMs = Math.max(this.staleMs, this.time.now() - this.server.replacedAtMs)
    }
  }

  disturb(): void {
    for (const member of this.members) {
      if (this.random() < 0.01) this.cut(member)
      else if (member.way.isCut && this.random() < 0.2) member.way.isCut = false
      if (member.isAlive && this.random() < 0.005) this.kill(member)
    }
    if (this.random() < 0.02) {
      this.server.expiresAtMs = 0
      this.excuses += 1
    }
  }

  cut(member: Life['members'][number]): void {
    if (!member.way.isCut && member.process.share.status().loggingIn === 'here') this.excuses += 1
    member.way.isCut = !member.way.isCut
  }

  kill(member: Life['members'][number]): void {
    member.isAlive = false
    member.way.isCut = true
    if (member.process.share.status().loggingIn === 'here') this.excuses += 1
    member.process.controller.abort(new Error('killed'))
    this.spawn()
    this.work(this.members.at(-1)!)
  }
}

test(`${seeds} lives: one login for each expiry, nobody left behind`, { timeout: 600_000 }, async () => {
  let [logins, calm] = [0, 0]
  for (let seed = first; seed < first + seeds; seed += 1) {
    const life = new Life(seed)
    const outcome = await life.run()
    if (life.mean) {
      expect(outcome.served, `seed ${seed}`).toBeGreaterThan(0)
      // Each lost message or cut may cost the login that it belongs to, and no more.
      expect(outcome.logins, `seed ${seed}`).toBeLessThanOrEqual(2 * outcome.expiries + outcome.excuses)
      continue
    }
    calm += 1
    logins += outcome.logins
    expect(outcome.logins, `seed ${seed}`).toBeLessThanOrEqual(outcome.expiries)
    expect(outcome.staleMs, `seed ${seed}`).toBeLessThanOrEqual(2_000)
  }
  if (calm > 0) expect(logins / calm).toBeGreaterThan(10)
})
