import { readFileSync } from 'node:fs'
import { beginExchange, decryptAccessTokenSecret } from '@ibkr-auth/dh-live-session-token'
import {
  createAuthorizationHeader,
  hmacSha256,
  rsaSha256,
  type Signer,
  signatureBaseString,
} from '@ibkr-auth/oauth1-signing'
import { parseAuthorizationHeader } from '@ibkr-auth/oauth1-signing/server'

/** One value that IBKR printed, beside the one computed here. */
export interface Comparison {
  readonly name: string
  /** Section of "OAuth at Interactive Brokers" (2018). */
  readonly section: string
  readonly published: string
  readonly computed: string
}

interface PublishedRequest {
  readonly name: string
  readonly section: string
  readonly method: string
  readonly url: string
  readonly nonce: string
  readonly timestamp: string
  readonly form: readonly (readonly [string, string])[]
  readonly oauthParameters: Readonly<Record<string, string>>
  readonly baseString: string
  readonly signature: string
  readonly liveSessionTokenBase64?: string | undefined
}

interface WorkedExample {
  readonly consumerKey: string
  readonly signatureKey: JsonWebKeyParts
  readonly encryptionKey: JsonWebKeyParts
  readonly dhPrimeHex: string
  readonly dhGeneratorHex: string
  readonly privateExponentHex: string
  readonly published: Readonly<
    Record<
      | 'challengeHex'
      | 'responseHex'
      | 'accessTokenSecretCiphertext'
      | 'accessTokenSecretHex'
      | 'liveSessionTokenBase64'
      | 'liveSessionTokenSignature',
      string
    >
  >
  readonly requests: readonly PublishedRequest[]
}

type JsonWebKeyParts = Readonly<Record<'kty' | 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi', string>>

/**
 * Replays IBKR's published worked example: every step with the published inputs, by the packages' public functions.
 *
 * @see "OAuth at Interactive Brokers", May 16 2018, sections 7 and 8
 */
export function replayWorkedExample(): Comparison[] {
  const path = new URL('../../worked-example.json', import.meta.url)
  const example = JSON.parse(readFileSync(path, 'utf8')) as WorkedExample
  const { published } = example

  const secret = decryptAccessTokenSecret(published.accessTokenSecretCiphertext, example.encryptionKey)
  const exchange = beginExchange(
    {
      dhParams: {
        prime: BigInt(`0x${example.dhPrimeHex}`),
        generator: BigInt(`0x${example.dhGeneratorHex}`),
      },
      accessTokenSecret: secret,
    },
    { randomBytes: (length) => Buffer.from(example.privateExponentHex.padStart(2 * length, '0'), 'hex') },
  )
  const { diffieHellmanChallenge, signatureBaseStringPrefix: prefix } = exchange
  // complete() throws unless the published live_session_token_signature verifies.
  const liveSessionToken = exchange.complete(publishedReply(published), example.consumerKey)
  const rsa = rsaSha256(example.signatureKey)

  return [
    compare('decrypted secret', '7.4.2', published.accessTokenSecretHex, hex(secret.reveal())),
    compare('diffie_hellman_challenge', '7.4.1', published.challengeHex, diffieHellmanChallenge),
    ...example.requests.flatMap((request) => {
      const token = request.liveSessionTokenBase64
      const signer = token === undefined ? rsa : hmacSha256(Buffer.from(token, 'base64'))
      return compareRequest(request, signer, request.name === 'live_session_token' ? prefix : '')
    }),
    compare(
      'live session token',
      '7.4.5',
      published.liveSessionTokenBase64,
      Buffer.from(liveSessionToken.reveal()).toString('base64'),
    ),
  ]
}

function publishedReply(published: WorkedExample['published']) {
  const body = {
    diffie_hellman_response: published.responseHex,
    live_session_token_signature: published.liveSessionTokenSignature,
  }
  return { status: 200, headers: {}, body: JSON.stringify(body) }
}

function compareRequest(example: PublishedRequest, signer: Signer, prefix: string): Comparison[] {
  const { name, section, oauthParameters } = example
  const { oauth_consumer_key: consumerKey = '', oauth_token: accessToken, ...others } = oauthParameters
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const request = {
    method: example.method,
    url: example.url,
    headers: form,
    body: new URLSearchParams(Object.fromEntries(example.form)).toString(),
  }
  const header = createAuthorizationHeader(request, { consumerKey, accessToken }, signer, {
    now: () => Number(example.timestamp) * 1_000,
    nonce: () => example.nonce,
    prefix,
    protocolParameters: Object.fromEntries(
      Object.entries(others).filter(([key]) => !/^oauth_(nonce|timestamp|signature_method)$/.test(key)),
    ),
  })
  if (typeof header !== 'string') throw new TypeError('On Node a signature is there at once.')
  const baseString = prefix + signatureBaseString(request, oauthParameters)
  const signature = parseAuthorizationHeader(header).parameters.get('oauth_signature') ?? ''
  return [
    compare(`${name}: base string`, section, example.baseString, baseString),
    compare(`${name}: signature`, section, example.signature, signature),
  ]
}

function compare(name: string, section: string, published: string, computed: string): Comparison {
  return { name, section, published, computed }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
