import assert from 'node:assert/strict'
import * as crypto from 'node:crypto'
import { beginExchange, formatDhParams, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { answerExchange, encryptAccessTokenSecret } from '@ibkr-auth/dh-live-session-token/server'
import { type Candidate, measure, type Table } from '../harness.ts'
import { exchangeWays, turns } from '../ways/exchange.ts'
import { consumerKey } from '../ways/inputs.ts'
import { candidatesOf } from '../ways/way.ts'

/**
 * A 2048-bit safe prime, made for these benchmarks with `crypto.generatePrimeSync(2048, { safe: true })`. It is in no
 * standard: for the primes of RFC 3526 and RFC 7919 OpenSSL has shortcuts that a registered prime does not get.
 */
const prime =
  'ca0d729dcf564694eceed4938f1e909244f8053ad7a9b9d539d73f15935f97920ea017788e9f727147bd2604f638a4d0520cac5c57' +
  '300135b5d09afc5cee4d933fe8c4fd3ec1cc302a1170cb8ad0e1817817ff9deb7d784cfb0f5d7e207c5a20dda26ac6a4bfddd3cbba' +
  '6b05819b9858e0774d465430854715d326b51ff80f6cbc9a46b96c24df2c6442d8cc5a2c26fa694d7d4fbb0c72da5a39f0fbc96668' +
  '7de3f0c39d334720adcdcecfb4c7a41359d57da5173e902a415fd8ef7ed6cbc8bdc9ae4a66d0d4250c0bd01f118eb193936a685110' +
  '7cbed289b884614301c9dadf96b4eca129c2875baaf5dfb1841650e413e57a7298e8a268c3bc9af7f9e5c74f'
const dhParams = parseDhParams({ prime })
const note =
  'Decrypt the secret, make the challenge, sign the request, derive and verify the token; nothing is sent. Floor: two modular ' +
  'powers on prepared DH parameters, one raw RSA-2048 private operation, one RSA-2048 signature.'

export async function measureExchanges(): Promise<Table[]> {
  const material = exchangeMaterial(16)
  const ways = await candidatesOf(exchangeWays, material, judgeExchange(material))
  const about = { id: 'handshake', title: 'Live session token', note, rounds: 25 }
  return [await measure(about, [bareOperations(material), ...ways], { sliceMs: 10 })]
}

/** One consumer as a platform has it, texts in PEM, hex and base64, and exchanges that the server half answered beforehand. */
export function exchangeMaterial(count: number) {
  const secret = crypto.randomBytes(32)
  const [signingKey, encryptionKey] = [privateKey(), privateKey()]
  const exchanges = Array.from({ length: count }, (_, index) => ({ index, ...answeredExchange(secret) }))
  const encryptedSecret = encryptAccessTokenSecret(secret, crypto.createPublicKey(encryptionKey))
  const keys = { prime, dhParams: formatDhParams(dhParams), signingKey, encryptionKey }
  return { ...keys, encryptedSecret, exchanges }
}

export type ExchangeMaterial = ReturnType<typeof exchangeMaterial>

function privateKey(): string {
  const pair = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 })
  return pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}

function answeredExchange(accessTokenSecret: Uint8Array) {
  const exponent = crypto.randomBytes(32).toString('hex')
  const randomBytes = () => Buffer.from(exponent, 'hex')
  const { diffieHellmanChallenge } = beginExchange({ dhParams, accessTokenSecret }, { randomBytes })
  const answered = answerExchange({ dhParams, diffieHellmanChallenge, accessTokenSecret, consumerKey })
  const token = Buffer.from(answered.liveSessionToken.reveal()).toString('hex')
  return { exponent, token, reply: answered.response }
}

/** Its tokens are computed by OpenSSL alone: they judge the server half, which judges the others. */
export function bareOperations(material: ExchangeMaterial): Candidate {
  const signingKey = crypto.createPrivateKey(material.signingKey)
  const key = {
    key: crypto.createPrivateKey(material.encryptionKey),
    padding: crypto.constants.RSA_NO_PADDING,
  }
  const encrypted = Buffer.from(material.encryptedSecret, 'base64')
  const dh = crypto.createDiffieHellman(Buffer.from(prime, 'hex'), 2)
  const [next, text] = [turns(material), Buffer.alloc(900)]
  const run = () => {
    const { index, exponent, reply } = next()
    const secret = crypto.privateDecrypt(key, encrypted).subarray(-32)
    dh.setPrivateKey(exponent, 'hex')
    dh.generateKeys()
    crypto.sign('sha256', text, signingKey)
    const shared = dh.computeSecret(reply.diffie_hellman_response.padStart(512, '0'), 'hex')
    // As `BigInteger.toByteArray()` in Java gives it: without leading zeros, but with one where the top bit is set.
    const first = shared.findIndex((byte) => byte !== 0)
    const sign0 = Buffer.alloc((shared[first] ?? 0) > 127 ? 1 : 0)
    const hmac = crypto.createHmac('sha1', Buffer.concat([sign0, shared.subarray(first)]))
    return { index, token: hmac.update(secret).digest('hex') }
  }
  return { name: 'bare OpenSSL operations', kind: 'floor', run, check: judgeExchange(material) }
}

/** Throws unless the token is that of the exchange. */
export function judgeExchange({ exchanges }: ExchangeMaterial): (answer: unknown) => void {
  return (answer) => {
    const { index, token } = answer as { index: number; token: string }
    assert.equal(token, exchanges[index]?.token)
  }
}
