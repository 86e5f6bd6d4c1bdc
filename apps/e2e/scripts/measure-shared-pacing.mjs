// What a shared place costs: requests over loopback through a session paced by a Redis that it shares, beside one paced in its process.
// `node scripts/measure-shared-pacing.mjs`. Takes the Redis that REDIS_URL names, else starts redis-server. Both in turns, so that a busy machine is busy for both.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { redisStore, sharePacing } from '@ibkr-auth/shared-session'
import { createPacing, createSession } from '@ibkr-auth/transport/session'
import { Redis } from 'ioredis'
import { startRedis } from './shared-trials/redis.mjs'

/** High enough never to hold: what is measured is the counting. */
const global = { requests: 10_000, intervalMs: 1_000 }

/** A session sends at most 1,000 in a round: with such a pause between them no machine is fast enough to fill a window. */
const roundMs = 120

if (process.argv[2] === 'serve') {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1', () =>
    process.send(server.address().port),
  )
  process.on('disconnect', () => process.exit(0))
} else await measure()

async function measure() {
  const child = fork(process.argv[1], ['serve'])
  const [port] = await once(child, 'message')
  const { REDIS_URL } = process.env
  const redis = REDIS_URL === undefined ? await startRedis() : undefined
  const client = new Redis(REDIS_URL ?? `redis://127.0.0.1:${redis.port}`)
  let trips = 0
  const store = redisStore(client, { prefix: `measure:${process.pid}:` })
  const counted = {
    read: (key) => store.read(key),
    compareAndSet: (...values) => store.compareAndSet(...values),
    watch: (key, listener) => store.watch(key, listener),
    take: (key, request) => {
      trips += 1
      return store.take(key, request)
    },
  }
  const shared = sharePacing({ store: counted, key: 'measure', global, limits: [] })
  const sessionOn = (pacing) =>
    createSession({
      baseUrl: `http://127.0.0.1:${port}/v1/api`,
      username: 'user',
      pacing,
      brokerage: false,
      logout: false,
      establish: async ({ now }) => ({
        expiresAtMs: now() + 86_400_000,
        authorize: () => ({ authorization: 'Bearer x' }),
      }),
    })
  const sessions = { unshared: sessionOn(createPacing({ global, limits: [] })), shared: sessionOn(shared) }
  for (const concurrency of [1, 16, 64]) {
    const rounds = { unshared: [], shared: [] }
    let [requests, tripsBefore] = [0, 0]
    for (let round = 0; round < 41; round += 1) {
      await pause(roundMs)
      const turn = round % 2 === 0 ? Object.entries(sessions) : Object.entries(sessions).reverse()
      for (const [name, session] of turn) {
        const count = concurrency === 1 ? 200 : 1_000
        if (round === 1) [requests, tripsBefore] = [0, trips]
        if (name === 'shared' && round > 0) requests += count * 1.1
        // What the other left behind, cold caches and garbage, is not counted.
        await run(session, concurrency, count / 10)
        const perRequestUs = await run(session, concurrency, count)
        // The first round warms up.
        if (round > 0) rounds[name].push(perRequestUs)
      }
    }
    const [unshared, together] = [median(rounds.unshared), median(rounds.shared)]
    const ratios = rounds.shared.map((value, index) => value / rounds.unshared[index])
    const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2))
    const text = `concurrency ${concurrency}: unshared ${unshared.toFixed(0)} µs, shared ${together.toFixed(0)} µs a request, ${middle} times (${low} to ${high} in half of the rounds)`
    console.log(
      `${text}, round trips to the store per request ${((trips - tripsBefore) / requests).toFixed(3)}`,
    )
  }
  for (const session of Object.values(sessions)) await session.close()
  await shared.close()
  store.close()
  client.disconnect()
  child.disconnect()
  await redis?.stop()
}

async function run(session, concurrency, count) {
  let left = count
  const startedMs = performance.now()
  const caller = async () => {
    while (left > 0) {
      left -= 1
      await session.get('/portfolio/x')
    }
  }
  await Promise.all(Array.from({ length: concurrency }, caller))
  return ((performance.now() - startedMs) * 1_000) / count
}

function median(values) {
  return quantile(values, 0.5)
}

function quantile(values, share) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length * share)]
}
