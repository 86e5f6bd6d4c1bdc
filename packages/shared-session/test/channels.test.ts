import { randomBytes } from 'node:crypto'
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from 'vitest'
import { systemClock } from '../src/clock.ts'
import { shareCredential } from '../src/credential/share-credential.ts'
import { sharePacing } from '../src/pacing/share-pacing.ts'
import { sharedNonceStore } from '../src/server/stores.ts'
import { onStoreEvent, type StoreEvents, type StoreOperationEvent } from '../src/store/channels.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Store } from '../src/store/store.ts'
import { StoreAccess } from '../src/store/store-access.ts'

const told: StoreOperationEvent[] = []
let stop: () => void

beforeEach(() => {
  stop = onStoreEvent('ibkr-auth:store:operation', (event) => told.push(event))
})

afterEach(() => {
  stop()
  told.length = 0
})

const broken = (how: Partial<Store>): StoreAccess =>
  new StoreAccess({ ...memoryStore(), ...how } as Store, systemClock, 2_000)

describe('operations of a store', () => {
  test('are told with their key, length and outcome', async () => {
    const store = new StoreAccess(memoryStore(), systemClock, 2_000)
    await store.read('live:me')
    await store.compareAndSet('live:me', 0, 'value', 1_000)
    await store.compareAndSet('live:me', 0, 'value', 1_000)
    store.watch('live:me', () => undefined)()
    await new Promise(setImmediate)
    const elapsedMs = expect.any(Number)
    expect(told).toEqual([
      { operation: 'read', key: 'live:me', outcome: 'done', code: undefined, elapsedMs },
      { operation: 'compareAndSet', key: 'live:me', outcome: 'done', code: undefined, elapsedMs },
      { operation: 'compareAndSet', key: 'live:me', outcome: 'conflict', code: undefined, elapsedMs },
      { operation: 'watch', key: 'live:me', outcome: 'done', code: undefined, elapsedMs },
    ])
  })

  test('that fail say by what code, and nothing of what was thrown', async () => {
    const thrown = Object.assign(new Error('s3cret'), { code: 'ECONNREFUSED' })
    const store = broken({
      read: () => Promise.reject(thrown),
      compareAndSet: async () => ({ written: 'yes', nowMs: 1 }) as never,
      watch: () => Promise.reject(thrown),
    })
    await store.read('k').catch(() => undefined)
    await store.compareAndSet('k', 0, 's3cret', 1).catch(() => undefined)
    store.watch('k', () => undefined)
    await new Promise(setImmediate)
    expect(told).toMatchObject([
      { operation: 'read', outcome: 'failed', code: 'ERR_SHARED_SESSION_STORE_UNAVAILABLE' },
      { operation: 'compareAndSet', outcome: 'failed', code: 'ERR_SHARED_SESSION_STORE_BROKEN' },
      { operation: 'watch', outcome: 'failed', code: 'ECONNREFUSED' },
    ])
    expect(inspect(told)).not.toContain('s3cret')
  })

  test('hold no secret in the life of a login, a pacing and a nonce', async () => {
    const store = memoryStore()
    const establish = shareCredential({
      store,
      key: 'live:me',
      seal: randomBytes(32),
      establish: async () => ({
        secret: 's3cret-s3cret',
        expiresAtMs: Date.now() + 60_000,
        authorize: () => ({ authorization: 'Bearer s3cret-s3cret' }),
      }),
      encode: ({ secret }) => secret,
      decode: () => ({ secret: '', expiresAtMs: 0, authorize: () => ({ authorization: '' }) }),
    })
    const { signal } = new AbortController()
    const context = { signal, now: Date.now, reason: 'first', replaces: undefined } as const
    await establish(context as never)
    await establish.close()
    const nonces = sharedNonceStore({ store, key: 'verifier' })
    const use = { consumerKey: 'C0NSUMER', token: 't0ken-t0ken', timestampSeconds: 1, nonce: 'n0nce-n0nce' }
    await nonces.record({ ...use, expiresAtMs: Date.now() + 1_000 }, Date.now())
    const pacing = sharePacing({
      store,
      key: 'live',
      global: { requests: 10, intervalMs: 1_000 },
      limits: [],
    })
    ;(await pacing.acquire({ username: 'me', egress: 'office', method: 'GET', path: '/x' })).release(true)
    await pacing.close()
    expect(new Set(told.map(({ operation }) => operation))).toEqual(
      new Set(['read', 'compareAndSet', 'take', 'watch']),
    )
    expect(told.map(({ key }) => key)).toContain('live pacing me')
    expect(inspect(told, { depth: 9 })).not.toMatch(/s3cret|t0ken|n0nce/)
  })

  test('are not told while nobody listens', async () => {
    stop()
    expect(channel('ibkr-auth:store:operation').hasSubscribers).toBe(false)
    await new StoreAccess(memoryStore(), systemClock, 2_000).read('k')
    expect(told).toEqual([])
  })

  test('have this channel', () => {
    expectTypeOf<keyof StoreEvents>().toEqualTypeOf<
      'ibkr-auth:store:operation' | 'ibkr-auth:listener-error'
    >()
  })
})

test('a shared pacing tells of penalties as any pacing does, by the name of the address', async () => {
  const heard: unknown[] = []
  const hear = (message: unknown) => void heard.push(message)
  for (const kind of ['penalty', 'pardon']) subscribe(`ibkr-auth:pacing:${kind}`, hear)
  const options = {
    store: memoryStore(),
    key: 'live',
    global: { requests: 10, intervalMs: 1_000 },
    limits: [],
  }
  const pacing = sharePacing({ ...options, egress: 'office' })
  pacing.penalize({ agent: 's3cret' })
  pacing.pardon({ agent: 's3cret' })
  await pacing.close()
  for (const kind of ['penalty', 'pardon']) unsubscribe(`ibkr-auth:pacing:${kind}`, hear)
  expect(heard).toEqual([
    { type: 'penalty', egress: 'office', untilMs: expect.any(Number) },
    { type: 'pardon', egress: 'office' },
  ])
})
