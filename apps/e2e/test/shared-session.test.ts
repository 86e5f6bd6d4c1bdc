import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NonceStore } from '@ibkr-auth/oauth1-signing/server'
import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import {
  fileStore,
  type SharedPacing,
  shareCredential,
  sharedNonceStore,
  sharedReplayStore,
  shareLeadership,
  sharePacing,
} from '@ibkr-auth/shared-session'
import type { ReplayStore } from '@ibkr-auth/sso-jwt/server'
import {
  type BrokerageLeadership,
  createSession,
  globalPacingWindow,
  ibkrPacingLimits,
  type Pacing,
  type Session,
} from '@ibkr-auth/transport/session'
import { afterEach, beforeEach, expect, expectTypeOf, test } from 'vitest'
import { firstPartyLogin, type SharedLiveSessionToken } from '../support/first-party-login.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ibkr-auth-e2e-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))

/** What a process of its own would make for itself. */
function worker(sandbox: RunningSandbox, seal: Uint8Array) {
  const shared = { store: fileStore(directory, { pollMs: 20 }), key: 'sandbox' }
  const login = firstPartyLogin(sandbox.credentials)
  const establish = shareCredential({ ...shared, seal, ...login })
  const pacing = sharePacing({ ...shared, global: globalPacingWindow, limits: ibkrPacingLimits })
  const session = createSession({
    baseUrl: sandbox.credentials.baseUrl,
    username: 'user',
    establish,
    pacing,
  })
  establish.follow(session)
  const close = async (): Promise<void> => {
    await session.close()
    await establish.close()
    await pacing.close()
  }
  return { establish, pacing, session, close }
}

function logins(sandbox: RunningSandbox): number {
  return sandbox.log.entries.filter(({ target }) => target === '/v1/api/oauth/live_session_token').length
}

test('four sessions on one username log in once, and once more for a renewal', async () => {
  await using sandbox = await startSandbox({ firstParty: true })
  const seal = randomBytes(32)
  const workers = Array.from({ length: 4 }, () => worker(sandbox, seal))
  const ask = (session: Session) => session.get('/portfolio/subaccounts')
  const replies = await Promise.all(workers.slice(0, 1).map(({ session }) => ask(session)))
  expect(replies.every(({ status }) => status === 200)).toBe(true)
  await Promise.all(workers.map(({ session }) => session.ready()))
  expect(logins(sandbox)).toBe(1)
  const [first] = workers
  await first!.session.renew()
  expect(logins(sandbox)).toBe(2)
  const generation = first!.establish.status().generation
  for (const { establish } of workers)
    await expect.poll(() => establish.status().generation, { timeout: 20_000 }).toBe(generation)
  expect(logins(sandbox)).toBe(2)
  await Promise.all(workers.map(({ close }) => close()))
})

test('what is shared fits what sessions and verifiers take', () => {
  expectTypeOf<SharedPacing>().toExtend<Pacing>()
  expectTypeOf(shareLeadership).returns.toExtend<BrokerageLeadership>()
  expectTypeOf(sharedReplayStore).returns.toExtend<ReplayStore>()
  expectTypeOf(sharedNonceStore).returns.toExtend<NonceStore>()
  expectTypeOf<SharedLiveSessionToken>().toHaveProperty('authorize')
})
