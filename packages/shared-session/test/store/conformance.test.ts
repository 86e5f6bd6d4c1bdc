import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type ConformanceInput, conformanceCases } from '../../src/conformance.ts'
import { fileStore } from '../../src/store/file-store.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { redisStore } from '../../src/store/redis-store.ts'
import { anyRedis, hasRedis, hasRedisServer, type RedisServer, startRedis } from '../support/redis-server.ts'

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

// One node with all slots refuses a script whose keys lie in several, as any number of nodes does.
if (hasRedisServer) {
  describe('redisStore on a cluster', () => {
    let node: RedisServer
    let io: Cluster[]
    let nodeClients: { destroy(): void }[]
    let pairs: Record<'ioredis' | 'redis', ReturnType<typeof redisStore>[]>
    beforeAll(async () => {
      node = await startRedis({ cluster: true })
      const first = new Redis(node.url)
      await first.call('cluster', 'addslotsrange', '0', '16383')
      const isWell = async () => expect(await first.call('cluster', 'info')).toContain('cluster_state:ok')
      await vi.waitFor(isWell, { timeout: 60_000 })
      first.disconnect()
      const open = () =>
        createCluster({ rootNodes: [{ url: node.url }] })
          .on('error', () => undefined)
          .connect()
      const opened = await Promise.all([open(), open()])
      io = [0, 1].map(() => new Cluster([{ host: '127.0.0.1', port: node.port }]))
      nodeClients = opened
      pairs = {
        ioredis: io.map((client) => redisStore(client, { prefix: `${own}io:` })),
        redis: opened.map((client) => redisStore(client, { prefix: `${own}node:` })),
      }
    })
    afterAll(async () => {
      for (const store of [...pairs.ioredis, ...pairs.redis]) store.close()
      for (const client of io) client.disconnect()
      for (const client of nodeClients) client.destroy()
      await node.stop()
    })
    for (const name of ['ioredis', 'redis'] as const)
      describe(`through ${name}`, () => runCases(() => ({ one: pairs[name][0]!, other: pairs[name][1]! })))
  })
}

test('Redis is there where it is demanded', () => {
  expect(hasRedis || process.env.REDIS_REQUIRED !== '1').toBe(true)
})
