import { describe, expect, it } from 'vitest'
import { connect } from './independent-client.ts'

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
