import { describe, expect, test } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Store } from '../src/store/store.ts'
import { ModelProcess, ModelServer, modelCredential } from './support/model.ts'
import { settle, VirtualTime } from './support/virtual-clock.ts'

function world() {
  const time = new VirtualTime()
  return { time, server: new ModelServer(time), store: memoryStore({ now: time.now }) }
}

const hangs = () => new Promise<never>(() => undefined)

describe('foreign code that hangs, and does not heed its signal,', () => {
  test.each([
    ['establish', { establish: hangs }],
    ['encode', { encode: hangs }],
  ])('as %s keeps nobody else from logging in once its time is over', async (_name, options) => {
    const { time, server, store } = world()
    const [one, two] = [new ModelProcess(server, store, options), new ModelProcess(server, store)]
    void one.obtain('first').catch(() => undefined)
    await time.advance(60_000)
    one.controller.abort(Object.assign(new Error('too long'), { code: 'TOO_LONG' }))
    await time.advance(10_000)
    expect([one.failures, one.share.status().loggingIn]).toEqual([['TOO_LONG'], 'no'])
    const before = server.logins
    void two.obtain('first')
    await time.advance(1_000)
    expect([server.logins - before, two.token]).toEqual([1, server.logins])
  })

  test('as decode is not waited for after the signal', async () => {
    const { time, server, store } = world()
    const [one, two] = [new ModelProcess(server, store), new ModelProcess(server, store, { decode: hangs })]
    await time.until(one.obtain('first'))
    void two.obtain('first').catch(() => undefined)
    await time.advance(1_000)
    two.controller.abort(Object.assign(new Error('too long'), { code: 'TOO_LONG' }))
    await settle()
    expect(two.failures).toEqual(['TOO_LONG'])
  })
})

describe('two sessions of one share', () => {
  const asking = ({ time, server }: ReturnType<typeof world>, process: ModelProcess) => {
    const transport = { request: () => server.login() }
    const { signal } = new AbortController()
    return () => process.share({ signal, now: time.now, transport })
  }

  test('log in once', async () => {
    const all = world()
    const establish = asking(all, new ModelProcess(all.server, all.store))
    const lent = await all.time.until(Promise.all([establish(), establish(), establish()]))
    expect(all.server.logins).toBe(1)
    expect(lent.map((credential) => credential.authorize({}))).toEqual(['1', '1', '1'])
    expect(lent.filter(({ adopted }) => adopted)).toHaveLength(2)
  })

  test('log in once without the store too', async () => {
    const all = world()
    const away = async () => {
      throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
    }
    const store: Store = { read: away, compareAndSet: away, watch: away }
    const process = new ModelProcess(all.server, store, { whenAway: 'alone' })
    const establish = asking(all, process)
    const lent = await all.time.until(Promise.all([establish(), establish()]))
    expect(lent.map((credential) => credential.authorize({}))).toEqual(['1', '1'])
    expect([all.server.logins, process.share.status().unpublished]).toEqual([1, true])
  })

  test('of which one gives up wait no longer than that', async () => {
    const all = world()
    all.server.loginMs = 60_000
    const process = new ModelProcess(all.server, all.store)
    void asking(all, process)().catch(() => undefined)
    await all.time.advance(100)
    void process.obtain('first').catch(() => undefined)
    await all.time.advance(100)
    process.controller.abort(Object.assign(new Error('too long'), { code: 'TOO_LONG' }))
    await settle()
    expect(process.failures).toEqual(['TOO_LONG'])
  })
})

test.each([1e300, Number.MAX_SAFE_INTEGER])(
  'a login that ends at %d is kept for a year',
  async (expiresAtMs) => {
    const { time, server, store } = world()
    const kept: number[] = []
    const strict: Store = {
      read: (key) => store.read(key),
      watch: (key, listener) => store.watch(key, listener),
      compareAndSet(key, revision, value, ttlMs) {
        if (key === 'user') kept.push(ttlMs)
        return store.compareAndSet(key, revision, value, ttlMs)
      },
    }
    const logIn = async () => modelCredential(1, expiresAtMs)
    const [one, two] = [new ModelProcess(server, strict, { logIn }), new ModelProcess(server, strict)]
    await time.until(one.obtain('first'))
    await time.until(two.obtain('first'))
    expect([two.held?.adopted, Math.max(...kept)]).toEqual([true, 31_536_000_000])
  },
)

describe('a login that a store answers with nonsense', () => {
  test.each<[string, (store: Store) => Promise<unknown>]>([
    ['no outcome', async () => 7],
    [
      'garbage that somebody wrote meanwhile',
      async (store) => {
        const { revision } = await store.read('user')
        const { nowMs } = await store.compareAndSet('user', revision, 'garbage', 60_000)
        return { written: false, nowMs }
      },
    ],
  ])('%s is used here, since it has replaced the one before', async (_name, answer) => {
    const { time, server, store } = world()
    let isOver = false
    const lying: Store = {
      read: (key) => store.read(key),
      watch: (key, listener) => store.watch(key, listener),
      compareAndSet: (...values) =>
        isOver ? (answer(store) as Promise<never>) : store.compareAndSet(...values),
    }
    const logIn = async () => {
      const credential = await server.login()
      isOver = true
      return credential
    }
    const one = new ModelProcess(server, lying, { logIn })
    await time.until(one.obtain('first'))
    expect([one.request(), one.share.status().unpublished, server.logins]).toEqual([true, true, 1])
  })
})
