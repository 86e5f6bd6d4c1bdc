import { describe, expect, it } from 'vitest'
import { type CompleteCredentials, fillCredentials } from '../src/credentials/fill-credentials.ts'
import { settingsFrom } from '../src/options.ts'
import { createState } from '../src/state/sandbox-state.ts'
import { connect, testKeys } from './independent-client.ts'

describe('an hour of distinct nonces', () => {
  it('leaves no more behind than the window of timestamps holds', async () => {
    let nowMs = Date.UTC(2026, 0, 5, 12)
    const { sandbox, client } = await connect({
      now: () => nowMs,
      clockToleranceSeconds: 30,
      nonceCapacity: 200,
      liveSessionTokenLifetimeMs: 7_200_000,
    })
    const { lst } = await client.liveSessionToken()
    const spec = { target: '/v1/api/portfolio/accounts', key: { hmac: lst } }
    // Two requests a second: 7,200 nonces through a store with room for 200.
    for (let second = 0; second < 3_600; second++) {
      nowMs += 1_000
      for (let count = 0; count < 2; count++) expect((await client.send(spec)).status).toBe(200)
    }
    expect(sandbox.log.entries.length).toBeLessThanOrEqual(1_000)
  })

  it('may all be of one consumer, and as many as the option says', async () => {
    const settings = settingsFrom({ nonceCapacity: 150_000 })
    const [credentials] = await fillCredentials(testKeys())
    const { nonces } = createState(settings, [credentials as CompleteCredentials], 'http://127.0.0.1:4000')
    const outcomes = new Set<string>()
    for (let count = 0; count < 150_000; count++) {
      const nonce = count.toString(16).padStart(32, '0')
      const use = {
        consumerKey: 'CONSUMER1',
        token: '0123456789abcdef0123',
        timestampSeconds: 1_800_000_000,
        nonce,
      }
      outcomes.add(nonces.record({ ...use, expiresAtMs: 1_800_000_600_000 }, 1_800_000_000_000))
    }
    expect([...outcomes]).toEqual(['new'])
  })

  it('is refused, not forgotten, once the store is full', async () => {
    const { sandbox, client } = await connect({ nonceCapacity: 3 })
    const { lst } = await client.liveSessionToken()
    const spec = { target: '/v1/api/portfolio/accounts', key: { hmac: lst }, nonce: 'first' }
    const timestamp = String(Math.floor(Date.now() / 1000))
    expect((await client.send({ ...spec, timestamp })).status).toBe(200)
    expect((await client.send({ ...spec, nonce: 'second' })).status).toBe(200)
    expect((await client.send({ ...spec, nonce: 'third' })).status).toBe(503)
    expect(sandbox.log.last?.explanation?.mistake).toBe('store-full')
    expect((await client.send({ ...spec, timestamp })).status).toBe(401)
    expect(sandbox.log.last?.explanation?.mistake).toBe('nonce-reused')
  })
})
