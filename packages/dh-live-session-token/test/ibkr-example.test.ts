import { describe, expect, test } from 'vitest'
import { beginExchange, decryptAccessTokenSecret, parseDhParams, type Reply } from '../src/index.ts'
import { signedBytes } from '../src/signed-bytes.ts'
import { fixedRandom, hex, ibkrExample, keyObjectFrom, referencePower } from './support/fixtures.ts'

// "OAuth at Interactive Brokers", May 16 2018, sections 7.4, 8.2 and 8.3, value by value.

const { diffieHellman, accessTokenSecret, liveSessionToken, reply } = ibkrExample
const dhParams = parseDhParams({ prime: diffieHellman.pHex, generator: diffieHellman.gHex })
const requestedAtMs = reply.timestampSeconds * 1000
const options = { now: () => requestedAtMs, randomBytes: fixedRandom(diffieHellman.aHex) }
const publishedReply: Reply = {
  status: reply.status,
  headers: { 'content-type': reply.contentType },
  body: reply.body,
}

describe('the published example', () => {
  const secret = decryptAccessTokenSecret(
    accessTokenSecret.ciphertextBase64,
    keyObjectFrom(ibkrExample.encryptionKey),
  )

  test('the secret decrypts (8.3)', () => {
    expect(hex(secret.reveal())).toBe(accessTokenSecret.plaintextHex)
  })

  test('A is the published challenge, g being greater than p (7.4)', () => {
    expect(dhParams.generator > dhParams.prime).toBe(true)
    expect(beginExchange({ dhParams, accessTokenSecret: secret }, options).diffieHellmanChallenge).toBe(
      diffieHellman.AHex,
    )
  })

  test('the prefix of the base string is the secret in hex (7.4)', () => {
    const exchange = beginExchange({ dhParams, accessTokenSecret: secret }, options)
    expect(exchange.signatureBaseStringPrefix).toBe(ibkrExample.baseStringPrefix)
  })

  test('K is the published one and needs no sign byte', () => {
    const [b, a] = [BigInt(`0x${diffieHellman.BHex}`), BigInt(`0x${diffieHellman.aHex}`)]
    const k = referencePower(b, a, dhParams.prime).toString(16)
    expect(k).toBe(diffieHellman.KHex)
    expect(hex(signedBytes(Buffer.from(k.padStart(512, '0'), 'hex')))).toBe(diffieHellman.KBytesHex)
  })

  test('the published reply yields the published token, verified (7.4.5)', () => {
    const token = beginExchange({ dhParams, accessTokenSecret: secret }, options).complete(
      publishedReply,
      ibkrExample.consumerKey,
    )
    expect(hex(token.reveal())).toBe(liveSessionToken.lstHex)
    expect(token.expiryBasis).toBe('request-time')
    expect(token.expiresAtMs).toBe(requestedAtMs + 86_400_000)
  })

  test('so it does asynchronously', async () => {
    const exchange = beginExchange({ dhParams, accessTokenSecret: secret }, options)
    const token = await exchange.completeInTurn(publishedReply, ibkrExample.consumerKey)
    expect(Buffer.from(token.reveal()).toString('base64')).toBe(liveSessionToken.lstBase64)
  })
})
