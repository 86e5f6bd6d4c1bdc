import { Buffer } from 'node:buffer'
import { createSecretKey } from 'node:crypto'
import * as exchanging from '@ibkr-auth/dh-live-session-token'
import * as signing from '@ibkr-auth/oauth1-signing'
import { beforeAll, describe, expect, it } from 'vitest'
import { importPortable } from '../src/bundle.ts'
import { handWrittenSigner } from '../src/by-hand.ts'
import { bareOperations, coldHandshake, createHandshake, warmHandshake } from '../src/handshake.ts'
import { createConsumer } from '../src/handshake-inputs.ts'
import {
  accessToken,
  consumerKey,
  formPost,
  liveSessionToken,
  plainGet,
  realm,
  snapshot,
} from '../src/inputs.ts'
import { checkHeader } from '../src/reference.ts'
import { oursSigning } from '../src/signing.ts'
import { bareHmac, byHand } from '../src/signing-peers.ts'
import published from './fixtures/published.json' with { type: 'json' }

type Signing = Pick<
  typeof signing,
  'createAuthorizationHeader' | 'hmacSha256' | 'createLiveSessionTokenRequest' | 'rsaSha256'
>

let portable: Signing
let portableExchanging: typeof exchanging
beforeAll(async () => {
  portable = await importPortable<Signing>('@ibkr-auth/oauth1-signing')
  portableExchanging = await importPortable<typeof exchanging>('@ibkr-auth/dh-live-session-token')
}, 30_000)

describe('the signing rows answer as the published examples do', () => {
  const native: Signing = signing
  it.each(published.signing)('$name', (one) => {
    const key = Buffer.from(one.keyHex, 'hex')
    const { oauth_nonce: nonce, oauth_timestamp: timestamp, oauth_token: token } = one.protocol
    const form = one.method === 'POST'
    const body = new URLSearchParams(Object.entries(one.fields) as [string, string][]).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const request = { method: one.method, url: one.url, ...(form ? { body, headers } : {}) }
    const credentials = { consumerKey: one.protocol.oauth_consumer_key, accessToken: token }
    const options = {
      now: () => Number(timestamp) * 1000,
      nonce: () => nonce,
      querySigning: one.treatment as 'rfc5849' | 'raw',
    }
    for (const { createAuthorizationHeader, hmacSha256 } of [native, portable]) {
      const header = createAuthorizationHeader(request, credentials, hmacSha256(key), options)
      expect(header).toContain(`oauth_signature="${encodeURIComponent(one.signature)}"`)
    }
  })

  it.each([plainGet, snapshot, formPost])('and sign the inputs of the benchmark: $name', async (input) => {
    for (const one of [
      bareHmac(input),
      byHand(input),
      oursSigning(input),
      oursSigning(input, 'portable', portable),
    ]) {
      await one.check(one.run())
    }
  })

  it('a signer by hand with the wrong key is refused', () => {
    const key = createSecretKey(Buffer.alloc(20, 9))
    const header = handWrittenSigner({ consumerKey, accessToken, realm, key })('GET', plainGet.url, {})
    const judgement = { treatment: 'rfc5849', algorithm: 'sha256', key: liveSessionToken } as const
    expect(() => checkHeader(plainGet, header, judgement)).toThrow('wrong signature')
  })
})

describe('the handshake rows', () => {
  const handshake = createHandshake(createConsumer(), 2)

  it('derive the token that was computed beforehand, on either path', async () => {
    const rows = [
      bareOperations(handshake),
      warmHandshake('native', handshake, exchanging, signing),
      warmHandshake('portable', handshake, portableExchanging, portable),
      coldHandshake(handshake),
    ]
    for (const row of rows) await row.check(await row.run())
  })

  it('are refused with another token or another signature', async () => {
    const row = warmHandshake('native', handshake, exchanging, signing)
    const good = (await row.run()) as { token: Uint8Array; header: string }
    expect(() => row.check({ ...good, token: Buffer.alloc(20) })).toThrow('live session token is wrong')
    const header = good.header.replace(/oauth_nonce="./, 'oauth_nonce="x')
    expect(() => row.check({ ...good, header })).toThrow('signed wrong')
  })
})
