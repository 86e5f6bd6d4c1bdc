import { describe, expect, test } from 'vitest'
import { type SharePacingOptions, shareLeadership, sharePacing } from '../src/index.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Store } from '../src/store/store.ts'
import { ModelProcess, ModelServer } from './support/model.ts'
import { settle, VirtualTime } from './support/virtual-clock.ts'

/** A store that says how many watch it, and can be slow. */
function world() {
  const time = new VirtualTime()
  const server = new ModelServer(time)
  const kept = memoryStore({ now: time.now })
  const state = { watches: 0, delayMs: 0 }
  const slowly = async <T>(call: () => Promise<T>): Promise<T> => {
    if (state.delayMs > 0) await time.pause(state.delayMs)
    return call()
  }
  const store: Store = {
    read: (key) => slowly(() => kept.read(key)),
    compareAndSet: (...values) => slowly(() => kept.compareAndSet(...values)),
    async watch(key, listener) {
      state.watches += 1
      const stop = await kept.watch(key, listener)
      return () => {
        state.watches -= 1
        stop()
      }
    },
  }
  return { time, server, store, state }
}

describe('close() of a share of the login', () => {
  test('ends at once what waits for the login of another process', async () => {
    const { time, server, store } = world()
    const [one, two] = [new ModelProcess(server, store), new ModelProcess(server, store)]
    server.loginMs = 100_000
    void one.obtain('first').catch(() => undefined)
    await time.advance(100)
    void two.obtain('first').catch(() => undefined)
    await time.advance(100)
    expect(two.share.status().loggingIn).toBe('elsewhere')
    const atMs = time.elapsedMs
    await time.until(two.share.close())
    await settle()
    expect([two.failures, time.elapsedMs]).toEqual([['ERR_SHARED_SESSION_CLOSED'], atMs])
  })

  test('while the record is being read leaves no watch behind', async () => {
    const { time, server, store, state } = world()
    const [one, two] = [new ModelProcess(server, store), new ModelProcess(server, store)]
    server.loginMs = 100_000
    void one.obtain('first').catch(() => undefined)
    await time.advance(100)
    state.delayMs = 50
    void two.obtain('first').catch(() => undefined)
    await time.advance(10)
    await time.until(two.share.close())
    await time.advance(500)
    expect([state.watches, two.failures]).toEqual([0, ['ERR_SHARED_SESSION_CLOSED']])
  })

  test('twice is done when it is done', async () => {
    const { time, server, store, state } = world()
    const one = new ModelProcess(server, store)
    await time.until(one.obtain('first'))
    state.delayMs = 500
    const done: string[] = []
    void one.share.close().then(() => done.push('first'))
    void one.share.close().then(() => done.push('second'))
    await settle()
    expect(done).toEqual([])
    await time.advance(10_000)
    expect(done).toEqual(['first', 'second'])
  })

  test('while it logs in says no more that it is there, so that the last one out is known', async () => {
    const { time, server, store } = world()
    server.loginMs = 1_000
    const one = new ModelProcess(server, store)
    const two = new ModelProcess(server, store, { logout: 'last' })
    const flight = one.obtain('first')
    await time.advance(100)
    await time.until(one.share.close())
    await time.until(flight)
    await time.until(two.obtain('first'))
    await time.advance(100)
    expect(server.logins).toBe(1)
    expect(await time.until(two.held?.logout() ?? Promise.reject(new Error('no login')))).toBe(true)
  })
})

describe('a share of the brokerage session', () => {
  const lead = ({ store, time }: Pick<ReturnType<typeof world>, 'store' | 'time'>) =>
    shareLeadership({ store, key: 'user', sealed: false, clock: time.clock() })

  test('that is closed while it takes the lead keeps it from nobody', async () => {
    const { time, store, state } = world()
    const [one, two] = [lead({ time, store }), lead({ time, store })]
    state.delayMs = 50
    one.subscribe(() => undefined)
    await time.advance(60)
    await time.until(one.close())
    state.delayMs = 0
    two.subscribe(() => undefined)
    await time.advance(50)
    expect([one.leads, two.leads]).toEqual([false, true])
  })

  test('that nobody listens to any more gives up the lead, and takes part again with the next listener', async () => {
    const { time, store, state } = world()
    const [one, two] = [lead({ time, store }), lead({ time, store })]
    const stop = one.subscribe(() => undefined)
    await time.advance(50)
    expect(one.leads).toBe(true)
    two.subscribe(() => undefined)
    await time.advance(50)
    stop()
    one.subscribe(() => undefined)
    expect(one.leads).toBe(false)
    await time.advance(100)
    expect([one.leads, two.leads].filter(Boolean)).toHaveLength(1)
    await time.until(Promise.all([one.close(), two.close()]))
    expect(state.watches).toBe(0)
  })

  test('is closed for good, also within a listener and twice', async () => {
    const { time, store } = world()
    const one = lead({ time, store })
    let told = 0
    one.subscribe(() => {
      told += 1
      void one.close()
    })
    await time.until(Promise.all([one.close(), one.close()]))
    await time.advance(60_000)
    expect([told, one.leads]).toEqual([1, false])
    expect(() => one.subscribe(() => undefined)).toThrow(
      expect.objectContaining({ code: 'ERR_SHARED_SESSION_CLOSED' }),
    )
  })

  test('hears of asynchronous listeners that fail, and goes on', async () => {
    const { time, store } = world()
    const one = lead({ time, store })
    one.subscribe(async () => {
      throw Object.assign(new Error('mine'), { code: 'MINE' })
    })
    one.subscribe(() => {
      throw new Error('mine')
    })
    await time.advance(50)
    expect(one.leads).toBe(true)
    await time.until(one.close())
  })
})

describe('a closed share of the pacing', () => {
  test('watches nothing any more, whatever is still asked of it', async () => {
    const { time, store, state } = world()
    const options: SharePacingOptions = {
      store,
      key: 'paper',
      global: { requests: 10, intervalMs: 1_000 },
      limits: [],
      egress: 'office',
      clock: time.clock(),
    }
    const pacing = sharePacing(options)
    const request = { username: 'user', egress: undefined, method: 'GET', path: '/a' }
    await time.until(pacing.acquire(request))
    await time.until(pacing.close())
    pacing.penalize('home', 5)
    pacing.pardon('abroad')
    pacing.hold('user', {})
    await expect(pacing.acquire(request)).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_CLOSED' })
    await time.advance(100)
    expect(state.watches).toBe(0)
  })
})
