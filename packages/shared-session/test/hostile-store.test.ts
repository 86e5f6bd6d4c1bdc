import { describe, expect, test } from 'vitest'
import { shareLeadership } from '../src/leadership/share-leadership.ts'
import type { PacingRequest } from '../src/pacing/request.ts'
import { sharePacing } from '../src/pacing/share-pacing.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { redisStore } from '../src/store/redis-store.ts'
import type { Store } from '../src/store/store.ts'
import type { TakeAnswer } from '../src/store/take.ts'
import { takeByWriting } from '../src/store/take-by-writing.ts'
import { ModelProcess, ModelServer } from './support/model.ts'
import { VirtualTime } from './support/virtual-clock.ts'

const hour = 3_600_000

/** A store whose clock can be set. */
function world() {
  const time = new VirtualTime()
  const state = { setBackMs: 0 }
  const store = memoryStore({ now: () => time.now() - state.setBackMs })
  return { time, state, store, server: new ModelServer(time, 4 * hour) }
}

/** The same store with some of its operations replaced. */
function changed(store: Store, changes: Partial<Store>): Store {
  return {
    read: (key) => store.read(key),
    compareAndSet: (...values) => store.compareAndSet(...values),
    watch: (key, listener) => store.watch(key, listener),
    ...changes,
  }
}

const healthy = { authenticated: true, connected: true, competing: false }
const wish: PacingRequest = { username: 'user', egress: undefined, method: 'GET', path: '/x' }

describe('a store whose clock is set back an hour', () => {
  test('the lease of a process that died is over at once', async () => {
    const { time, state, store, server } = world()
    const dead = new ModelProcess(server, store, { establish: () => new Promise(() => undefined) })
    const flight = dead.obtain('first')
    await time.advance(100)
    dead.controller.abort(new Error('killed'))
    await Promise.race([flight.catch(() => undefined), time.advance(10)])
    state.setBackMs = hour
    const other = new ModelProcess(server, store)
    const beganMs = time.elapsedMs
    await time.until(other.obtain('first'))
    expect(time.elapsedMs - beganMs).toBeLessThan(13_000)
  })

  test('a login that failed keeps nobody back for longer than it had to', async () => {
    const { time, state, store, server } = world()
    const refused = Object.assign(new Error('no'), { code: 'E_NO' })
    const failing = new ModelProcess(server, store, { establish: () => Promise.reject(refused) })
    await expect(time.until(failing.obtain('first'))).rejects.toThrow('no')
    state.setBackMs = hour
    await time.until(new ModelProcess(server, store).obtain('first'))
    expect(server.logins).toBe(1)
  })

  test('the lead of a process that died is taken within the lease', async () => {
    const { time, state, store } = world()
    let isDead = false
    const mortal = changed(store, {
      read: (key) => (isDead ? new Promise(() => undefined) : store.read(key)),
      compareAndSet: (...values) => (isDead ? new Promise(() => undefined) : store.compareAndSet(...values)),
    })
    const [dead, other] = [mortal, store].map((each) =>
      shareLeadership({ store: each, key: 'user', sealed: false, clock: time.clock() }),
    ) as [ReturnType<typeof shareLeadership>, ReturnType<typeof shareLeadership>]
    dead.subscribe(() => undefined)
    await time.advance(100)
    other.subscribe(() => undefined)
    await time.advance(100)
    expect([dead.leads, other.leads]).toEqual([true, false])
    isDead = true
    state.setBackMs = hour
    await time.advance(13_000)
    expect(other.leads).toBe(true)
    await time.until(other.close())
  })
})

describe('answers that cannot be', () => {
  test('a store that takes no write has nobody log in, and nobody go round without end', async () => {
    const { time, store, server } = world()
    const deaf = changed(store, { compareAndSet: async () => ({ written: false, nowMs: time.now() }) })
    await expect(time.until(new ModelProcess(server, deaf).obtain('first'))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_STORE_BROKEN',
    })
    expect(server.logins).toBe(0)
  })

  test('a write that was carried out and answered too late: the lease is its own, and it goes on', async () => {
    const { time, store, server } = world()
    let isSlow = true
    const slow = changed(store, {
      async compareAndSet(...values) {
        const outcome = await store.compareAndSet(...values)
        if (isSlow) await time.pause(5_000)
        isSlow = false
        return outcome
      },
    })
    const process = new ModelProcess(server, slow)
    await expect(time.until(process.obtain('first'))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_STORE_UNAVAILABLE',
    })
    const againMs = time.elapsedMs
    await time.advance(5_000)
    await time.until(process.obtain('first'))
    expect(time.elapsedMs - againMs).toBeLessThan(6_000)
    expect(server.logins).toBe(1)
  })

  test.each([
    ['nanoseconds', 1.76e18],
    ['before all times', -1],
  ])('a clock that tells %s is no clock: nothing is written that nobody could read', async (_what, nowMs) => {
    const { time, server } = world()
    const store = memoryStore({ now: () => nowMs })
    await expect(time.until(new ModelProcess(server, store).obtain('first'))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_STORE_BROKEN',
    })
    expect([server.logins, (await store.read('user')).value]).toEqual([0, undefined])
  })

  test('an earlier login that was put back with its revision is overwritten by whoever knows the later one', async () => {
    const { time, server } = world()
    let store = memoryStore({ now: time.now })
    const through = changed(store, {
      read: (key) => store.read(key),
      compareAndSet: (...values) => store.compareAndSet(...values),
      watch: (key, listener) => store.watch(key, listener),
    })
    const process = new ModelProcess(server, through)
    await time.until(process.obtain('first'))
    process.follow()
    const { value, revision } = await store.read('user')
    await time.until(process.obtain('renew'))
    // What a backup of the store, or an attacker with full access to it, can do.
    store = memoryStore({ now: time.now })
    for (let written = 0; written < revision; written += 1)
      await store.compareAndSet('user', written, value, 4 * hour)
    expect(await store.read('user')).toMatchObject({ value, revision })
    await time.advance(3_000)
    const late = new ModelProcess(server, through)
    await time.until(late.obtain('first'))
    expect([process.token, late.token, server.logins]).toEqual([2, 2, 2])
  })

  test('the record of one kind is not read as another, without a seal either', async () => {
    const { time, store, server } = world()
    const leadership = shareLeadership({ store, key: 'user', sealed: false, clock: time.clock() })
    leadership.subscribe(() => undefined)
    await time.advance(100)
    await time.until(leadership.close())
    const { value } = await store.read('user leader')
    await store.compareAndSet('user', 0, value, hour)
    await expect(time.until(new ModelProcess(server, store).obtain('first'))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_UNREADABLE',
    })
    expect((await store.read('user')).value).toBe(value)
  })

  test.each([
    ['more than was asked for', { granted: [2] }],
    ['a part of a place', { granted: [0.5] }],
    ['less than nothing', { granted: [-1] }],
    ['for another wish', { granted: [1, 1], waitMs: [0, 0] }],
    ['for no wish', { granted: [], waitMs: [] }],
    ['texts', { granted: ['1'] }],
    ['a wait that is no number', { granted: [0], waitMs: [Number.NaN] }],
    ['no holders', { holders: undefined }],
    ['no time', { nowMs: undefined }],
  ])('take() that grants %s is not believed: the process goes by its share', async (_what, wrong) => {
    const { time, store } = world()
    const lying = changed(store, {
      async take(key, request) {
        const answer = await takeByWriting(store, key, request)
        return (request.wishes.length === 0 ? answer : { ...answer, ...wrong }) as TakeAnswer
      },
    })
    const pacing = sharePacing({
      store: lying,
      key: 'paper',
      global: { requests: 10, intervalMs: 1_000 },
      limits: [],
      clock: time.clock(),
    })
    const permit = await time.until(pacing.acquire(wish))
    permit.release(true)
    expect(pacing.status()).toMatchObject({ store: { lastError: 'ERR_SHARED_SESSION_STORE_BROKEN' } })
    await time.until(pacing.close())
  })

  test('a wait that is longer than any timer is a refusal, or a timer', async () => {
    const { time, store } = world()
    const endless = changed(store, {
      async take(key, request) {
        const answer = await takeByWriting(store, key, request)
        return { ...answer, granted: answer.granted.map(() => 0), waitMs: answer.waitMs.map(() => 1e300) }
      },
    })
    const timers: number[] = []
    const clock = time.clock()
    const pacing = sharePacing({
      store: endless,
      key: 'paper',
      global: { requests: 10, intervalMs: 1_000 },
      limits: [],
      clock: {
        ...clock,
        setTimeout: (callback, delayMs) => {
          timers.push(delayMs)
          return clock.setTimeout(callback, delayMs)
        },
      },
    })
    await expect(time.until(pacing.acquire(wish))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_PACING_WAIT',
    })
    const patient = pacing.acquire({ ...wish, maxWaitMs: Number.POSITIVE_INFINITY })
    patient.catch(() => undefined)
    await time.advance(1_000)
    expect(Math.max(...timers)).toBeLessThanOrEqual(2_147_483_647)
    await time.until(pacing.close())
    await expect(patient).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_CLOSED' })
  })

  test.each([
    'null',
    '[]',
    '{"holders":{}}',
    '{"holders":{"a":"b"},"counters":{}}',
    '{"holders":{},"counters":{"all":null}}',
    '{"holders":{},"counters":{"all":{"intervalMs":1,"grants":[[1]],"running":[]}}}',
  ])('counters that read %s count as none', async (value) => {
    const { time, store } = world()
    await store.compareAndSet('paper pacing user counters', 0, value, hour)
    const pacing = sharePacing({
      store,
      key: 'paper',
      global: { requests: 10, intervalMs: 1_000 },
      limits: [],
      clock: time.clock(),
    })
    const permit = await time.until(pacing.acquire(wish))
    permit.release(true)
    expect(pacing.status().usernames).toMatchObject([{ alone: false }])
    await time.until(pacing.close())
  })
})

describe('a Redis client that answers otherwise', () => {
  const answering = (answer: unknown) =>
    redisStore({
      defineCommand: () => undefined,
      eval: async () => answer,
      evalsha: async () => answer,
      duplicate: () => ({}) as never,
    })

  test.each([
    ['bytes', [Buffer.from('{}'), '5', '1000']],
    ['a number', [7, '5', '1000']],
    ['no list', 'OK'],
  ])(
    '%s in the place of a value: an error, and not an empty key that is logged in over',
    async (_what, answer) => {
      await expect(answering(answer).read('key')).rejects.toMatchObject({
        code: 'ERR_SHARED_SESSION_STORE_BROKEN',
      })
      const { server } = world()
      const process = new ModelProcess(server, answering(answer))
      await expect(process.obtain('first')).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_STORE_BROKEN' })
      expect(server.logins).toBe(0)
    },
  )

  test('nothing is an empty key', async () => {
    expect(await answering([null, '5', '1000']).read('key')).toEqual({
      value: undefined,
      revision: 5,
      nowMs: 1_000,
    })
  })
})

describe('a watch that lies', () => {
  const watches: readonly [string, Store['watch']][] = [
    ['never tells', async () => () => undefined],
    ['never answers', () => new Promise(() => undefined)],
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['gives nothing to stop with', async () => undefined as never],
    [
      'cannot be stopped',
      async () => () => {
        throw new Error('no')
      },
    ],
    [
      'tells at once, and without end',
      async (_key, listener) => {
        listener()
        for (let time = 0; time < 1_000; time += 1) queueMicrotask(listener)
        return () => undefined
      },
    ],
  ]
  test.each(watches)('%s: a later login is found all the same', async (_what, watch) => {
    const { time, store, server } = world()
    const blind = new ModelProcess(server, changed(store, { watch }))
    const other = new ModelProcess(server, store)
    await time.until(Promise.all([blind.obtain('first'), other.obtain('first')]))
    blind.follow()
    await time.until(other.obtain('renew'))
    await time.advance(1_500)
    expect(blind.token).toBe(2)
    await time.until(blind.share.close())
    await time.advance(2_000)
  })

  test('what it tells after it was stopped is not heard', async () => {
    const { time, store } = world()
    const listeners: (() => void)[] = []
    let reads = 0
    const stubborn = changed(store, {
      read: (key) => {
        reads += 1
        return store.read(key)
      },
      async watch(_key, listener) {
        listeners.push(listener)
        return () => undefined
      },
    })
    const leadership = shareLeadership({ store: stubborn, key: 'user', sealed: false, clock: time.clock() })
    leadership.subscribe(() => undefined)
    await time.advance(100)
    leadership.publish({ ...healthy, atMs: time.now() })
    await time.until(leadership.close())
    const before = reads
    for (const listener of listeners) listener()
    await time.advance(30_000)
    expect(reads).toBe(before)
  })
})
