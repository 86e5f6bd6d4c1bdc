import { randomUUID } from 'node:crypto'
import { inBackground, monotonic } from '../clock.ts'
import { closed, nameOf } from '../errors.ts'
import { Changes } from '../record/changes.ts'
import { SealedRecord } from '../record/sealed-record.ts'
import { spanOf } from '../record/span.ts'
import type { StoreAccess } from '../store/store-access.ts'
import { tell } from '../tell.ts'
import {
  activeLeader,
  type BrokerageReport,
  isWanted,
  type LeaderRecord,
  leaderRecord,
  withReport,
  withWish,
} from './leader-record.ts'
import type { LeadershipNews } from './news.ts'
import type { LeadershipSettings } from './options.ts'

/** Leader election by a lease in the store: this process would lead, or follows the one that does. */
export class LeaderElection {
  readonly #settings: LeadershipSettings
  readonly #access: StoreAccess
  readonly #record: SealedRecord<LeaderRecord>
  readonly #holder = randomUUID()
  readonly #listeners = new Set<(news: LeadershipNews) => void>()
  #leadsUntilMs = Number.NEGATIVE_INFINITY
  #known: LeaderRecord = leaderRecord.empty
  #pending: BrokerageReport | undefined
  #running: Promise<void> | undefined
  #isToRunAgain = false
  /** While somebody here takes part. */
  #changes: Changes | undefined
  #leaving: Promise<void> | undefined
  #isClosed = false
  #isWanting = false
  #timer: unknown
  #told = ''
  lastError: string | undefined
  readonly #contained = (error: unknown): void => {
    this.lastError = nameOf(error)
  }

  constructor(settings: LeadershipSettings, access: StoreAccess) {
    this.#settings = settings
    this.#access = access
    this.#record = new SealedRecord(access, settings.sealer, settings.key, leaderRecord)
  }

  /** False as soon as the lease may have ended, whatever the store says: a process that slept leads no more when it wakes. */
  get leads(): boolean {
    return this.#isOn && monotonic(this.#settings.clock) < this.#leadsUntilMs
  }

  /** What is known, in this machine's time. */
  get news(): LeadershipNews {
    const { report, proof } = this.#known
    const here = (atMs: number): number => atMs - this.#aheadMs()
    return {
      leads: this.leads,
      report: report && { ...report, atMs: here(report.atMs) },
      proof: proof && { atMs: here(proof.atMs) },
      wanted: isWanted(this.#known, this.#access.now()),
    }
  }

  subscribe(listener: (news: LeadershipNews) => void): () => void {
    if (this.#isClosed) throw closed('the brokerage session')
    this.#listeners.add(listener)
    if (!this.#isOn) this.#start()
    tell(listener, this.news, this.#contained)
    return () => {
      // A leader that nobody here listens to would keep the others from a session that nobody tickles.
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#leaving = this.#leave()
    }
  }

  /** Stored with the next word of the leader, which is said at once. A report of one who does not lead is nobody's. */
  publish(report: BrokerageReport): void {
    if (!this.leads) return
    const pending = { ...report, atMs: report.atMs + this.#aheadMs() }
    this.#pending = pending
    this.#known = withReport(this.#known, pending)
    this.#run()
  }

  /** Somebody here waits for the brokerage session: whoever leads is told. */
  want(): void {
    if (!this.#isOn || this.#isWanting || this.leads) return
    this.#isWanting = true
    const ended = (): void => {
      this.#isWanting = false
    }
    this.#record.update(withWish).then(ended, (error: unknown) => {
      ended()
      this.lastError = nameOf(error)
    })
  }

  /** For good: others need not wait for the end of the lead. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#listeners.clear()
    this.#leaving = this.#leave()
    await this.#leaving
  }

  get #isOn(): boolean {
    return this.#changes !== undefined
  }

  /** Gives up the lead, so that others need not wait for its end. */
  async #leave(): Promise<void> {
    const changes = this.#changes
    if (changes === undefined) return this.#leaving
    this.#changes = undefined
    changes.close()
    this.#leadsUntilMs = Number.NEGATIVE_INFINITY
    this.#settings.clock.clearTimeout(this.#timer)
    // What is being written would else give the lead to one who has left.
    await this.#running
    try {
      await this.#record.update((record) =>
        record.leader?.holder === this.#holder ? { ...record, leader: undefined } : undefined,
      )
    } catch (error) {
      // The lease ends by itself.
      this.lastError = nameOf(error)
    }
  }

  #start(): void {
    const { key, clock, pollMs } = this.#settings
    this.#changes = new Changes(this.#access, key, clock, pollMs)
    this.#changes.listen(() => this.#run())
    this.#run()
  }

  /** One round at a time; whatever comes up meanwhile is seen to by the next. */
  #run(): void {
    this.#isToRunAgain = true
    if (this.#running !== undefined) return
    const ended = (): void => {
      this.#running = undefined
      if (this.#isToRunAgain && this.#isOn) this.#run()
    }
    this.#running = this.#runAll().then(ended, ended)
  }

  async #runAll(): Promise<void> {
    await this.#leaving
    const term = this.#changes
    while (this.#isToRunAgain && term !== undefined && this.#changes === term) {
      this.#isToRunAgain = false
      try {
        await this.#round()
        this.lastError = undefined
      } catch (error) {
        this.lastError = nameOf(error)
        this.#goOnAlone()
      }
      this.#tell()
      this.#schedule()
    }
  }

  async #round(): Promise<void> {
    const { clock, leaseMs } = this.#settings
    const beganAtMs = monotonic(clock)
    const term = this.#changes
    const standing = await this.#record.read()
    const { record, nowMs } = standing
    const leader = activeLeader(record, nowMs)
    if (leader !== undefined && leader !== this.#holder) return this.#follow(record)
    if (leader === this.#holder && this.leads && this.#pending === undefined && !this.#isDue()) {
      this.#known = record
      return
    }
    const pending = this.#pending
    const kept = pending === undefined ? record : withReport(record, pending)
    const led: LeaderRecord = { ...kept, leader: { holder: this.#holder, ...spanOf(nowMs, leaseMs) } }
    if (!(await this.#record.write(standing, led))) {
      this.#isToRunAgain = true
      return
    }
    if (this.#changes !== term) return
    // Counted from before the store was asked, so never longer than the store counts it.
    this.#leadsUntilMs = beganAtMs + leaseMs
    this.#known = led
    if (this.#pending === pending) this.#pending = undefined
  }

  #follow(record: LeaderRecord): void {
    this.#leadsUntilMs = Number.NEGATIVE_INFINITY
    this.#pending = undefined
    this.#known = record
  }

  /** The leader whose store is away: by policy it goes on, or lets its lease end. */
  #goOnAlone(): void {
    if (this.#settings.whenAway === 'alone' && this.leads)
      this.#leadsUntilMs = monotonic(this.#settings.clock) + this.#settings.leaseMs
  }

  #isDue(): boolean {
    return this.#leadsUntilMs - monotonic(this.#settings.clock) <= (this.#settings.leaseMs * 2) / 3
  }

  /** Looks again in time: to keep the lead, to notice its end, or to take it once the leader's time is over. */
  #schedule(): void {
    const { clock, leaseMs } = this.#settings
    clock.clearTimeout(this.#timer)
    if (!this.#isOn) return
    const { leader } = this.#known
    const overInMs = leader === undefined ? 0 : leader.untilMs - this.#access.now()
    const waitMs = this.leads ? leaseMs / 3 : Math.min(leaseMs / 3, Math.max(overInMs + 20, leaseMs / 20))
    this.#timer = inBackground(clock, waitMs, () => {
      this.#tell()
      this.#run()
    })
  }

  #tell(): void {
    const { news } = this
    const text = JSON.stringify([news.leads, this.#known.report, this.#known.proof, news.wanted])
    if (text === this.#told) return
    this.#told = text
    for (const listener of [...this.#listeners]) tell(listener, news, this.#contained)
  }

  /** The store's time less this machine's. */
  #aheadMs(): number {
    return this.#access.now() - this.#settings.clock.now()
  }
}
