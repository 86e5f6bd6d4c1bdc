import { describe, expect, test } from 'vitest'
import type { LeadershipNews } from '../src/leadership/news.ts'
import type { ShareLeadershipOptions } from '../src/leadership/options.ts'
import { shareLeadership } from '../src/leadership/share-leadership.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Store } from '../src/store/store.ts'
import { VirtualTime } from './support/virtual-clock.ts'

const healthy = { authenticated: true, connected: true, competing: false }

/** A process that takes part, and what it was told. `stop()` is SIGSTOP or SIGKILL: nothing of it runs any more until `resume()`. */
function member(
  time: VirtualTime,
  store: Store,
  options: Partial<ShareLeadershipOptions> & { aheadMs?: number } = {},
) {
  const { aheadMs = 0, ...rest } = options
  const told: LeadershipNews[] = []
  let stopped = false
  let late: (() => void)[] = []
  const run = (callback: () => void): void => {
    if (stopped) late.push(callback)
    else callback()
  }
  const gate = <T>(promise: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      promise.then(
        (value) => run(() => resolve(value)),
        (error) => run(() => reject(error)),
      )
    })
  const clock = time.clock(aheadMs)
  const share = shareLeadership({
    store: {
      read: (key) => gate(store.read(key)),
      compareAndSet: (...values) => gate(store.compareAndSet(...values)),
      watch: (key, listener) => store.watch(key, () => run(listener)),
    },
    key: 'user',
    sealed: false,
    clock: { ...clock, setTimeout: (callback, delayMs) => clock.setTimeout(() => run(callback), delayMs) },
    ...rest,
  })
  return {
    share,
    told,
    now: () => time.now() + aheadMs,
    stop: () => {
      stopped = true
    },
    resume: () => {
      stopped = false
      const callbacks = late
      late = []
      for (const callback of callbacks) callback()
    },
    join: () => share.subscribe((news) => told.push(news)),
  }
}

function world() {
  const time = new VirtualTime()
  return { time, store: memoryStore({ now: time.now }) }
}

describe('one leader', () => {
  test('of several exactly one leads, and goes on leading', async () => {
    const { time, store } = world()
    const members = Array.from({ length: 5 }, () => member(time, store))
    for (const { join } of members) join()
    await time.advance(100)
    const leader = members.findIndex(({ share }) => share.leads)
    for (let second = 0; second < 60; second += 1) {
      await time.advance(1_000)
      expect(members.filter(({ share }) => share.leads)).toHaveLength(1)
      expect(members.findIndex(({ share }) => share.leads)).toBe(leader)
    }
  })

  test('a dead leader is followed by another within the lease and three seconds, with the proof', async () => {
    const { time, store } = world()
    const [first, second] = [member(time, store), member(time, store, { aheadMs: 3_600_000 })]
    first.join()
    await time.advance(100)
    second.join()
    await time.advance(5_000)
    const seenAtMs = first.now()
    first.share.publish({ ...healthy, atMs: seenAtMs })
    await time.advance(50)
    first.stop()
    const diedAtMs = time.elapsedMs
    while (!second.share.leads) await time.advance(100)
    expect(time.elapsedMs - diedAtMs).toBeLessThanOrEqual(13_000)
    const news = second.told.at(-1)!
    expect(news).toMatchObject({ leads: true, report: healthy })
    // Told in the time of the one who is told.
    expect(news.proof!.atMs - 3_600_000).toBeCloseTo(seenAtMs, -1)
  })

  test('two never lead at the same time, also when a leader sleeps and wakes', async () => {
    const { time, store } = world()
    const members = Array.from({ length: 3 }, () => member(time, store))
    for (const { join } of members) join()
    await time.advance(100)
    const sleeper = members.find(({ share }) => share.leads)!
    sleeper.stop()
    for (let step = 0; step < 150; step += 1) {
      await time.advance(100)
      expect(members.filter(({ share }) => share.leads).length).toBeLessThanOrEqual(1)
    }
    sleeper.resume()
    for (let step = 0; step < 100; step += 1) {
      expect(members.filter(({ share }) => share.leads).length).toBeLessThanOrEqual(1)
      await time.advance(50)
    }
    expect(sleeper.share.leads).toBe(false)
    expect(sleeper.told.at(-1)!.leads).toBe(false)
  })

  test('a leader that closes is followed at once, and nothing of it goes on', async () => {
    const { time, store } = world()
    const [first, second] = [member(time, store), member(time, store)]
    first.join()
    await time.advance(100)
    second.join()
    await time.advance(100)
    await time.until(first.share.close())
    await time.advance(100)
    expect(first.share.leads).toBe(false)
    expect(second.share.leads).toBe(true)
  })

  test('followers hear what the leader sees', async () => {
    const { time, store } = world()
    const [first, second] = [member(time, store), member(time, store)]
    first.join()
    await time.advance(100)
    second.join()
    await time.advance(100)
    first.share.publish({ ...healthy, established: true, atMs: first.now() })
    await time.advance(100)
    expect(second.told.at(-1)).toMatchObject({ leads: false, report: { ...healthy, established: true } })
    first.share.publish({ ...healthy, competing: true, atMs: first.now() })
    await time.advance(100)
    expect(second.told.at(-1)).toMatchObject({ report: { competing: true }, proof: undefined })
  })

  test('what one who does not lead says is nothing', async () => {
    const { time, store } = world()
    const [first, second] = [member(time, store), member(time, store)]
    first.join()
    await time.advance(100)
    second.join()
    await time.advance(100)
    second.share.publish({ ...healthy, atMs: second.now() })
    await time.advance(10_000)
    expect(first.told.at(-1)!.report).toBeUndefined()
  })

  test('nobody would lead before somebody listens', async () => {
    const { time, store } = world()
    const idle = member(time, store)
    await time.advance(60_000)
    expect(idle.share.leads).toBe(false)
    expect((await store.read('user leader')).value).toBeUndefined()
  })
})

describe('while the store is away', () => {
  function severable(store: Store) {
    const state = { away: false }
    const guard = <T>(call: () => Promise<T>): Promise<T> =>
      state.away ? Promise.reject(new Error('gone')) : call()
    const cut: Store = {
      read: (key) => guard(() => store.read(key)),
      compareAndSet: (...values) => guard(() => store.compareAndSet(...values)),
      watch: (key, listener) => store.watch(key, listener),
    }
    return { cut, state }
  }

  test('the lead ends with its lease by default', async () => {
    const { time, store } = world()
    const { cut, state } = severable(store)
    const leader = member(time, cut)
    leader.join()
    await time.advance(100)
    state.away = true
    await time.advance(11_000)
    expect(leader.share.leads).toBe(false)
    expect(leader.share.status()).toMatchObject({
      leads: false,
      store: { available: false },
      lastError: 'ERR_SHARED_SESSION_STORE_UNAVAILABLE',
    })
    state.away = false
    await time.advance(4_000)
    expect(leader.share.leads).toBe(true)
  })

  test("with 'alone' the leader goes on", async () => {
    const { time, store } = world()
    const { cut, state } = severable(store)
    const leader = member(time, cut, { whenAway: 'alone' })
    leader.join()
    await time.advance(100)
    state.away = true
    await time.advance(60_000)
    expect(leader.share.leads).toBe(true)
  })
})

test('a listener that throws stops nothing', async () => {
  const { time, store } = world()
  const leader = member(time, store)
  leader.join()
  leader.share.subscribe((news) => {
    if (news.leads) throw new Error('mine')
  })
  await time.advance(30_000)
  expect(leader.share.leads).toBe(true)
})

test('arguments are checked', () => {
  const { time, store } = world()
  expect(() => member(time, store, { leaseMs: -1 })).toThrow('leaseMs')
  expect(() => member(time, store, { sealed: undefined })).toThrow('seal')
  expect(() => member(time, store).share.publish({} as never)).toThrow('report')
  expect(() => member(time, store).share.subscribe('no' as never)).toThrow('listener')
})

describe("a follower's wish", () => {
  test('is told to the leader, to the next one as well, and is over after five minutes', async () => {
    const time = new VirtualTime()
    const store = memoryStore({ now: time.now })
    const [leader, follower, third] = [member(time, store), member(time, store), member(time, store)]
    for (const each of [leader, follower, third]) {
      each.join()
      await time.advance(50)
    }
    expect(leader.share.leads).toBe(true)
    expect(leader.told.at(-1)).toMatchObject({ wanted: false })
    for (let again = 0; again < 100; again += 1) follower.share.want()
    await time.advance(50)
    expect(leader.told.at(-1)).toMatchObject({ leads: true, wanted: true })
    await leader.share.close()
    await time.advance(500)
    const next = [follower, third].find(({ share }) => share.leads)
    expect(next?.told.at(-1)).toMatchObject({ leads: true, wanted: true })
    await time.advance(301_000)
    expect(next?.share.status().wanted).toBe(false)
    for (const { share } of [follower, third]) await time.until(share.close())
  })

  test('of a leader itself, or before it would lead, is nothing to tell', async () => {
    const time = new VirtualTime()
    const store = memoryStore({ now: time.now })
    const only = member(time, store)
    only.share.want()
    only.join()
    await time.advance(50)
    only.share.want()
    await time.advance(50)
    expect(only.share.status()).toMatchObject({ leads: true, wanted: false })
    await time.until(only.share.close())
  })
})
