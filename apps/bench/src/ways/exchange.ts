import { ibkrClient } from '../peers.ts'
import type { ExchangeMaterial } from '../tables/exchange.ts'
import { accessToken, consumerKey, realm } from './inputs.ts'
import type { Way } from './way.ts'

/** All of a client's work for a live session token, from the encrypted secret to the verified token; nothing is sent. */
export const exchangeWays: readonly Way<ExchangeMaterial>[] = [
  { name: 'both packages, keys prepared', kind: 'ours', make: (material) => ours(material, true) },
  { name: 'both packages, from PEM', kind: 'ours', make: (material) => ours(material, false) },
  { name: 'ibkr-client, from PEM', kind: 'peer', make: ibkrClientExchange },
]

/** The exchanges in turn. */
export function turns<Exchange>({ exchanges }: { exchanges: readonly Exchange[] }): () => Exchange {
  let turn = 0
  return () => exchanges[turn++ % exchanges.length] as Exchange
}

/** @param prepared - Keys and parameters are read once, not with each handshake. */
async function ours(material: ExchangeMaterial, prepared: boolean) {
  const dh = await import('@ibkr-auth/dh-live-session-token')
  const oauth1 = await import('@ibkr-auth/oauth1-signing')
  const read = () => ({
    encryptionKey: new dh.PrivateEncryptionKey(material.encryptionKey),
    dhParams: dh.parseDhParams(material.dhParams),
    signer: oauth1.rsaSha256(material.signingKey),
  })
  const before = prepared ? read() : undefined
  const credentials = { consumerKey, accessToken, realm }
  const next = turns(material)
  return async () => {
    const { index, exponent, reply } = next()
    const { encryptionKey, dhParams, signer } = before ?? read()
    const accessTokenSecret = dh.decryptAccessTokenSecret(material.encryptedSecret, encryptionKey)
    const randomBytes = () => Buffer.from(exponent, 'hex')
    const exchange = dh.beginExchange({ dhParams, accessTokenSecret }, { randomBytes })
    await oauth1.createLiveSessionTokenRequest({ credentials, signer, exchange })
    const token = exchange.complete({ status: 200, headers: {}, body: JSON.stringify(reply) }, consumerKey)
    return { index, token: Buffer.from(token.reveal()).toString('hex') }
  }
}

/** It draws its exponent itself; the derivation gets the prepared one, which is the same work. */
function ibkrClientExchange(material: ExchangeMaterial) {
  const { encryptedSecret: accessTokenSecret, encryptionKey: encryption, signingKey: signature } = material
  const { oauth1 } = ibkrClient({ accessTokenSecret, encryption, signature, dhPrime: material.prime })
  const next = turns(material)
  return () => {
    const { index, exponent, reply } = next()
    const { prepend } = oauth1.generateLiveSessionData('https://api.ibkr.com')
    const token = oauth1.generateLiveSessionToken(reply.diffie_hellman_response, exponent, prepend)
    if (!oauth1.validateLiveSessionToken(token, reply.live_session_token_signature))
      throw new Error('ibkr-client refuses the token')
    return { index, token: Buffer.from(token, 'base64').toString('hex') }
  }
}
