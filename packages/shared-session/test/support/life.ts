import { memoryStore } from '../../src/store/memory-store.ts'
import { type ModelCredential, ModelProcess, ModelServer } from './model.ts'
import { seededRandom } from './seeded-random.ts'
import { unsteady, type Way } from './unsteady-store.ts'
import { VirtualTime } from './virtual-clock.ts'

/** `calm`: slow ways and wrong clocks. `mortal`: owners die besides, at any instant of a login. `mean`: ways lose messages and are cut, too. */
export type Kind = 'calm' | 'mortal' | 'mean'

const minutes = 4

/** What one life came to. */
export interface Outcome {
  readonly logins: number
  readonly expiries: number
  /** Processes killed while they logged in, and logins that failed or lost their way to the store. */
  readonly excuses: number
  /** How long after it was replaced a credential was used, at most. */
  readonly staleMs: number
  readonly served: number
  readonly refused: number
  /** How long ago each living process was last served. */
  readonly unservedMs: readonly number[]
  readonly failures: readonly string[]
  /** By the clocks of one of them, and the store's, a credential lives for longer than it does: its end is a refusal. */
  readonly isOverrated: boolean
}

interface Member {
  readonly process: ModelProcess
  readonly way: Way
  isAlive: boolean
  servedAtMs: number
}

/** Processes that share one login, as a seed determines: their clocks, their ways to the store, and what befalls them. */
export class Life {
  readonly kind: Kind
  readonly time: VirtualTime = new VirtualTime()
  readonly #random: () => number
  readonly #server: ModelServer
  readonly #store: ReturnType<typeof memoryStore>
  readonly #slowestMs: number
  readonly #storeAheadMs: number
  readonly #members: Member[] = []
  /** How long a credential lives by clocks that are as far apart as some of these, at least and at most. */
  #shortestMs = Number.POSITIVE_INFINITY
  #longestMs = 0
  /** Nothing befalls anybody any more. */
  #isWell = false
  #excuses = 0
  #staleMs = 0
  #served = 0
  #refused = 0

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    this.kind = (['calm', 'mean', 'mortal'] as const)[seed % 3] ?? 'calm'
    const lifetimeMs = this.#random() < 0.7 ? 20_000 : 90_000
    this.#server = new ModelServer(this.time, lifetimeMs, 100 + this.#random() * 1_500)
    this.#slowestMs = this.#random() < 0.3 ? 280 : 20
    this.#storeAheadMs = this.#random() < 0.3 ? this.#drawClock() : 0
    this.#store = memoryStore({ now: () => this.time.now() + this.#storeAheadMs })
    const count = 2 + Math.floor(this.#random() * 5)
    for (let index = 0; index < count; index += 1) this.#spawn()
  }

  /** An hour off, or by about as much as a credential lives. */
  #drawClock(): number {
    const rangeMs = this.#random() < 0.5 ? 7_200_000 : 2.5 * this.#server.lifetimeMs
    return Math.round((this.#random() - 0.5) * rangeMs)
  }

  #spawn(): Member {
    const slowMs = this.#random() * this.#slowestMs
    const isMean = this.kind === 'mean'
    const way: Way = {
      delayMs: () => this.#random() * slowMs,
      isCut: false,
      lossRate: isMean ? this.#random() * 0.02 : 0,
    }
    const aheadMs = this.#random() < 0.3 ? this.#drawClock() : 0
    // It lives from its coming on, and a login takes a while.
    const livesMs = [0, 2_000].map((tookMs) => this.#lifeBy(aheadMs, tookMs))
    this.#shortestMs = Math.min(this.#shortestMs, ...livesMs)
    this.#longestMs = Math.max(this.#longestMs, ...livesMs)
    const store = unsteady(this.#store, this.time, this.#random, way)
    const logIn = (): Promise<ModelCredential> => this.#logIn(member)
    const member: Member = {
      process: new ModelProcess(this.#server, store, { aheadMs, logIn }),
      way,
      isAlive: true,
      servedAtMs: 0,
    }
    member.process.follow()
    this.#members.push(member)
    return member
  }

  /** The owner may die before its login comes to the server, while that computes, and after it has answered. */
  #logIn(member: Member): Promise<ModelCredential> {
    const { loginMs } = this.#server
    if (this.kind === 'mortal' && !this.#isWell && this.#random() < 0.3)
      this.time.after(this.#random() * 1.5 * loginMs, () => this.#isWell || this.#kill(member))
    return this.#server.login()
  }

  /** How long a credential is held to live that this one gets, by what the README says of clocks. */
  #lifeBy(aheadMs: number, tookMs: number): number {
    const { lifetimeMs } = this.#server
    const lives = [aheadMs, this.#storeAheadMs].map((byMs) => lifetimeMs - byMs - tookMs)
    const [less, more] = [Math.min(...lives), Math.max(...lives)]
    if (more < 5_000) return 30_000
    return less >= 5_000 && more - less > 30_000 ? less : more
  }

  async run(): Promise<Outcome> {
    for (const member of this.#members) this.#work(member)
    for (let second = 0; second < minutes * 60; second += 1) {
      await this.time.advance(1_000)
      if (this.kind !== 'calm') this.#disturb()
    }
    // Whatever has happened: once all is well again, all have a login that is good.
    this.#isWell = true
    for (const { way, isAlive } of this.#members) {
      way.isCut = !isAlive
      way.lossRate = 0
    }
    await this.time.advance(60_000)
    // Where by all clocks hardly anything is left, one login follows another, as in one process.
    const { lifetimeMs, loginMs } = this.#server
    const shortestMs = Math.max(Math.min(this.#shortestMs, lifetimeMs) - 3_000, loginMs)
    const alive = this.#members.filter(({ isAlive }) => isAlive)
    return {
      logins: this.#server.logins,
      expiries: Math.ceil((minutes * 60_000 + 60_000) / shortestMs) + 1,
      excuses: this.#excuses,
      staleMs: this.#staleMs,
      served: this.#served,
      refused: this.#refused,
      unservedMs: alive.map(({ servedAtMs }) => this.time.elapsedMs - servedAtMs),
      failures: alive.flatMap(({ process }) => process.failures.slice(-3)),
      isOverrated: this.#longestMs > lifetimeMs,
    }
  }

  /** Requests, a renewal ahead of the expiry, another credential when one is over or refused. */
  #work(member: Member): void {
    const { process } = member
    const tick = (): void => {
      if (!member.isAlive) return
      this.time.after(150 + this.#random() * 100, tick)
      void process.signature().then((token) => this.#send(member, token))
      const leftMs = (process.held?.expiresAtMs ?? 0) - process.now
      if (process.held === undefined) void process.obtain('first').catch(() => undefined)
      else if (leftMs <= 0) void process.obtain('expired').catch(() => undefined)
      else if (leftMs < 1_500 + this.#random() * 1_500)
        void process.obtain('scheduled').catch(() => undefined)
    }
    this.time.after(this.#random() * 1_000, tick)
  }

  /** A request comes to the server. */
  #send(member: Member, token: number | undefined): void {
    if (token === undefined || !member.isAlive) return
    const { process, way } = member
    if (this.#server.accepts(token)) {
      this.#served += 1
      member.servedAtMs = this.time.elapsedMs
      return
    }
    this.#refused += 1
    if (token < this.#server.logins && !way.isCut && this.kind !== 'mean')
      this.#staleMs = Math.max(this.#staleMs, this.time.now() - this.#server.replacedAtMs)
    void process.obtain('refused').catch(() => undefined)
  }

  #disturb(): void {
    const isMean = this.kind === 'mean'
    for (const member of this.#members.filter(({ isAlive }) => isAlive)) {
      if (isMean && this.#random() < 0.01) this.#cut(member)
      else if (member.way.isCut && this.#random() < 0.2) member.way.isCut = false
      if (this.#random() < 0.005) this.#kill(member)
    }
    if (isMean && this.#random() < 0.02) {
      this.#server.expiresAtMs = 0
      this.#excuses += 1
    }
  }

  #cut({ way, process }: Member): void {
    if (!way.isCut && process.share.status().loggingIn === 'here') this.#excuses += 1
    way.isCut = !way.isCut
  }

  #kill(member: Member): void {
    if (!member.isAlive) return
    const { process, way } = member
    member.isAlive = false
    way.isCut = true
    if (process.share.status().loggingIn === 'here') this.#excuses += 1
    process.controller.abort(new Error('killed'))
    this.#work(this.#spawn())
  }
}
