import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import { fileStore } from '@ibkr-auth/shared-session'
import { marketData } from '@ibkr-auth/streaming'
import { expect, it } from 'vitest'
import { createSharedOAuth1Session } from '../src/clients/shared-oauth1-session.ts'
import { openStream } from '../src/clients/stream.ts'
import { sessionOptions } from './session-options.ts'

/** What a process of its own would make for itself. */
function worker(sandbox: RunningSandbox, directory: string, seal: Uint8Array) {
  const options = sessionOptions(sandbox)
  const { accessToken, baseUrl } = options
  const shared = createSharedOAuth1Session({
    ...options,
    store: fileStore(directory, { pollMs: 20 }),
    seal,
    username: sandbox.credentials.username,
  })
  const stream = openStream(shared.session, {
    baseUrl,
    query: () => ({ name: 'oauth_token', value: accessToken }),
  })
  return {
    session: shared.session,
    stream,
    async close() {
      stream.close()
      await shared.close()
    },
  }
}

it('each process of a shared session streams with a cookie of its own tickle, and anew after a renewal', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ibkr-auth-example-'))
  await using sandbox = await startSandbox()
  const seal = randomBytes(32)
  const workers = [worker(sandbox, directory, seal), worker(sandbox, directory, seal)] as const
  for (const { stream } of workers) {
    for await (const item of stream.subscribe(marketData(265_598, ['last'])))
      if (item.kind === 'update') break
  }
  const logins = () =>
    sandbox.log.entries.filter(({ target }) => target.endsWith('/oauth/live_session_token')).length
  expect([logins(), sandbox.streams.open]).toEqual([1, 2])

  await workers[0].session.renew()
  for (const { stream } of workers)
    await expect.poll(() => stream.status().connections, { timeout: 60_000 }).toBeGreaterThan(1)
  for (const { stream } of workers) await stream.ready()
  expect(logins()).toBe(2)
  await Promise.all(workers.map(({ close }) => close()))
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
})
