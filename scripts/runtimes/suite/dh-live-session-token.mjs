// Derivations for shared secrets of awkward lengths, IBKR's published example, both halves against each other.
import {
  beginExchange,
  decryptAccessTokenSecret,
  formatDhParams,
  parseDhParams,
} from '@ibkr-auth/dh-live-session-token'
import { answerExchange, encryptAccessTokenSecret } from '@ibkr-auth/dh-live-session-token/server'
import ibkr from '../../vectors/ibkr-2018-example.json' with { type: 'json' }
import { privateJwk, publicJwk } from '../../vectors/jwk.mjs'
import lst from '../../vectors/lst-derivation.json' with { type: 'json' }
import { fromHex, pemOf, randomnessOf, toHex } from './encoding.mjs'
import { failsWith, same } from './expect.mjs'

const group = parseDhParams({ prime: lst.diffieHellman.pHex, generator: lst.diffieHellman.gHex })
const headers = { 'content-type': 'application/json' }
const reply = (body) => ({ status: 200, headers, body: JSON.stringify(body) })

const derivations = lst.derivations.map((vector) => ({
  name: `derivation, ${vector.name}`,
  run: () => {
    const exchange = beginExchange(
      { dhParams: group, accessTokenSecret: fromHex(vector.accessTokenSecretHex) },
      { randomBytes: randomnessOf(lst.diffieHellman.aHex) },
    )
    same(exchange.diffieHellmanChallenge, lst.diffieHellman.challengeHex)
    const token = exchange.complete(
      reply({
        diffie_hellman_response: vector.BHex,
        live_session_token_signature: vector.liveSessionTokenSignatureHex,
      }),
      vector.consumerKey,
    )
    same(toHex(token.reveal()), vector.lstHex)
  },
}))

const { diffieHellman, accessTokenSecret, liveSessionToken } = ibkr

const example = {
  name: "IBKR's example, from the ciphertext to the token",
  run: () => {
    const secret = decryptAccessTokenSecret(
      accessTokenSecret.ciphertextBase64,
      privateJwk(ibkr.keys.encryption),
    )
    same(toHex(secret.reveal()), accessTokenSecret.plaintextHex)
    const dhParams = parseDhParams({ prime: diffieHellman.pHex, generator: diffieHellman.gHex })
    const exchange = beginExchange(
      { dhParams, accessTokenSecret: secret },
      { randomBytes: randomnessOf(diffieHellman.aHex) },
    )
    same(exchange.diffieHellmanChallenge, diffieHellman.AHex)
    same(exchange.signatureBaseStringPrefix, accessTokenSecret.plaintextHex)
    const token = exchange.complete(
      reply({
        diffie_hellman_response: diffieHellman.BHex,
        live_session_token_signature: liveSessionToken.signatureHex,
      }),
      ibkr.consumerKey,
    )
    same(toHex(token.reveal()), liveSessionToken.lstHex)
  },
}

const { firstPartyFlow } = lst

const wholeExchange = {
  name: 'first-party exchange, from the ciphertext to the token',
  run: () => {
    const secret = decryptAccessTokenSecret(
      firstPartyFlow.accessTokenSecretCiphertextBase64,
      privateJwk(ibkr.keys.encryption),
    )
    const exchange = beginExchange(
      { dhParams: group, accessTokenSecret: secret },
      {
        randomBytes: randomnessOf(lst.diffieHellman.aHex),
        // The day before: an expiry beyond a week would not be believed.
        now: () => firstPartyFlow.lstResponse.live_session_token_expiration - 86_400_000,
      },
    )
    const token = exchange.complete(reply(firstPartyFlow.lstResponse), firstPartyFlow.consumerKey)
    same(btoa(String.fromCharCode(...token.reveal())), firstPartyFlow.lstBase64)
    same(token.expiresAtMs, firstPartyFlow.lstResponse.live_session_token_expiration)
  },
}

const forgedSignature = {
  name: 'a reply signed by someone else is refused',
  run: () => {
    const secret = fromHex(firstPartyFlow.accessTokenSecretHex)
    const exchange = beginExchange({ dhParams: group, accessTokenSecret: secret })
    return failsWith('ERR_LST_SIGNATURE_MISMATCH', () =>
      exchange.complete(reply(firstPartyFlow.lstResponse), firstPartyFlow.consumerKey),
    )
  },
}

const bothHalves = {
  name: 'client and server halves derive the same token',
  run: () => {
    const secret = crypto.getRandomValues(new Uint8Array(32))
    const ciphertext = encryptAccessTokenSecret(secret, publicJwk(ibkr.keys.encryption))
    const decrypted = decryptAccessTokenSecret(ciphertext, privateJwk(ibkr.keys.encryption))
    same(toHex(decrypted.reveal()), toHex(secret))
    const dhParams = parseDhParams(formatDhParams(group))
    const exchange = beginExchange({ dhParams, accessTokenSecret: decrypted })
    const answer = answerExchange({
      dhParams,
      diffieHellmanChallenge: exchange.diffieHellmanChallenge,
      accessTokenSecret: secret,
      consumerKey: 'ABCDEFGHI',
    })
    const token = exchange.complete(reply(answer.response), 'ABCDEFGHI')
    same(toHex(token.reveal()), toHex(answer.liveSessionToken.reveal()))
  },
}

const pemKey = {
  name: 'encryption key as PEM, secret with line breaks',
  run: async () => {
    const lines = accessTokenSecret.ciphertextBase64.match(/.{1,64}/g).join('\r\n')
    const secret = decryptAccessTokenSecret(lines, await pemOf(privateJwk(ibkr.keys.encryption)))
    same(toHex(secret.reveal()), accessTokenSecret.plaintextHex)
  },
}

const wrongKey = {
  name: 'a secret for another key is refused',
  run: () =>
    failsWith('ERR_LST_SECRET_DECRYPTION', () =>
      decryptAccessTokenSecret(accessTokenSecret.ciphertextBase64, privateJwk(ibkr.keys.signing)),
    ),
}

const outOfRange = {
  name: 'a reply outside 2 … p−2 is refused',
  run: () => {
    const exchange = beginExchange({ dhParams: group, accessTokenSecret: fromHex('00'.repeat(32)) })
    const signature = { live_session_token_signature: liveSessionToken.signatureHex }
    return failsWith('ERR_LST_RESPONSE_OUT_OF_RANGE', () =>
      exchange.complete(reply({ diffie_hellman_response: '1', ...signature }), 'ABCDEFGHI'),
    )
  },
}

export const cases = [
  ...derivations,
  example,
  pemKey,
  wrongKey,
  outOfRange,
  wholeExchange,
  forgedSignature,
  bothHalves,
]
