import { describe, expect, test } from 'vitest'
import { beginExchange, decryptAccessTokenSecret, LiveSessionToken } from '../src/index.ts'
import { answerExchange, encryptAccessTokenSecret } from '../src/server.ts'
import { dhParams, jsonReply } from './support/exchanges.ts'
import {
  base64,
  bytes,
  fixedRandom,
  hex,
  ibkrExample,
  jwkFrom,
  lstDerivation,
  pemOf,
  publicJwkFrom,
} from './support/vectors.ts'

const { diffieHellman, derivations, firstPartyFlow } = lstDerivation

describe.each(derivations)('$name', (derivation) => {
  const { accessTokenSecretHex, consumerKey, BHex, bHex, lstHex, liveSessionTokenSignatureHex } = derivation
  const accessTokenSecret = bytes(accessTokenSecretHex)
  const begin = (): ReturnType<typeof beginExchange> =>
    beginExchange({ dhParams, accessTokenSecret }, { randomBytes: fixedRandom(diffieHellman.aHex) })
  const reply = (signature: string): ReturnType<typeof jsonReply> =>
    jsonReply({ diffie_hellman_response: BHex, live_session_token_signature: signature })

  test('the client half derives and verifies the token', () => {
    const exchange = begin()
    expect(exchange.diffieHellmanChallenge).toBe(diffieHellman.challengeHex)
    expect(hex(exchange.complete(reply(liveSessionTokenSignatureHex), consumerKey).reveal())).toBe(lstHex)
  })

  test('the server half answers, derives and signs the same', () => {
    const input = {
      dhParams,
      diffieHellmanChallenge: diffieHellman.challengeHex,
      accessTokenSecret,
      consumerKey,
    }
    const { response, liveSessionToken } = answerExchange(input, { randomBytes: fixedRandom(bHex) })
    expect(BigInt(`0x${response.diffie_hellman_response}`)).toBe(BigInt(`0x${BHex}`))
    expect(response.live_session_token_signature).toBe(liveSessionTokenSignatureHex)
    expect(hex(liveSessionToken.reveal())).toBe(lstHex)
  })

  test('a wrong encoding of K is one that would not verify', () => {
    const wrong = Object.values(derivation.wrong).filter((other) => other !== lstHex)
    expect(wrong.length).toBeGreaterThan(0)
    for (const other of wrong) {
      expect(other).not.toBe(hex(begin().complete(reply(liveSessionTokenSignatureHex), consumerKey).reveal()))
    }
  })
})

describe('a first-party exchange at the current API', () => {
  const jwk = jwkFrom(ibkrExample.encryptionKey)

  test('the ciphertext is made from its padding string, and opened again', () => {
    const { accessTokenSecretHex, accessTokenSecretCiphertextBase64, ciphertextPaddingStringHex } =
      firstPartyFlow
    const randomBytes = (length: number): Uint8Array => bytes(ciphertextPaddingStringHex).subarray(0, length)
    expect(
      encryptAccessTokenSecret(bytes(accessTokenSecretHex), publicJwkFrom(ibkrExample.encryptionKey), {
        randomBytes,
      }),
    ).toBe(accessTokenSecretCiphertextBase64)
    expect(hex(decryptAccessTokenSecret(accessTokenSecretCiphertextBase64, jwk).reveal())).toBe(
      accessTokenSecretHex,
    )
  })

  test('the ciphertext with line breaks is opened by the key as PEM', async () => {
    const { accessTokenSecretHex, accessTokenSecretCiphertextBase64 } = firstPartyFlow
    const lines = accessTokenSecretCiphertextBase64.match(/.{1,64}/g)?.join('\r\n') ?? ''
    expect(hex(decryptAccessTokenSecret(lines, await pemOf(jwk)).reveal())).toBe(accessTokenSecretHex)
  })

  test('the reply yields the token and the expiry in it', () => {
    const { lstResponse, consumerKey, lstBase64, accessTokenSecretHex, baseStringPrefix } = firstPartyFlow
    const now = (): number => lstResponse.live_session_token_expiration - 86_400_000
    const exchange = beginExchange(
      { dhParams, accessTokenSecret: bytes(accessTokenSecretHex) },
      { now, randomBytes: fixedRandom(diffieHellman.aHex) },
    )
    expect(exchange.signatureBaseStringPrefix).toBe(baseStringPrefix)
    const token = exchange.complete(jsonReply(lstResponse), consumerKey)
    expect(token).toBeInstanceOf(LiveSessionToken)
    expect(base64(token.reveal())).toBe(lstBase64)
    expect(token.expiresAtMs).toBe(lstResponse.live_session_token_expiration)
    expect(token.expiryBasis).toBe('expiration')
    expect(token.remainingMs(now())).toBe(86_400_000)
  })
})
