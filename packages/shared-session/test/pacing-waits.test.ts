import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { onStoreEvent } from '../src/index.ts'
import type { PacingPermit, PacingRequest } from '../src/pacing/request.ts'
import { type SharedPacing, sharePacing } from '../src/pacing/share-pacing.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Store } from '../src/store/store.ts'
import { takeByWriting } from '../src/store/take-by-writing.ts'
import { VirtualTime } from './support/virtual-clock.ts'

const callers = new AsyncLocalStorage<string>()

/** A process of its own on a store that counts what it is asked, and takes so long. */
function world({ delayMs = (): number => 1, requests = 2 } = {}) {
  const time = new VirtualTime()
  const inner = memoryStore({ now: time.now })
  let takes = 0
  const store: Store = {
    read: (key) => inner.read(key),
    compareAndSet: (...values) => inner.compareAndSet(...values),
    watch: (key, listener) => inner.watch(key, listener),
    take: async (key, request) => {
      takes += 1
      await time.pause(delayMs())
      return takeByWriting(inner, key, request)
    },
  }
  // Runtime timers remember who set them, as those of virtual time do not.
  const clock = time.clock()
  const pacing = (): SharedPacing =>
    sharePacing({
      store,
      key: 'paper',
      global: { requests, intervalMs: 1_000 },
      limits: [],
      marginMs: 0,
      egress: 'office',
      clock: { ...clock, setTimeout: (run, ms) => clock.setTimeout(AsyncLocalStorage.bind(run), ms) },
    })
  return { time, pacing, takes: () => takes }
}

const ask = (more: Partial<PacingRequest> = {}): PacingRequest => ({
  username: 'user',
  egress: undefined,
  method: 'GET',
  path: '/portfolio/accounts',
  ...more,
})

test('whoever comes in one turn of the loop is asked for in one round trip', async () => {
  const { time, pacing, takes } = world({ requests: 100 })
  const share = pacing()
  const permits = await time.until(Promise.all(Array.from({ length: 64 }, () => share.acquire(ask()))))
  expect(permits).toHaveLength(64)
  expect(takes()).toBe(1)
})

test("a caller's asynchronous context outlasts the wait, and what goes on for all sees nobody's", async () => {
  const told: [string, string | undefined][] = []
  const stop = onStoreEvent('ibkr-auth:store:operation', ({ operation }) => {
    told.push([operation, callers.getStore()])
  })
  const { time, pacing } = world()
  const share = callers.run('maker', pacing)
  share.subscribe(({ type }) => told.push([type, callers.getStore()]))
  const seen: [string, string | undefined][] = []
  const send = async (name: string): Promise<void> => {
    const permit = await share.acquire(ask())
    seen.push([name, callers.getStore()])
    permit.release(true)
    await time.pause(10)
    seen.push([name, callers.getStore()])
  }
  const names = ['a', 'b', 'c', 'd', 'e']
  await time.until(Promise.all(names.map((name) => callers.run(name, () => send(name)))))
  expect(time.elapsedMs).toBeGreaterThan(2_000)
  expect(seen).toHaveLength(10)
  for (const [name, caller] of seen) expect(caller).toBe(name)
  await time.advance(60_000)
  stop()
  const ofTheLine = told.filter(([what]) => what === 'take' || what === 'wait')
  expect(ofTheLine.length).toBeGreaterThan(8)
  expect(ofTheLine.map(([, caller]) => caller).filter((caller) => caller !== undefined)).toEqual([])
  await time.until(share.close())
})

test('a signal ends the wait for a store that takes its time, and one that was aborted before', async () => {
  let delayMs = 0
  const { time, pacing } = world({ delayMs: () => delayMs })
  const share = pacing()
  const permit = await time.until(share.acquire(ask()))
  permit.release(true)
  delayMs = 1_000
  const [before, after] = [new AbortController(), new AbortController()]
  before.abort(new Error('before'))
  const asked = [before, after].map(({ signal }) => share.acquire(ask({ signal })).catch((error) => error))
  await time.advance(20)
  after.abort(new Error('after'))
  const errors = await Promise.all(asked)
  expect(errors.map(({ message }) => message)).toEqual(['before', 'after'])
  expect(share.queued('user')).toBe(0)
  // Their places come back with the next request.
  await time.advance(3_000)
  delayMs = 0
  await time.until(Promise.all([share.acquire(ask()), share.acquire(ask())]))
})

test('whoever gave up before the first answer leaves nothing to wake up for', async () => {
  const { time, pacing } = world({ requests: 1 })
  const share = pacing()
  const permit = await time.until(share.acquire(ask()))
  const asked = share.acquire(ask({ signal: AbortSignal.abort(new Error('given up')) }))
  await expect(time.until(asked)).rejects.toThrow('given up')
  permit.release(true)
  expect(share.queued('user')).toBe(0)
})

test('a session makes no signal for a request that has its place soon', async () => {
  const { time, pacing } = world()
  const share = pacing()
  let made = 0
  const request = {
    ...ask(),
    get signal() {
      made += 1
      return undefined
    },
  }
  const permits: PacingPermit[] = []
  for (let number = 0; number < 2; number += 1) permits.push(await time.until(share.acquire(request)))
  expect(made).toBe(0)
  permits.push(await time.until(share.acquire(request)))
  expect(made).toBe(1)
  for (const permit of permits) permit.release(true)
})

test('a place is for the moment for which it was asked; one that is over comes back', async () => {
  const { time, pacing } = world({ requests: 1 })
  const [one, other] = [pacing(), pacing()]
  const late = await time.until(one.acquire(ask()))
  expect(late.use()).toBe(true)
  await time.advance(30)
  expect(late.use()).toBe(false)
  late.release(false)
  await time.advance(5)
  const next = await time.until(other.acquire(ask()))
  expect(time.elapsedMs).toBeLessThan(100)
  expect(next.use()).toBe(true)
  next.release(true)
})

test('what was said of a place first stands', async () => {
  const { time, pacing } = world({ requests: 1 })
  const [one, other] = [pacing(), pacing()]
  const permit = await time.until(one.acquire(ask()))
  permit.release(true)
  permit.release(false)
  await time.advance(10)
  const next = await time.until(other.acquire(ask()))
  expect(time.elapsedMs).toBeGreaterThanOrEqual(1_000)
  next.release(true)
})

test("one of a process's own share counts from its use, and is over with its window", async () => {
  const time = new VirtualTime()
  const away = async (): Promise<never> => {
    throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
  }
  const share = sharePacing({
    store: { read: away, compareAndSet: away, watch: away, take: away },
    key: 'paper',
    global: { requests: 1, intervalMs: 1_000 },
    limits: [],
    marginMs: 0,
    assumedProcesses: 1,
    clock: time.clock(),
  })
  const first = await time.until(share.acquire(ask()))
  await time.advance(600)
  expect(first.use()).toBe(true)
  first.release(true)
  const usedAtMs = time.elapsedMs
  const second = await time.until(share.acquire(ask()))
  expect(time.elapsedMs - usedAtMs).toBeGreaterThanOrEqual(1_000)
  await time.advance(1_000)
  expect(second.use()).toBe(false)
  second.release(false)
  await time.until(share.close())
})
