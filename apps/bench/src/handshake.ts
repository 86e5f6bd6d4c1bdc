import { Buffer } from 'node:buffer'
import {
  constants,
  createHmac,
  createPublicKey,
  diffieHellman,
  privateDecrypt,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import * as native from '@ibkr-auth/dh-live-session-token'
import * as nativeSigning from '@ibkr-auth/oauth1-signing'
import { importPortable } from './bundle.ts'
import type { Candidate } from './candidate.ts'
import { dhPrivateKey, dhPublicKey } from './dh-key-objects.ts'
import { dhGenerator } from './dh-prime.ts'
import {
  type Account,
  agree,
  answer,
  type Consumer,
  createAccount,
  createConsumer,
  type PreparedExchange,
  twosComplement,
  unseenPrime,
} from './handshake-inputs.ts'
import type { Comparison } from './harness.ts'
import { ibkrClient } from './ibkr-client.ts'
import { accessToken, consumerKey, realm } from './inputs.ts'
import { baseString, parametersOf } from './reference.ts'

type Exchanging = typeof native
type Signing = Pick<typeof nativeSigning, 'createLiveSessionTokenRequest' | 'rsaSha256'>

const credentials = { consumerKey, accessToken, realm }
const url = 'https://api.ibkr.com/v1/api/oauth/live_session_token'

/** What every handshake row works on. */
export interface Handshake {
  readonly consumer: Consumer
  readonly account: Account
  /** Exchanges in turn, each with an exponent of its own. */
  readonly next: () => PreparedExchange
}

export function createHandshake(consumer: Consumer, exchanges: number, unseen = false): Handshake {
  const account = createAccount(consumer)
  const pool = Array.from({ length: exchanges }, () =>
    answer(agree(unseen ? unseenPrime() : consumer.prime), account.secret),
  )
  let turn = 0
  return { consumer, account, next: () => pool[turn++ % pool.length] as PreparedExchange }
}

/** The client's work of one live session token exchange: from the encrypted secret to the verified token. */
export async function compareHandshakes(): Promise<Comparison[]> {
  const consumer = createConsumer()
  const handshake = createHandshake(consumer, 16)
  const unseen = createHandshake(consumer, 400, true)
  const portable = await importPortable<Exchanging>('@ibkr-auth/dh-live-session-token')
  const portableSigning = await importPortable<Signing>('@ibkr-auth/oauth1-signing')
  const options = { sliceMs: 12 }
  const floor = bareOperations(handshake)
  const peer = ibkrClientHandshake(handshake)
  const warm = [
    floor,
    warmHandshake('both packages', handshake, native, nativeSigning),
    warmHandshake('both packages, parameters never seen before', unseen, native, nativeSigning),
    warmHandshake('both packages, portable path', handshake, portable, portableSigning),
    peer,
  ]
  const cold = [floor, coldHandshake(handshake), peer]
  const note =
    'Decrypt the secret, make the challenge, sign the request, derive and verify the token; nothing is sent. Floor: two modular ' +
    'powers with prepared DH key objects, one raw RSA-2048 private operation, one RSA-2048 signature.'
  return [
    { id: 'handshake-warm', title: 'Handshake, keys prepared', note, candidates: warm, options },
    { id: 'handshake-cold', title: 'Handshake, from three PEM files', note, candidates: cold, options },
  ]
}

/** The bare OpenSSL operations of one handshake, on prepared keys. */
export function bareOperations({ consumer, account, next }: Handshake): Candidate {
  const { prime, signingKey, encryptionKey } = consumer
  const generator = dhPublicKey(prime, dhGenerator, dhGenerator)
  const prepared = Array.from({ length: 16 }, next).map(({ exponent, response, liveSessionToken }) => ({
    privateKey: dhPrivateKey(prime, dhGenerator, exponent),
    publicKey: dhPublicKey(prime, dhGenerator, response),
    liveSessionToken,
  }))
  const encrypted = Buffer.from(account.encryptedSecret, 'base64')
  const data = randomBytes(900)
  let turn = 0
  const run = (): unknown => {
    const one = prepared[turn++ % prepared.length] as (typeof prepared)[number]
    const { privateKey, publicKey } = one
    return {
      one,
      secret: privateDecrypt({ key: encryptionKey, padding: constants.RSA_NO_PADDING }, encrypted),
      challenge: diffieHellman({ privateKey, publicKey: generator }),
      signature: sign('sha256', data, signingKey),
      shared: diffieHellman({ privateKey, publicKey }),
    }
  }
  const check = (result: unknown): void => {
    const { one, secret, signature, shared } = result as {
      one: { liveSessionToken: Buffer }
      secret: Buffer
      signature: Buffer
      shared: Buffer
    }
    const key = twosComplement(BigInt(`0x${shared.toString('hex')}`))
    const token = createHmac('sha1', key).update(account.secret).digest()
    if (!one.liveSessionToken.equals(token)) throw new Error('the shared secret differs')
    if (!secret.subarray(-32).equals(account.secret)) throw new Error('the secret differs')
    if (!verify('sha256', data, createPublicKey(signingKey), signature))
      throw new Error('the signature is wrong')
  }
  return { name: 'bare OpenSSL operations', kind: 'floor', run, check }
}

/** Draws real random bytes too, so that their cost counts, and then hands out those that the reply was computed for. */
export function fixedExponent({ exponentBytes }: PreparedExchange): (length: number) => Uint8Array {
  return (length) => {
    randomBytes(length)
    return exponentBytes
  }
}

export function warmHandshake(
  name: string,
  handshake: Handshake,
  exchanging: Exchanging,
  signing: Signing,
): Candidate {
  const { consumer, account, next } = handshake
  const encryptionKey = new exchanging.PrivateEncryptionKey(consumer.encryptionKeyPem)
  const signer = signing.rsaSha256(consumer.signingKeyPem)
  const run = async (): Promise<unknown> => {
    const prepared = next()
    const accessTokenSecret = exchanging.decryptAccessTokenSecret(account.encryptedSecret, encryptionKey)
    const dhParams = exchanging.parseDhParams({ prime: prepared.prime, generator: dhGenerator })
    const options = { randomBytes: fixedExponent(prepared) }
    const exchange = exchanging.beginExchange({ dhParams, accessTokenSecret }, options)
    const request = await signing.createLiveSessionTokenRequest({ credentials, signer, exchange })
    const token = exchange.complete(prepared.reply, consumerKey)
    return { prepared, token: token.reveal(), header: request.headers.authorization }
  }
  return { name, kind: 'ours', run, check: judgeHandshake(handshake) }
}

export function coldHandshake(handshake: Handshake): Candidate {
  const { consumer, account, next } = handshake
  const run = async (): Promise<unknown> => {
    const prepared = next()
    const accessTokenSecret = native.decryptAccessTokenSecret(
      account.encryptedSecret,
      consumer.encryptionKeyPem,
    )
    const dhParams = native.parseDhParams(consumer.dhParamsPem)
    const options = { randomBytes: fixedExponent(prepared) }
    const exchange = native.beginExchange({ dhParams, accessTokenSecret }, options)
    const signer = nativeSigning.rsaSha256(consumer.signingKeyPem)
    const request = await nativeSigning.createLiveSessionTokenRequest({ credentials, signer, exchange })
    const token = exchange.complete(prepared.reply, consumerKey)
    return { prepared, token: token.reveal(), header: request.headers.authorization }
  }
  return { name: 'both packages', kind: 'ours', run, check: judgeHandshake(handshake) }
}

/** ibkr-client draws its exponent itself; the derivation gets the prepared one, which is the same work. */
export function ibkrClientHandshake(handshake: Handshake): Candidate {
  const { consumer, account, next } = handshake
  const { oauth1 } = ibkrClient({
    accessTokenSecret: account.encryptedSecret,
    encryption: consumer.encryptionKeyPem,
    signature: consumer.signingKeyPem,
    dhPrime: consumer.prime.toString(16),
  })
  const run = (): unknown => {
    const prepared = next()
    const { headers, prepend } = oauth1.generateLiveSessionData(url)
    const { diffie_hellman_response: response, live_session_token_signature: signature } =
      prepared.replyFields
    const token = oauth1.generateLiveSessionToken(response, prepared.exponentBytes.toString('hex'), prepend)
    if (!oauth1.validateLiveSessionToken(token, signature)) throw new Error('ibkr-client refuses the token')
    return { prepared, token: Buffer.from(token, 'base64'), header: headers.Authorization }
  }
  return { name: 'ibkr-client', kind: 'peer', run, check: judgeHandshake(handshake) }
}

/** The token must be IBKR's, and the signature of the request must verify under the signing key. */
function judgeHandshake({ consumer, account }: Handshake): (result: unknown) => void {
  const publicKey = createPublicKey(consumer.signingKey)
  return (result) => {
    const { prepared, token, header } = result as {
      prepared: PreparedExchange
      token: Buffer
      header: string
    }
    if (!prepared.liveSessionToken.equals(token)) throw new Error('the live session token is wrong')
    const parameters = parametersOf(header)
    const signature = Buffer.from(parameters.oauth_signature ?? '', 'base64')
    const input = { name: '', method: 'POST', url, urlWithoutQuery: url, fields: {} } as const
    const text = account.secret.toString('hex') + baseString(input, parameters, 'rfc5849')
    if (!verify('sha256', Buffer.from(text), publicKey, signature))
      throw new Error('the request is signed wrong')
  }
}
