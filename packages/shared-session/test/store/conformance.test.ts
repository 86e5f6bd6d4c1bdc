import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConformanceInput, conformanceCases } from '../../src/conformance.ts'
import { fileStore } from '../../src/store/file-store.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { redisStore } from '../../src/store/redis-store.ts'
import { anyRedis, hasRedis, type RedisServer } from '../support/redis-server.ts'

let serial = 0
/** Nobody else's keys begin like this. */
const own = `ibkr-auth-test-${randomUUID()}:`

function runCases(pair: () => Pick<ConformanceInput, 'one' | 'other'>): void {
  for (const { name, run } of conformanceCases) {
    test(name, () => {
      serial += 1
      return run({ ...pair(), key: `key ${serial}` })
    })
  }
}

describe('memoryStore', () => {
  const one = memoryStore()
  runCases(() => ({ one, other: one }))
})

describe('fileStore', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ibkr-auth-store-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  const [one, other] = [fileStore(directory, { pollMs: 20 }), fileStore(directory, { pollMs: 20 })]
  runCases(() => ({ one, other }))
})

if (hasRedis) {
  let server: Pick<RedisServer, 'url' | 'stop'>
  beforeAll(async () => {
    server = await anyRedis()
  })
  afterAll(() => server.stop())

  describe('redisStore on ioredis', () => {
    let clients: Redis[]
    let pair: ConformanceInput['one'][]
    beforeAll(() => {
      clients = [new Redis(server.url), new Redis(server.url)]
      pair = clients.map((client) => redisStore(client, { prefix: `${own}io:` }))
    })
    afterAll(() => {
      for (const store of pair as ReturnType<typeof redisStore>[]) store.close()
      for (const client of clients) client.disconnect()
    })
    runCases(() => ({ one: pair[0]!, other: pair[1]! }))
  })

  describe('redisStore on redis', () => {
    const open = () =>
      createClient({ url: server.url })
        .on('error', () => undefined)
        .connect()
    let clients: Awaited<ReturnType<typeof open>>[]
    let pair: ReturnType<typeof redisStore>[]
    beforeAll(async () => {
      clients = await Promise.all([open(), open()])
      pair = clients.map((client) => redisStore(client, { prefix: `${own}node:` }))
    })
    afterAll(() => {
      for (const store of pair) store.close()
      for (const client of clients) client.destroy()
    })
    runCases(() => ({ one: pair[0]!, other: pair[1]! }))
  })
}

test('Redis is there where it is demanded', () => {
  expect(hasRedis || process.env.REDIS_REQUIRED !== '1').toBe(true)
})
