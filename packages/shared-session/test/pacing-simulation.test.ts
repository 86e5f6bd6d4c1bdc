import { expect, test } from 'vitest'
import type { PacingPermit, PacingRequest } from '../src/pacing/request.ts'
import { type SharedPacing, sharePacing } from '../src/pacing/share-pacing.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { mostInAnyWindow } from './support/most-in-any-window.ts'
import { seededRandom } from './support/seeded-random.ts'
import { unsteady, type Way } from './support/unsteady-store.ts'
import { VirtualTime } from './support/virtual-clock.ts'

// Schedules that a seed determines: processes that share one username over slow and lossy ways, whose requests leave late, or never.
// `pnpm simulate` runs thousands.

const seeds = Number(process.env.SHARED_SEEDS ?? 200)
const first = Number(process.env.SHARED_FIRST_SEED ?? 1)

const limits = [
  { name: 'tickle', methods: ['GET'], paths: ['/tickle'], windows: [{ requests: 1, intervalMs: 1_000 }] },
  {
    name: 'history',
    methods: ['GET'],
    paths: ['/history'],
    windows: [
      { requests: 5, intervalMs: 1_000 },
      { requests: 12, intervalMs: 5_000 },
    ],
    concurrent: 3,
  },
]

/** A request as the server would see it. */
interface Departure {
  readonly atMs: number
  readonly path: string
  readonly conversation: unknown
  readonly isCancellation: boolean
}

class Life {
  readonly time = new VirtualTime()
  readonly random: () => number
  readonly processes: SharedPacing[] = []
  readonly left: Departure[] = []
  /** When each conversation began to hold others back. */
  readonly heldAtMs = new Map<unknown, number>()
  running = 0
  mostRunning = 0

  constructor(seed: number) {
    this.random = seededRandom(seed)
    const store = memoryStore({ now: this.time.now })
    const count = 1 + Math.floor(this.random() * 6)
    for (let index = 0; index < count; index += 1) {
      const slowMs = this.random() ** 2 * 60
      const lossRate = this.random() < 0.1 ? 0.05 : 0
      const way: Way = { delayMs: () => this.random() * slowMs, isCut: false, lossRate }
      const pacing = sharePacing({
        store: unsteady(store, this.time, this.random, way),
        key: 'life',
        global: { requests: 10, intervalMs: 1_000 },
        limits,
        egress: 'office',
        clock: this.time.clock(this.random() * 7_200_000),
        random: this.random,
      })
      this.processes.push(pacing)
    }
  }

  async run(): Promise<void> {
    const all = this.processes.flatMap((pacing) => {
      const count = 3 + Math.floor(this.random() * 10)
      const requests = Array.from({ length: count }, () => this.request(pacing))
      return this.random() < 0.2 ? [...requests, this.converse(pacing)] : requests
    })
    await this.time.until(Promise.all(all))
    await Promise.all(this.processes.map((pacing) => this.time.until(pacing.close())))
  }

  async request(pacing: SharedPacing): Promise<void> {
    const drawn = this.random()
    const path = drawn < 0.15 ? '/tickle' : drawn < 0.5 ? '/history' : '/portfolio'
    const cancels = { method: 'DELETE', path: '/iserver/account/U1/order/7' }
    await this.time.pause(this.random() * 3_000)
    const isGivenUp = this.random() < 0.1
    await this.send(pacing, drawn > 0.95 ? cancels : { path }, { isGivenUp })
  }

  /** An order and its question. */
  async converse(pacing: SharedPacing): Promise<void> {
    await this.time.pause(this.random() * 2_000)
    const conversation = Symbol('conversation')
    const end = pacing.hold('user', conversation)
    this.heldAtMs.set(conversation, this.time.elapsedMs)
    for (const path of ['/order', '/reply']) {
      await this.send(pacing, { method: 'POST', path, conversation, priority: 'high' })
      await this.time.pause(this.random() * 100)
    }
    end()
  }

  async send(pacing: SharedPacing, more: Partial<PacingRequest>, { isGivenUp = false } = {}): Promise<void> {
    const request = { username: 'user', egress: undefined, method: 'GET', path: '/', ...more }
    const permit = await this.place(pacing, request, isGivenUp)
    if (permit === undefined) return
    const { path, method, conversation } = request
    this.left.push({ atMs: this.time.elapsedMs, path, conversation, isCancellation: method === 'DELETE' })
    await this.time.pause(this.random() ** 3 * 1_000)
    if (path === '/history') this.running -= 1
    permit.release(true)
  }

  /** Between a place and the departure some time passes; now and then too much. */
  async place(
    pacing: SharedPacing,
    request: PacingRequest,
    isGivenUp: boolean,
  ): Promise<PacingPermit | undefined> {
    for (;;) {
      const permit = await pacing.acquire(request)
      if (request.path === '/history') this.running += 1
      this.mostRunning = Math.max(this.mostRunning, this.running)
      await this.time.pause(this.random() ** 6 * 1_500)
      if (!isGivenUp && permit.use()) return permit
      if (request.path === '/history') this.running -= 1
      permit.release(false)
      if (isGivenUp) return undefined
    }
  }

  /** A process that lost sight of the store goes by its share, and may exceed a limit with the others. */
  get wasAway(): boolean {
    return this.processes.some((pacing) => pacing.status().store.lastError !== undefined)
  }

  /** Requests of others that left between the first and the last of a conversation, while it could hold them back. */
  get strangers(): Departure[] {
    return [...this.heldAtMs].flatMap(([talk, heldAtMs]) => {
      const own = this.left.flatMap(({ conversation }, index) => (conversation === talk ? [index] : []))
      return this.left.slice(own[0], own.at(-1)).filter(({ conversation, isCancellation, atMs }) => {
        return conversation !== talk && !isCancellation && atMs < heldAtMs + 5_000
      })
    })
  }

  times(path?: string): number[] {
    return this.left.filter((one) => path === undefined || one.path === path).map(({ atMs }) => atMs)
  }
}

test(`${seeds} lives: limits hold over all, by the moment in which requests leave`, {
  timeout: 900_000,
}, async () => {
  let [calm, conversations] = [0, 0]
  for (let seed = first; seed < first + seeds; seed += 1) {
    const life = new Life(seed)
    await life.run()
    if (life.wasAway) continue
    calm += 1
    conversations += life.times('/reply').length
    expect(mostInAnyWindow(life.times(), 1_000), `seed ${seed}`).toBeLessThanOrEqual(10)
    expect(mostInAnyWindow(life.times('/tickle'), 1_000), `seed ${seed}`).toBeLessThanOrEqual(1)
    expect(mostInAnyWindow(life.times('/history'), 1_000), `seed ${seed}`).toBeLessThanOrEqual(5)
    expect(mostInAnyWindow(life.times('/history'), 5_000), `seed ${seed}`).toBeLessThanOrEqual(12)
    expect(life.mostRunning, `seed ${seed}`).toBeLessThanOrEqual(3)
    expect(life.strangers, `seed ${seed}`).toEqual([])
  }
  expect(calm).toBeGreaterThan(seeds / 2)
  if (seeds >= 100) expect(conversations).toBeGreaterThan(seeds / 10)
})
