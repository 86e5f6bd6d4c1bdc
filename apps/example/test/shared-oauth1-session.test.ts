import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import { fileStore, redisStore, type Store } from '@ibkr-auth/shared-session'
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { createSharedOAuth1Session } from '../src/clients/shared-oauth1-session.ts'
import { sessionOptions } from './session-options.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

function worker(sandbox: RunningSandbox, store: Store, seal: Uint8Array) {
  return createSharedOAuth1Session({ ...sessionOptions(sandbox), username: 'user', store, seal })
}

/** Two workers, one after the other gone, and a third that comes with the next deploy. */
async function share(stores: () => Store): Promise<void> {
  await using sandbox = await startSandbox({ firstParty: true })
  const seal = randomBytes(32)
  const [first, second] = [worker(sandbox, stores(), seal), worker(sandbox, stores(), seal)]
  for (const { session } of [first, second]) expect((await session.get('/iserver/accounts')).status).toBe(200)
  await first.close()
  const third = worker(sandbox, stores(), seal)
  for (const { session } of [second, third]) expect((await session.get('/iserver/accounts')).status).toBe(200)
  await second.close()
  await third.close()
  const calls = (path: string): number =>
    sandbox.log.entries.filter(({ target }) => target.endsWith(path)).length
  expect(calls('/oauth/live_session_token')).toBe(1)
  expect(calls('/logout')).toBe(0)
}

test('on files: one login, one leader, nobody logged out', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ibkr-auth-example-'))
  undo.push(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  await share(() => fileStore(directory))
})

const { REDIS_URL } = process.env
const hasServer = spawnSync('redis-server', ['--version']).status === 0

if (hasServer || REDIS_URL !== undefined) {
  test('on Redis: the same', async () => {
    // One that is named is the one that is meant, whatever else could be started.
    const url = REDIS_URL ?? (await startRedis())
    const prefix = `ibkr-auth-example-${randomBytes(8).toString('hex')}:`
    await share(() => {
      const client = new Redis(url, { commandTimeout: 2_000 })
      const store = redisStore(client, { prefix })
      undo.push(() => {
        store.close()
        client.disconnect()
      })
      return store
    })
  })
}

/** On loopback, on a free port, without a trace on disk. */
async function startRedis(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server: ChildProcess = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  undo.push(async () => {
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  })
  for await (const line of createInterface({ input: server.stdout! })) {
    if (line.includes('Ready to accept connections')) break
  }
  server.stdout?.resume()
  return `redis://127.0.0.1:${port}`
}
