import * as oauth1 from '@ibkr-auth/oauth1-signing'
import { createNonceStore, verifyRequestSync } from '@ibkr-auth/oauth1-signing/server'
import * as ssoJwt from '@ibkr-auth/sso-jwt'
import { createReplayStore, verifyClientAssertion } from '@ibkr-auth/sso-jwt/server'
import { expect, it } from 'vitest'

// The packages import nothing of each other. What they have in common they call by the same names all the same.

it('IBKR answers at the same hosts, by the same names', () => {
  for (const [environment, host] of Object.entries(ssoJwt.ibkrHosts))
    expect(oauth1.ibkrHosts, environment).toHaveProperty(environment, host)
})

it('a refusal has the same members', async () => {
  const findKey = () => undefined
  const header = oauth1.createAuthorizationHeader(
    { method: 'GET', url: 'https://h.example/' },
    { consumerKey: 'key' },
    oauth1.hmacSha256(new Uint8Array(20).fill(1)),
  )
  const request = { method: 'GET', url: 'https://h.example/', headers: { authorization: header } }
  const refused = [
    verifyRequestSync(request, { findKey, nonceStore: createNonceStore() }),
    await verifyClientAssertion('a.b.c', { findKey, replayStore: createReplayStore() }),
  ]
  const common = {
    ok: false,
    code: expect.any(String),
    message: expect.any(String),
    status: expect.any(Number),
  }
  for (const refusal of refused) expect(refusal).toMatchObject(common)
})

it('a store of what was used once answers by the same words', () => {
  const [expiresAtMs, nowMs] = [2_000, 1_000]
  const nonces = createNonceStore({ capacity: 1 })
  const use = { consumerKey: 'key', token: '', timestampSeconds: 1, nonce: 'n', expiresAtMs }
  const replays = createReplayStore({ capacity: 1, clientShare: 1 })
  const jti = { clientId: 'client', jti: 'j', expiresAtMs }
  const words = ['new', 'seen', 'full']
  expect([use, use, { ...use, nonce: 'o' }].map((one) => nonces.record(one, nowMs))).toEqual(words)
  expect([jti, jti, { ...jti, jti: 'k' }].map((one) => replays.record(one, nowMs))).toEqual(words)
})
