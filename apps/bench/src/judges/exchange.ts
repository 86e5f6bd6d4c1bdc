import { createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto'
import { beginExchange, formatDhParams, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { answerExchange, encryptAccessTokenSecret } from '@ibkr-auth/dh-live-session-token/server'
import { rsaSha256 } from '@ibkr-auth/oauth1-signing'
import { createNonceStore, verifyRequest } from '@ibkr-auth/oauth1-signing/server'
import { type ExchangeAnswer, type ExchangeMaterial, exchangeWays } from '../ways/exchange.ts'
import { consumerKey } from '../ways/inputs.ts'
import type { Work } from '../ways/way.ts'

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

/**
 * Exchanges that the server half answered beforehand. Its tokens are judged too: by the floor, which is bare OpenSSL.
 *
 * @param count - How many there are, to be taken in turn.
 */
export function exchangeWork(count: number): Work<ExchangeMaterial> {
  const secret = randomBytes(32)
  const [signingKey, encryptionKey] = [privateKey(), privateKey()]
  const material = {
    ...{ signingKey, encryptionKey, prime, dhParams: formatDhParams(dhParams) },
    encryptedSecret: encryptAccessTokenSecret(secret, createPublicKey(encryptionKey)),
    exchanges: Array.from({ length: count }, (_, index) => ({ index, ...answered(secret) })),
  }
  const publicKey = createPublicKey(signingKey)
  const judge: Work<ExchangeMaterial>['judge'] = async ({ kind }, answer) => {
    const { index, token, header, signature = '' } = answer as ExchangeAnswer
    if (material.exchanges[index]?.token !== token) throw new Error('the live session token is wrong')
    const signed =
      kind === 'floor'
        ? verify('sha256', Buffer.from(header), publicKey, Buffer.from(signature, 'base64'))
        : await isSigned(header, signingKey, secret.toString('hex'))
    if (!signed) throw new Error('the request is signed wrong')
  }
  return { material, ways: exchangeWays, judge }
}

function privateKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

function answered(accessTokenSecret: Uint8Array): Omit<ExchangeMaterial['exchanges'][number], 'index'> {
  const exponent = randomBytes(32)
  const begun = beginExchange({ dhParams, accessTokenSecret }, { randomBytes: () => exponent.subarray() })
  const { diffieHellmanChallenge } = begun
  const { response, liveSessionToken } = answerExchange({
    ...{ dhParams, diffieHellmanChallenge, accessTokenSecret, consumerKey },
  })
  const token = Buffer.from(liveSessionToken.reveal()).toString('hex')
  return { exponent: exponent.toString('hex'), token, reply: { ...response } }
}

const nonceStore = createNonceStore()

async function isSigned(authorization: string, signingKey: string, prefix: string): Promise<boolean> {
  const url = 'https://api.ibkr.com/v1/api/oauth/live_session_token'
  const key = rsaSha256(signingKey)
  const request = { method: 'POST', url, headers: { authorization } }
  return (await verifyRequest(request, { findKey: () => ({ key, prefix }), nonceStore })).ok
}
