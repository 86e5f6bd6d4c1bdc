import { describe, expect, test } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Store } from '../src/store/store.ts'
import { ModelProcess, ModelServer } from './support/model.ts'
import { settle, VirtualTime } from './support/virtual-clock.ts'

function world(lifetimeMs?: number, loginMs?: number) {
  const time = new VirtualTime()
  const server = new ModelServer(time, lifetimeMs, loginMs)
  const store = memoryStore({ now: time.now })
  return { time, server, store }
}

function counted(store: Store) {
  const calls: string[] = []
  const note = <A extends unknown[], R>(name: string, method: (...values: A) => R) => {
    return (...values: A): R => {
      calls.push(name)
      return method(...values)
    }
  }
  const watched: Store = {
    read: note('read', (key: string) => store.read(key)),
    compareAndSet: note('compareAndSet', (...values: Parameters<Store['compareAndSet']>) =>
      store.compareAndSet(...values),
    ),
    watch: (key, listener) => store.watch(key, listener),
    take: note('take', (...values: Parameters<NonNullable<Store['take']>>) => store.take!(...values)),
  }
  return { store: watched, calls }
}

/** A store that can be cut off. */
function severed(store: Store) {
  const state = { away: false }
  const guard = <T>(call: () => Promise<T>): Promise<T> =>
    state.away ? Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })) : call()
  const cut: Store = {
    read: (key) => guard(() => store.read(key)),
    compareAndSet: (...values) => guard(() => store.compareAndSet(...values)),
    watch: (key, listener) => guard(() => store.watch(key, listener)),
  }
  return { store: cut, state }
}

describe('one login for all', () => {
  test('eight processes that start together log in once and hold the same credential', async () => {
    const { time, server, store } = world()
    const processes = Array.from({ length: 8 }, () => new ModelProcess(server, store))
    await time.until(Promise.all(processes.map((process) => process.obtain('first'))))
    expect(server.logins).toBe(1)
    expect(processes.map(({ token }) => token)).toEqual(Array(8).fill(1))
    expect(processes.filter(({ held }) => held?.adopted)).toHaveLength(7)
  })

  test('a renewal happens once, and followers have the new credential at once', async () => {
    const { time, server, store } = world()
    const processes = Array.from({ length: 4 }, () => new ModelProcess(server, store))
    await time.until(Promise.all(processes.map((process) => process.obtain('first'))))
    for (const process of processes) process.follow()
    await time.advance(10_000)
    await time.until(Promise.all(processes.slice(0, 2).map((process) => process.obtain('scheduled'))))
    await time.advance(100)
    expect(server.logins).toBe(2)
    expect(processes.map(({ token }) => token)).toEqual([2, 2, 2, 2])
  })

  test('adopting takes at most five round trips', async () => {
    const { time, server, store } = world()
    await time.until(new ModelProcess(server, store).obtain('first'))
    const second = counted(store)
    await time.until(new ModelProcess(server, second.store).obtain('first'))
    await settle()
    expect(second.calls.length).toBeLessThanOrEqual(5)
    expect(second.calls).toContain('read')
    expect(server.logins).toBe(1)
  })

  test('what the session asked for by hand is a login, not what is stored', async () => {
    const { time, server, store } = world()
    const process = new ModelProcess(server, store)
    await time.until(process.obtain('first'))
    await time.until(process.obtain('renew'))
    expect(server.logins).toBe(2)
  })

  test('another key is another login', async () => {
    const { time, server, store } = world()
    await time.until(new ModelProcess(server, store).obtain('first'))
    await time.until(new ModelProcess(server, store, { key: 'other' }).obtain('first'))
    expect(server.logins).toBe(2)
  })

  test('username and cookies travel with the credential', async () => {
    const { time, server, store } = world()
    const cookies = ['x-sess-uuid=abc; Secure']
    const establish = async () => ({ ...(await server.login()), username: 'user1', cookies })
    await time.until(new ModelProcess(server, store, { establish }).obtain('first'))
    const second = new ModelProcess(server, store)
    await time.until(second.obtain('first'))
    expect(second.held).toMatchObject({ username: 'user1', cookies, adopted: true })
  })

  test('a credential that is as good as over is not adopted', async () => {
    const { time, server, store } = world()
    await time.until(new ModelProcess(server, store).obtain('first'))
    await time.advance(19_500)
    await time.until(new ModelProcess(server, store).obtain('first'))
    expect(server.logins).toBe(2)
  })
})

describe('leases', () => {
  test('a process that dies while it logs in is replaced once its lease has ended', async () => {
    const { time, server, store } = world(20_000, 60_000)
    const dead = new ModelProcess(server, cutOffAfter(store, 2))
    const flight = dead.obtain('first')
    flight.catch(() => undefined)
    await time.advance(1_000)
    server.loginMs = 300
    const startedMs = time.elapsedMs
    const other = new ModelProcess(server, store)
    await time.until(other.obtain('first'))
    expect(other.request()).toBe(true)
    expect(time.elapsedMs - startedMs).toBeLessThan(13_000)
  })

  test('a slow login keeps its lease', async () => {
    const { time, server, store } = world(120_000, 45_000)
    const processes = [new ModelProcess(server, store), new ModelProcess(server, store)]
    await time.until(Promise.all(processes.map((process) => process.obtain('first'))))
    expect(server.logins).toBe(1)
  })

  test('the credential of a process that slept past its lease is dropped, and nothing is logged out', async () => {
    const { time, server, store } = world(60_000)
    let wake: () => void = () => undefined
    let closed = 0
    const sleeper = new ModelProcess(server, cutOffAfter(store, 2, 20_000, time), {
      establish: async () => {
        const credential = await server.login()
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        return Object.assign(credential, { close: () => (closed += 1) })
      },
    })
    const flight = sleeper.obtain('first')
    await time.advance(11_000)
    const other = new ModelProcess(server, store)
    await time.until(other.obtain('first'))
    expect(other.token).toBe(2)
    await time.advance(20_000)
    wake()
    await time.until(flight)
    expect(sleeper.token).toBe(2)
    expect(server.logins).toBe(2)
    expect(closed).toBe(0)
    const stored = JSON.parse((await store.read('user')).value ?? '')
    expect(JSON.parse(stored.credential.data).token).toBe(2)
  })

  test('a login that fails is told to the others, who wait as long as the server asked for', async () => {
    const { time, server, store } = world()
    const failing = new ModelProcess(server, store, {
      establish: () =>
        Promise.reject(
          Object.assign(new Error('secret-in-message'), { code: 'E_LOGIN', retryAfterMs: 7_000 }),
        ),
    })
    await expect(time.until(failing.obtain('first'))).rejects.toThrow()
    const other = new ModelProcess(server, store)
    await expect(time.until(other.obtain('first'))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_LOGIN_FAILED',
      retryAfterMs: 7_000,
    })
    expect((await store.read('user')).value).not.toContain('secret-in-message')
    await time.advance(7_000)
    await time.until(other.obtain('first'))
    expect(server.logins).toBe(1)
  })
})

/** The process that uses it is gone, or stopped for a while, after so many operations. */
function cutOffAfter(
  store: Store,
  operations: number,
  forMs = Number.POSITIVE_INFINITY,
  time?: VirtualTime,
): Store {
  let count = 0
  let untilMs = Number.POSITIVE_INFINITY
  const guard = async <T>(call: () => Promise<T>): Promise<T> => {
    count += 1
    if (count === operations) untilMs = (time?.elapsedMs ?? 0) + forMs
    if (count > operations && (time?.elapsedMs ?? 0) < untilMs) return new Promise<T>(() => undefined)
    return call()
  }
  return {
    read: (key) => guard(() => store.read(key)),
    compareAndSet: (...values) => guard(() => store.compareAndSet(...values)),
    watch: (key, listener) => store.watch(key, listener),
  }
}

describe('refusals', () => {
  test('a credential that was refused in one process and is good in another is kept there', async () => {
    const { time, server, store } = world(3_600_000)
    const processes = Array.from({ length: 3 }, () => new ModelProcess(server, store))
    await time.until(Promise.all(processes.map((process) => process.obtain('first'))))
    for (const process of processes) process.follow()
    await time.advance(1_000)
    await expect(time.until(processes[0]!.obtain('refused'))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_REFUSED_HERE',
    })
    expect(server.logins).toBe(1)
    expect(processes[1]!.probes + processes[2]!.probes).toBeGreaterThan(0)
    expect(processes[1]!.request()).toBe(true)
  })

  test('a credential that two processes were refused with is replaced once, for all', async () => {
    const { time, server, store } = world(3_600_000)
    const processes = Array.from({ length: 3 }, () => new ModelProcess(server, store))
    await time.until(Promise.all(processes.map((process) => process.obtain('first'))))
    for (const process of processes) process.follow()
    await time.advance(1_000)
    server.expiresAtMs = 0
    void processes[0]!.obtain('refused')
    await time.advance(1_500) // less than the others would be given to answer
    expect(server.logins).toBe(2)
    expect(processes.map(({ token }) => token)).toEqual([2, 2, 2])
  })

  test('a process that is alone need not ask anybody', async () => {
    const { time, server, store } = world(3_600_000)
    const process = new ModelProcess(server, store)
    await time.until(process.obtain('first'))
    const beforeMs = time.elapsedMs
    await time.until(process.obtain('refused'))
    expect(process.token).toBe(2)
    expect(time.elapsedMs - beforeMs).toBeLessThan(1_000)
  })

  test('others who do not answer are not waited for', async () => {
    const { time, server, store } = world(3_600_000)
    const processes = [new ModelProcess(server, store), new ModelProcess(server, store)]
    await time.until(Promise.all(processes.map((process) => process.obtain('first'))))
    const beforeMs = time.elapsedMs
    await time.until(processes[0]!.obtain('refused'))
    expect(processes[0]!.token).toBe(2)
    expect(time.elapsedMs - beforeMs).toBeLessThan(5_000)
  })

  test('a process whose clock is off says so and stands back, whether the others answer or not', async () => {
    const { time, server, store } = world(3_600_000)
    const right = new ModelProcess(server, store)
    const wrong = new ModelProcess(server, store, { aheadMs: 3_600_000 })
    await time.until(Promise.all([right.obtain('first'), wrong.obtain('first')]))
    for (const answers of [false, true]) {
      if (answers) right.follow()
      await time.advance(31_000) // what was said before is forgotten
      await expect(time.until(wrong.obtain('refused'))).rejects.toThrow(/3600 s ahead of the store's/)
    }
    expect(wrong.failures).toEqual(['ERR_SHARED_SESSION_CLOCK', 'ERR_SHARED_SESSION_CLOCK'])
    expect(right.probes).toBeGreaterThan(0)
    expect(server.logins).toBe(1)
    expect(right.request()).toBe(true)
  })

  test("processes that all differ from the store's clock replace what all were refused with", async () => {
    const { time, server, store } = world(3_600_000)
    const processes = Array.from({ length: 3 }, () => new ModelProcess(server, store, { aheadMs: 60_000 }))
    await time.until(Promise.all(processes.map((process) => process.obtain('first'))))
    for (const process of processes) process.follow()
    await time.advance(1_000)
    server.expiresAtMs = 0
    await time.until(processes[0]!.obtain('refused'))
    await time.advance(100)
    expect(server.logins).toBe(2)
    expect(processes.map(({ token }) => token)).toEqual([2, 2, 2])
  })

  test('two whose clocks are off do not condemn what is good for a third', async () => {
    const { time, server, store } = world(3_600_000)
    const right = new ModelProcess(server, store)
    const wrong = [0, 1].map(() => new ModelProcess(server, store, { aheadMs: 3_600_000 }))
    await time.until(Promise.all([right, ...wrong].map((process) => process.obtain('first'))))
    right.follow()
    await time.advance(1_000)
    const outcomes = await time.until(Promise.allSettled(wrong.map((process) => process.obtain('refused'))))
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(server.logins).toBe(1)
  })

  test('clocks an hour apart: the credential lives as long for each', async () => {
    const { time, server, store } = world()
    const processes = [-3_600_000, 0, 3_600_000].map(
      (aheadMs) => new ModelProcess(server, store, { aheadMs }),
    )
    for (const process of processes) await time.until(process.obtain('first'))
    expect(server.logins).toBe(1)
    for (const { held, now } of processes) expect(held!.expiresAtMs - now).toBeGreaterThan(18_000)
    for (const { held, now } of processes) expect(held!.expiresAtMs - now).toBeLessThanOrEqual(20_000)
  })
})

describe('how long a credential lives', () => {
  const lifeBy = async (lifetimeMs: number, aheadMs: number, storeAheadMs: number): Promise<number> => {
    const { time, server } = world(lifetimeMs, 0)
    const nowMs = (): number => time.now() + storeAheadMs
    const process = new ModelProcess(server, memoryStore({ now: nowMs }), { aheadMs })
    await time.until(process.obtain('first'))
    return (process.share.status().expiresAtMs ?? 0) - nowMs()
  }

  test.each([
    ['as long as it does, by right clocks', 20_000, 0, 0, 20_000],
    ["no shorter by a session's clock that is a little ahead", 20_000, 19_000, 0, 20_000],
    ["no shorter by a store's clock that is a little ahead", 20_000, 0, 19_000, 20_000],
    ["as the session says where the store's clock is far behind", 86_400_000, 0, -3_600_000, 86_400_000],
    ["shorter by a store's clock that is far ahead", 86_400_000, 0, 3_600_000, 82_800_000],
    ["no longer by a session's clock that is far behind", 20_000, -3_600_000, 0, 20_000],
    ["as the session says where it is over by the store's clock", 20_000, 0, 3_600_000, 20_000],
    ["as the store says where it is over by the session's clock", 20_000, 3_600_000, 0, 20_000],
    ['for as long as clocks may be apart where it is over by both', 20_000, 3_600_000, 7_200_000, 30_000],
    ['so, too, where it is as good as over by both', 20_000, 19_500, 15_500, 30_000],
    ["as the session says where it is as good as over by the store's clock", 90_000, 0, 86_000, 90_000],
    ["shorter by a store's clock that leaves enough of it", 90_000, 0, 84_000, 6_000],
  ])('%s', async (_what, lifetimeMs, aheadMs, storeAheadMs, expectedMs) => {
    expect(await lifeBy(lifetimeMs, aheadMs, storeAheadMs)).toBeCloseTo(expectedMs, 0)
  })
})

describe('while the store is away', () => {
  test('a renewal waits by default', async () => {
    const { time, server, store } = world()
    const cut = severed(store)
    const process = new ModelProcess(server, cut.store)
    await time.until(process.obtain('first'))
    cut.state.away = true
    await expect(time.until(process.obtain('scheduled'))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_STORE_UNAVAILABLE',
    })
    expect(process.request()).toBe(true)
    expect(process.share.status()).toMatchObject({ store: { available: false, lastError: 'ECONNREFUSED' } })
    cut.state.away = false
    await time.until(process.obtain('scheduled'))
    expect(process.share.status().store.available).toBe(true)
    expect(server.logins).toBe(2)
  })

  test("with 'alone' a process logs in by itself, and its login is everybody's once the store is back", async () => {
    const { time, server, store } = world()
    const cut = severed(store)
    const lone = new ModelProcess(server, cut.store, { whenAway: 'alone' })
    const other = new ModelProcess(server, store)
    await time.until(Promise.all([lone.obtain('first'), other.obtain('first')]))
    lone.follow()
    other.follow()
    cut.state.away = true
    await time.advance(10_000)
    await time.until(lone.obtain('scheduled'))
    expect(lone.token).toBe(2)
    expect(lone.share.status().unpublished).toBe(true)
    cut.state.away = false
    await time.advance(3_000)
    expect(other.token).toBe(2)
    expect(lone.share.status().unpublished).toBe(false)
    expect(server.logins).toBe(2)
  })

  test.each([
    ['wait', 0],
    ['alone', 1],
  ] as const)(
    "a store that can be read and not written is away: with '%s' there are %i logins",
    async (whenAway, logins) => {
      const { time, server, store } = world()
      const full: Store = {
        read: (key) => store.read(key),
        watch: (key, listener) => store.watch(key, listener),
        compareAndSet: async () => {
          throw Object.assign(new Error('READONLY'), { code: 'EROFS' })
        },
      }
      const one = new ModelProcess(server, full, { whenAway })
      await time.until(one.obtain('first').catch(() => undefined))
      expect([server.logins, one.share.status().unpublished]).toEqual([logins, logins === 1])
      const failures = logins === 1 ? [] : ['ERR_SHARED_SESSION_STORE_UNAVAILABLE']
      expect(one.failures).toEqual(failures)
    },
  )

  test('a store that lost its data is given the login again, and nobody logs in', async () => {
    const { time, server, store } = world(3_600_000)
    let current = store
    const replaced: Store = {
      read: (key) => current.read(key),
      compareAndSet: (...values) => current.compareAndSet(...values),
      watch: (key, listener) => current.watch(key, listener),
    }
    const processes = [new ModelProcess(server, replaced), new ModelProcess(server, replaced)]
    await time.until(Promise.all(processes.map((process) => process.obtain('first'))))
    for (const process of processes) process.follow()
    current = memoryStore({ now: time.now })
    await time.advance(3_000)
    const late = new ModelProcess(server, replaced)
    await time.until(late.obtain('first'))
    expect(server.logins).toBe(1)
    expect(late.token).toBe(1)
  })

  test('a store that does not answer is away after its time', async () => {
    const { time, server } = world()
    const silent: Store = {
      read: () => new Promise(() => undefined),
      compareAndSet: () => new Promise(() => undefined),
      watch: () => new Promise(() => undefined),
    }
    const process = new ModelProcess(server, silent)
    await expect(time.until(process.obtain('first'))).rejects.toThrow('did not answer within 2000 ms')
    expect(time.elapsedMs).toBe(2_000)
  })

  test.each([
    ['nothing', undefined],
    ['no time', { value: undefined, revision: 0 }],
    ['a revision that is no number', { value: undefined, revision: '1', nowMs: 1 }],
    ['a value that is no text', { value: 7, revision: 1, nowMs: 1 }],
  ])('a store that answers %s is told so', async (_what, answer) => {
    const { time, server, store } = world()
    const process = new ModelProcess(server, {
      ...store,
      read: async () => answer as never,
      watch: store.watch,
      compareAndSet: store.compareAndSet,
    })
    await expect(time.until(process.obtain('first'))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_STORE_BROKEN',
    })
    expect(server.logins).toBe(0)
  })
})

describe('foreign values', () => {
  test.each([
    ['no JSON', '{nonsense'],
    ['another version', '{"version":2}'],
    ['a list', '[]'],
    ['a credential without data', '{"version":1,"credential":{"id":"a","generation":1,"expiresAtMs":9e15}}'],
    ['a lease for nobody', '{"version":1,"lease":{"untilMs":1}}'],
  ])('%s is neither used nor overwritten', async (_what, value) => {
    const { time, server, store } = world()
    await store.compareAndSet('user', 0, value, 3_600_000)
    const process = new ModelProcess(server, store)
    await expect(time.until(process.obtain('first'))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_UNREADABLE',
    })
    expect((await store.read('user')).value).toBe(value)
    expect(server.logins).toBe(0)
  })

  test.each([
    ['establish gives no credential', { establish: async () => ({ authorize: 'no' }) as never }],
    [
      'encode throws',
      {
        encode: () => {
          throw new Error('x')
        },
      },
    ],
    ['encode gives bytes', { encode: () => new Uint8Array(3) as never }],
  ])('%s: an error that says so, and the lease is given back', async (_what, wrong) => {
    const { time, server, store } = world()
    const process = new ModelProcess(server, store, wrong)
    await expect(time.until(process.obtain('first'))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_BAD_CREDENTIAL',
    })
    expect(JSON.parse((await store.read('user')).value ?? '').lease).toBeUndefined()
  })

  test('decode gives no credential', async () => {
    const { time, server, store } = world()
    await time.until(new ModelProcess(server, store).obtain('first'))
    const process = new ModelProcess(server, store, { decode: () => null as never })
    await expect(time.until(process.obtain('first'))).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_BAD_CREDENTIAL',
    })
  })

  test.each([
    ['key', { key: '' }],
    ['seal', { sealed: undefined }],
    ['whenAway', { whenAway: 'never' as never }],
    ['leaseMs', { leaseMs: Number.NaN }],
    ['encode', { encode: 'json' as never }],
    ['store', { store: {} as never }],
  ])('%s is checked when it is given', (name, wrong) => {
    const { server, store } = world()
    expect(() => new ModelProcess(server, store, wrong as object)).toThrow(name)
  })
})

test('after close() nothing is asked or watched any more, and nobody is logged out', async () => {
  const { time, server, store } = world()
  const seen = counted(store)
  const process = new ModelProcess(server, seen.store)
  await time.until(process.obtain('first'))
  process.follow()
  await time.advance(2_000)
  await time.until(process.share.close())
  const before = seen.calls.length
  await time.advance(60_000)
  expect(seen.calls.length).toBe(before)
  await expect(time.until(process.obtain('scheduled'))).rejects.toMatchObject({
    code: 'ERR_SHARED_SESSION_CLOSED',
  })
  await time.until(new ModelProcess(server, store).obtain('first'))
  expect(server.logins).toBe(2) // the first has expired meanwhile
})

describe('who logs out', () => {
  const end = (process: ModelProcess) => process.held!.logout()

  test("nobody does, unless 'last' is said", async () => {
    const { time, server, store } = world()
    const process = new ModelProcess(server, store)
    await time.until(process.obtain('first'))
    expect(await time.until(end(process))).toBe(false)
  })

  test("with 'last' only the last of all processes does, also if it had taken the login over", async () => {
    const { time, server, store } = world()
    const processes = Array.from({ length: 3 }, () => new ModelProcess(server, store, { logout: 'last' }))
    for (const process of processes) await time.until(process.obtain('first'))
    await time.advance(10)
    const answers: boolean[] = []
    for (const process of processes) answers.push(await time.until(end(process)))
    expect(answers).toEqual([false, false, true])
  })

  test('a process that was killed counts for half a minute, and then no more', async () => {
    const { time, server, store } = world(3_600_000)
    const clock = time.clock()
    let isDead = false
    const mortal = {
      ...clock,
      setTimeout: (callback: () => void, delayMs: number) =>
        clock.setTimeout(() => isDead || callback(), delayMs),
    }
    const [killed, other] = [
      new ModelProcess(server, store, { logout: 'last', clock: mortal }),
      new ModelProcess(server, store, { logout: 'last' }),
    ] as [ModelProcess, ModelProcess]
    for (const process of [killed, other]) await time.until(process.obtain('first'))
    await time.advance(10)
    isDead = true
    await time.advance(31_000)
    expect(await time.until(end(other))).toBe(true)
  })

  test('while the store is away nobody knows who is the last, and nobody logs out', async () => {
    const { time, server, store } = world()
    const cut = severed(store)
    const process = new ModelProcess(server, cut.store, { logout: 'last' })
    await time.until(process.obtain('first'))
    cut.state.away = true
    expect(await time.until(end(process))).toBe(false)
  })
})
