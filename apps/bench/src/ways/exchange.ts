import { ibkrClient } from '../peers/ibkr-client.ts'
import { accessToken, consumerKey, realm } from './inputs.ts'
import { nodeCrypto, portable, type Way } from './way.ts'

/** One consumer as a platform has it, and exchanges in which IBKR's reply is known beforehand. */
export interface ExchangeMaterial {
  /** Private keys and parameters, PEM. */
  readonly signingKey: string
  readonly encryptionKey: string
  readonly dhParams: string
  /** Hex. */
  readonly prime: string
  /** Base64, as IBKR hands it out. */
  readonly encryptedSecret: string
  readonly exchanges: readonly {
    readonly index: number
    /** The client's private exponent, hex, as is the token. */
    readonly exponent: string
    readonly token: string
    readonly reply: { diffie_hellman_response: string; live_session_token_signature: string }
  }[]
}

/** What a way found for one of the exchanges; the floor has a text and its signature in place of a header. */
export interface ExchangeAnswer {
  readonly index: number
  readonly token: string
  readonly header: string
  readonly signature?: string | undefined
}

/** All of a client's work for a live session token, from the encrypted secret to the verified token; nothing is sent. */
export const exchangeWays: readonly Way<ExchangeMaterial>[] = [
  { name: 'bare OpenSSL operations', kind: 'floor', make: bareOperations },
  { name: 'both packages, keys prepared', kind: 'ours', make: (material) => ours(material, true) },
  { name: 'both packages, from PEM', kind: 'ours', make: (material) => ours(material, false) },
  { name: 'both, keys prepared, portable', kind: 'ours', make: (material) => ours(material, true, portable) },
  { name: 'ibkr-client, from PEM', kind: 'peer', make: ibkrClientExchange },
]

type Exchange = ExchangeMaterial['exchanges'][number]

function turns({ exchanges }: ExchangeMaterial): () => Exchange {
  let turn = 0
  return () => exchanges[turn++ % exchanges.length] as Exchange
}

/** Two modular powers and two RSA operations, on keys prepared beforehand. */
async function bareOperations(material: ExchangeMaterial): Promise<() => ExchangeAnswer> {
  const { constants, createHmac, createPrivateKey, privateDecrypt, sign } = nodeCrypto()
  const { preparedPower, twosComplement } = await import('./dh-power.ts')
  const signingKey = createPrivateKey(material.signingKey)
  const key = { key: createPrivateKey(material.encryptionKey), padding: constants.RSA_NO_PADDING }
  const [encrypted, prime] = [
    Buffer.from(material.encryptedSecret, 'base64'),
    Buffer.from(material.prime, 'hex'),
  ]
  const powers = material.exchanges.map(({ exponent, reply }) => {
    const bases = [Buffer.of(2), Buffer.from(reply.diffie_hellman_response.padStart(512, '0'), 'hex')]
    return bases.map((base) => preparedPower(prime, base, Buffer.from(exponent, 'hex')))
  })
  const next = turns(material)
  const header = 'x'.repeat(900)
  return () => {
    const { index } = next()
    const secret = privateDecrypt(key, encrypted).subarray(-32)
    const [, shared = encrypted] = (powers[index] ?? []).map((power) => power())
    const signature = sign('sha256', Buffer.from(header), signingKey).toString('base64')
    const token = createHmac('sha1', twosComplement(shared)).update(secret).digest('hex')
    return { index, token, header, signature }
  }
}

/**
 * @param prepared - Keys and parameters are read once, not with each handshake.
 * @param locate - Where a package's code is.
 */
async function ours(material: ExchangeMaterial, prepared: boolean, locate = (name: string) => name) {
  const [dhName, oauth1Name] = [
    locate('@ibkr-auth/dh-live-session-token'),
    locate('@ibkr-auth/oauth1-signing'),
  ]
  const dh: typeof import('@ibkr-auth/dh-live-session-token') = await import(dhName)
  const oauth1: typeof import('@ibkr-auth/oauth1-signing') = await import(oauth1Name)
  const read = () => ({
    encryptionKey: new dh.PrivateEncryptionKey(material.encryptionKey),
    dhParams: dh.parseDhParams(material.dhParams),
    signer: oauth1.rsaSha256(material.signingKey),
  })
  const before = prepared ? read() : undefined
  const credentials = { consumerKey, accessToken, realm }
  const next = turns(material)
  return async (): Promise<ExchangeAnswer> => {
    const { index, exponent, reply } = next()
    const { encryptionKey, dhParams, signer } = before ?? read()
    const accessTokenSecret = dh.decryptAccessTokenSecret(material.encryptedSecret, encryptionKey)
    const randomBytes = () => Buffer.from(exponent, 'hex')
    const exchange = dh.beginExchange({ dhParams, accessTokenSecret }, { randomBytes })
    const { headers } = await oauth1.createLiveSessionTokenRequest({ credentials, signer, exchange })
    const token = exchange.complete({ status: 200, headers: {}, body: JSON.stringify(reply) }, consumerKey)
    return { index, token: Buffer.from(token.reveal()).toString('hex'), header: headers.authorization ?? '' }
  }
}

/** It draws its exponent itself; the derivation gets the prepared one, which is the same work. */
function ibkrClientExchange(material: ExchangeMaterial): () => ExchangeAnswer {
  const { encryptedSecret: accessTokenSecret, encryptionKey: encryption, signingKey: signature } = material
  const { oauth1 } = ibkrClient({ accessTokenSecret, encryption, signature, dhPrime: material.prime })
  const next = turns(material)
  return () => {
    const { index, exponent, reply } = next()
    const { headers, prepend } = oauth1.generateLiveSessionData(
      'https://api.ibkr.com/v1/api/oauth/live_session_token',
    )
    const token = oauth1.generateLiveSessionToken(reply.diffie_hellman_response, exponent, prepend)
    if (!oauth1.validateLiveSessionToken(token, reply.live_session_token_signature))
      throw new Error('ibkr-client refuses the token')
    return { index, token: Buffer.from(token, 'base64').toString('hex'), header: headers.Authorization }
  }
}
