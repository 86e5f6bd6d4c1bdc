import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SharedSessionError } from '../src/errors.ts'
import { sharedNonceStore, sharedReplayStore } from '../src/server/stores.ts'
import { fileStore } from '../src/store/file-store.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { redisStore } from '../src/store/redis-store.ts'
import type { Store } from '../src/store/store.ts'
import { anyRedis, hasRedis, hasRedisServer } from './support/redis-server.ts'

const use = { consumerKey: 'TESTCONS', token: 'abc', timestampSeconds: 1_700_000_000, nonce: 'n-1' }

function cases(pair: () => { readonly one: Store; readonly other: Store }): void {
  const stores = (key: string) => ({
    one: sharedNonceStore({ store: pair().one, key }),
    other: sharedNonceStore({ store: pair().other, key }),
  })

  test('a nonce is new once, whichever process is asked, at whatever moment', async () => {
    const { one, other } = stores('race')
    const nowMs = Date.now()
    const asked = Array.from({ length: 12 }, (_, index) =>
      (index % 2 === 0 ? one : other).record({ ...use, expiresAtMs: nowMs + 600_000 }, nowMs),
    )
    const outcomes = await Promise.all(asked)
    expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'seen')).toHaveLength(11)
  })

  test('another nonce, timestamp, token or consumer key is another use', async () => {
    const { one } = stores('others')
    const nowMs = Date.now()
    const others = [
      {},
      { nonce: 'n-2' },
      { timestampSeconds: 1_700_000_001 },
      { token: 'abcn' },
      { consumerKey: 'TESTCONSa', token: 'bc' },
    ]
    for (const other of others)
      expect(await one.record({ ...use, ...other, expiresAtMs: nowMs + 600_000 }, nowMs)).toBe('new')
  })

  test('a JWT id is unique for its client', async () => {
    const store = sharedReplayStore({ store: pair().one, key: 'jwt' })
    const nowMs = Date.now()
    const expiresAtMs = nowMs + 60_000
    expect(await store.record({ clientId: 'a', jti: 'x', expiresAtMs }, nowMs)).toBe('new')
    expect(await store.record({ clientId: 'b', jti: 'x', expiresAtMs }, nowMs)).toBe('new')
    expect(await store.record({ clientId: 'a', jti: 'x', expiresAtMs }, nowMs)).toBe('seen')
  })

  test('a verifier whose clock is off accepts nothing', async () => {
    const { one } = stores('clock')
    const nowMs = Date.now() - 3_600_000
    const asked = one.record({ ...use, expiresAtMs: nowMs + 600_000 }, nowMs)
    await expect(asked).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_CLOCK' })
  })
}

describe('in memory', () => {
  const store = memoryStore()
  cases(() => ({ one: store, other: store }))
})

describe('in files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ibkr-auth-nonces-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  cases(() => ({ one: fileStore(directory), other: fileStore(directory) }))
})

if (hasRedis) {
  describe('redisStore', () => {
    let server: Awaited<ReturnType<typeof anyRedis>>
    let clients: Redis[]
    let pair: Store[]
    beforeAll(async () => {
      server = await anyRedis()
      clients = [new Redis(server.url), new Redis(server.url)]
      const prefix = `ibkr-auth-test-${randomUUID()}:`
      pair = clients.map((client) => redisStore(client, { prefix }))
    })
    afterAll(async () => {
      for (const client of clients) client.disconnect()
      await server.stop()
    })
    cases(() => ({ one: pair[0]!, other: pair[1]! }))

    test.runIf(hasRedisServer)('a server without memory left answers full, and recovers', async () => {
      const [client] = clients
      await client!.config('SET', 'maxmemory', '1')
      const nonces = sharedNonceStore({ store: pair[0]!, key: 'full' })
      const nowMs = Date.now()
      const ask = () => nonces.record({ ...use, expiresAtMs: nowMs + 600_000 }, nowMs)
      expect(await ask()).toBe('full')
      await client!.config('SET', 'maxmemory', '0')
      expect(await ask()).toBe('new')
    })
  })
}

test('a nonce is remembered for as long as any clock allows it, and no longer', async () => {
  let nowMs = 1_700_000_000_000
  const nonces = sharedNonceStore({ store: memoryStore({ now: () => nowMs }), key: 'time', atLeastMs: 0 })
  const ask = () => nonces.record({ ...use, expiresAtMs: 1_700_000_300_000 }, nowMs)
  expect(await ask()).toBe('new')
  nowMs += 300_000 + 119_000
  expect(await ask()).toBe('seen')
  nowMs += 2_000
  expect(await ask()).toBe('new')
})

test('a store that has no room says full; one that is away accepts nothing', async () => {
  const failing = (error: Error): Store => ({
    ...memoryStore(),
    watch: async () => () => undefined,
    compareAndSet: () => Promise.reject(error),
    read: async () => ({ value: undefined, revision: 0, nowMs: Date.now() }),
  })
  const nowMs = Date.now()
  const record = (store: Store) =>
    sharedNonceStore({ store, key: 'x' }).record({ ...use, expiresAtMs: nowMs + 1_000 }, nowMs)
  expect(await record(failing(new SharedSessionError('ERR_SHARED_SESSION_STORE_FULL', 'full')))).toBe('full')
  await expect(record(failing(new Error('gone')))).rejects.toMatchObject({
    code: 'ERR_SHARED_SESSION_STORE_UNAVAILABLE',
  })
})

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'a time of %s is nothing that could be remembered until',
  async (wrong) => {
    const nonces = sharedNonceStore({ store: memoryStore(), key: 'k' })
    const use = { consumerKey: 'A', token: '', timestampSeconds: 1, nonce: 'n', expiresAtMs: Date.now() }
    const error = { code: 'ERR_SHARED_SESSION_INVALID_INPUT' }
    await expect(nonces.record({ ...use, expiresAtMs: wrong }, Date.now())).rejects.toMatchObject(error)
    await expect(nonces.record(use, wrong)).rejects.toMatchObject(error)
  },
)
