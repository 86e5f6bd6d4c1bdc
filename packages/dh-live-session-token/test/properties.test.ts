import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginExchange, type DhParams, type Reply } from '../src/index.ts'
import { answerExchange } from '../src/server.ts'
import { codeOf, dhParams, jsonReply, smallDhParams } from './support/exchanges.ts'

const secrets = fc.uint8Array({ minLength: 1, maxLength: 80 })
const consumerKeys = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' })
const groups = fc.constantFrom(
  smallDhParams,
  dhParams,
  { prime: smallDhParams.prime, generator: 5n },
  { prime: dhParams.prime, generator: dhParams.prime + 7n },
)

function answer(
  params: DhParams,
  challenge: string,
  secret: Uint8Array,
  consumerKey: string,
): Record<string, string> {
  const { response } = answerExchange({
    dhParams: params,
    diffieHellmanChallenge: challenge,
    accessTokenSecret: secret,
    consumerKey,
  })
  const { diffie_hellman_response, live_session_token_signature } = response
  return { diffie_hellman_response, live_session_token_signature }
}

test('client and server always agree', async () => {
  await fc.assert(
    fc.asyncProperty(
      groups,
      secrets,
      consumerKeys,
      fc.nat(3),
      async (params, accessTokenSecret, consumerKey, zeros) => {
        const exchange = beginExchange({ dhParams: params, accessTokenSecret })
        const { diffieHellmanChallenge } = exchange
        const { response, liveSessionToken } = answerExchange({
          dhParams: params,
          diffieHellmanChallenge,
          accessTokenSecret,
          consumerKey,
        })
        const padded = {
          ...response,
          diffie_hellman_response: '0'.repeat(zeros) + response.diffie_hellman_response.toUpperCase(),
        }
        const token =
          zeros % 2
            ? exchange.complete(jsonReply(padded), consumerKey)
            : await exchange.completeInTurn(jsonReply(padded), consumerKey)
        expect(token.reveal()).toEqual(liveSessionToken.reveal())
        expect(token.expiresAtMs).toBe(liveSessionToken.expiresAtMs)
      },
    ),
    { numRuns: 60 },
  )
})

interface Attempt {
  readonly reply: Reply
  readonly consumerKey: string
}

/** Runs one exchange whose reply went wrong on the way; the token must never come. */
function neverYields(
  name: string,
  spoil: (secret: Uint8Array, consumerKey: string, challenge: string, noise: number) => Attempt,
): void {
  test(`${name} never yields a token`, () => {
    fc.assert(
      fc.property(secrets, consumerKeys, fc.nat(), (accessTokenSecret, consumerKey, noise) => {
        const exchange = beginExchange({ dhParams: smallDhParams, accessTokenSecret })
        const attempt = spoil(accessTokenSecret, consumerKey, exchange.diffieHellmanChallenge, noise)
        const code = codeOf(() => exchange.complete(attempt.reply, attempt.consumerKey))
        expect(code).toMatch(/^ERR_LST_(SIGNATURE_MISMATCH|RESPONSE_OUT_OF_RANGE|MALFORMED_RESPONSE)$/)
      }),
      { numRuns: 40 },
    )
  })
}

const flipHexBit = (digits: string, noise: number): string => {
  const at = noise % digits.length
  const flipped = Number.parseInt(digits.charAt(at), 16) ^ (1 << (noise & 3))
  return digits.slice(0, at) + flipped.toString(16) + digits.slice(at + 1)
}

neverYields('a wrong secret', (secret, consumerKey, challenge, noise) => {
  const other = secret.slice()
  other[noise % other.length]! ^= 1 << (noise & 7)
  return { reply: jsonReply(answer(smallDhParams, challenge, other, consumerKey)), consumerKey }
})

neverYields('a wrong consumer key', (secret, consumerKey, challenge) => {
  return {
    reply: jsonReply(answer(smallDhParams, challenge, secret, consumerKey)),
    consumerKey: `${consumerKey}A`,
  }
})

neverYields('an answer to another challenge', (secret, consumerKey, _, noise) => {
  return {
    reply: jsonReply(answer(smallDhParams, (noise + 5).toString(16), secret, consumerKey)),
    consumerKey,
  }
})

neverYields('an answer in another group', (secret, consumerKey, challenge) => {
  const other = { prime: smallDhParams.prime - 2n, generator: 2n }
  return { reply: jsonReply(answer(other, challenge, secret, consumerKey)), consumerKey }
})

neverYields('one flipped bit of B', (secret, consumerKey, challenge, noise) => {
  const fields = answer(smallDhParams, challenge, secret, consumerKey)
  const spoilt = { ...fields, diffie_hellman_response: flipHexBit(fields.diffie_hellman_response!, noise) }
  return { reply: jsonReply(spoilt), consumerKey }
})

neverYields('one flipped bit of the signature', (secret, consumerKey, challenge, noise) => {
  const fields = answer(smallDhParams, challenge, secret, consumerKey)
  const spoilt = {
    ...fields,
    live_session_token_signature: flipHexBit(fields.live_session_token_signature!, noise),
  }
  return { reply: jsonReply(spoilt), consumerKey }
})

neverYields('a signature cut short', (secret, consumerKey, challenge, noise) => {
  const fields = answer(smallDhParams, challenge, secret, consumerKey)
  const spoilt = {
    ...fields,
    live_session_token_signature: fields.live_session_token_signature!.slice(0, noise % 40),
  }
  return { reply: jsonReply(spoilt), consumerKey }
})

test('whatever a server sends, nothing but a token or an error of this package comes out', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 599 }),
      fc.oneof(fc.string(), fc.json(), fc.uint8Array()),
      (status, body) => {
        const exchange = beginExchange({
          dhParams: smallDhParams,
          accessTokenSecret: new Uint8Array(32).fill(1),
        })
        expect(codeOf(() => exchange.complete({ status, headers: {}, body }, 'ABCDEFGHI'))).toMatch(
          /^ERR_LST_/,
        )
      },
    ),
  )
})
