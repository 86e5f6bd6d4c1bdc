import { base64FromBytes, bytesFromHex, equalBytes, hexFromBytes } from '@ibkr-auth/internal/bytes'
import type { Reply } from '@ibkr-auth/internal/message'
import type { SecretBytesLike } from '@ibkr-auth/internal/secret'
import { deriveLiveSessionToken, signLiveSessionToken } from '../agreement/derive.ts'
import { createExchangeKey, readDhInteger } from '../agreement/key-agreement.ts'
import { membersOf, readClock, requireConsumerKey, textsIn } from '../arguments.ts'
import { type DhParams, readDhNumbers } from '../dh-params.ts'
import { LiveSessionTokenError } from '../errors.ts'
import { LiveSessionToken } from '../live-session-token.ts'
import type { DhKey } from '../primitives/contract.ts'
import type { RandomBytes } from '../random-bytes.ts'
import { copySecret, usingBytes } from '../secret.ts'
import { inTurn } from './in-turn.ts'
import {
  checkReading,
  type LiveSessionTokenResponse,
  type ResponseReading,
  readResponse,
} from './live-session-token-response.ts'
import type { ExpirationReading } from './read-expiry.ts'

/** What an exchange begins with. */
export interface ExchangeInput {
  /** The parameters registered with IBKR. */
  readonly dhParams: DhParams
  /** The decrypted access token secret. Copied. */
  readonly accessTokenSecret: SecretBytesLike
}

/** Clock, randomness and the reading of the expiry, each with a default. */
export interface ExchangeOptions {
  /** Clock, epoch ms. Default, and where it gives no time: `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Source of the 32-byte private exponent. Default: the runtime's CSPRNG. */
  readonly randomBytes?: RandomBytes | undefined
  /** What the field `live_session_token_expiration` is taken for. Default `auto`. */
  readonly expirationReading?: ExpirationReading | undefined
}

/** How an exchange is completed. */
export interface CompleteOptions {
  /** Secrets of the request, such as its `Authorization` header: hidden where the server repeats them. */
  readonly sent?: readonly string[] | undefined
}

/** One Diffie-Hellman exchange, waiting for IBKR's answer. */
export interface Exchange {
  /** `diffie_hellman_challenge`: lower-case hex of A without leading zeros. Public. */
  readonly diffieHellmanChallenge: string
  /**
   * Lower-case hex of the access token secret, which goes before the signature base string of this one request.
   * **Secret**: an accessor of the class, so that printing, JSON and spreading leave it out.
   *
   * @throws {LiveSessionTokenError} `ERR_LST_EXCHANGE_USED` once the exchange is completed or disposed of.
   */
  readonly signatureBaseStringPrefix: string
  /**
   * Derives the live session token and proves that IBKR derived the same one. Works once, whatever comes of it.
   *
   * @param reply - What `POST /oauth/live_session_token` answered, any status.
   * @param consumerKey - The consumer key that the request was signed with.
   * @throws {LiveSessionTokenError} `ERR_LST_SIGNATURE_MISMATCH`, `ERR_LST_RESPONSE_OUT_OF_RANGE`,
   * `ERR_LST_EXCHANGE_USED`, `ERR_LST_INVALID_INPUT`, and all of `readLiveSessionTokenResponse`.
   * @see "OAuth at Interactive Brokers" 5.3, 7.4.5
   */
  complete(reply: Reply, consumerKey: string, options?: CompleteOptions): LiveSessionToken
  /** {@link complete} without holding the event loop: see {@link beginExchangeInTurn}. */
  completeInTurn(reply: Reply, consumerKey: string, options?: CompleteOptions): Promise<LiveSessionToken>
  /** Gives the exchange up and zeroes what can be zeroed. */
  dispose(): void
  [Symbol.dispose](): void
}

/**
 * Begins the exchange for a live session token, holding the thread for one modular power.
 *
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_DH_PARAMS`, `ERR_LST_INVALID_INPUT`.
 * @see "OAuth at Interactive Brokers" 5.1, 7.4
 */
export function beginExchange(input: ExchangeInput, options: ExchangeOptions = {}): Exchange {
  const { dhParams, accessTokenSecret } = membersOf(input, 'input', ['dhParams', 'accessTokenSecret'])
  const { randomBytes, ...reading } = membersOf(options, 'options', [
    'now',
    'randomBytes',
    'expirationReading',
  ])
  checkReading(reading)
  const params = readDhNumbers(dhParams)
  const secret = copySecret(accessTokenSecret, 'accessTokenSecret')
  try {
    return new PendingExchange(params, secret, createExchangeKey(params, randomBytes), reading)
  } catch (error) {
    secret.fill(0)
    throw error
  }
}

/**
 * {@link beginExchange} for many at once: exchanges begin one after another, with a turn of the event loop
 * between two of them. The arguments are read when its turn comes.
 *
 * @throws {LiveSessionTokenError} As {@link beginExchange}.
 */
export function beginExchangeInTurn(input: ExchangeInput, options: ExchangeOptions = {}): Promise<Exchange> {
  return inTurn(() => beginExchange(input, options))
}

interface Secrets {
  readonly key: DhKey
  readonly accessTokenSecret: Uint8Array
}

/** A reply that was read, and what is needed to check it. */
interface Answer {
  readonly response: LiveSessionTokenResponse
  /** B, or `undefined` where it is out of range. */
  readonly integer: bigint | undefined
  readonly consumerKey: string
}

class PendingExchange implements Exchange {
  readonly diffieHellmanChallenge: string
  readonly #prime: bigint
  readonly #reading: ResponseReading
  #secrets: Secrets | undefined

  constructor({ prime }: DhParams, accessTokenSecret: Uint8Array, key: DhKey, reading: ResponseReading) {
    this.diffieHellmanChallenge = key.publicInteger.toString(16)
    this.#prime = prime
    this.#reading = { ...reading, requestedAtMs: readClock(reading.now) }
    this.#secrets = { key, accessTokenSecret }
  }

  get signatureBaseStringPrefix(): string {
    return hexFromBytes(this.#held().accessTokenSecret)
  }

  complete(reply: Reply, consumerKey: string, options: CompleteOptions = {}): LiveSessionToken {
    const { key, accessTokenSecret } = this.#takeSecrets()
    return usingBytes(accessTokenSecret, () => {
      const answer = this.#read(reply, consumerKey, accessTokenSecret, options)
      return verifiedToken(answer.integer && key.agree(answer.integer), accessTokenSecret, answer)
    })
  }

  async completeInTurn(
    reply: Reply,
    consumerKey: string,
    options: CompleteOptions = {},
  ): Promise<LiveSessionToken> {
    const { key, accessTokenSecret } = this.#takeSecrets()
    try {
      const { answer, agreement } = await inTurn(() => {
        const answer = this.#read(reply, consumerKey, accessTokenSecret, options)
        return { answer, agreement: answer.integer && key.agreeAsync(answer.integer) }
      })
      return verifiedToken(await agreement, accessTokenSecret, answer)
    } finally {
      accessTokenSecret.fill(0)
    }
  }

  dispose(): void {
    this.#secrets?.accessTokenSecret.fill(0)
    this.#secrets = undefined
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #held(): Secrets {
    if (this.#secrets !== undefined) return this.#secrets
    throw new LiveSessionTokenError(
      'ERR_LST_EXCHANGE_USED',
      'This exchange was completed or disposed of: begin a new exchange.',
    )
  }

  #takeSecrets(): Secrets {
    const secrets = this.#held()
    this.#secrets = undefined
    return secrets
  }

  #read(reply: Reply, consumerKey: string, accessTokenSecret: Uint8Array, options: CompleteOptions): Answer {
    requireConsumerKey(consumerKey)
    const sent = textsIn(membersOf(options, 'options', ['sent']).sent, 'sent')
    const response = readResponse(reply, this.#reading, () => [
      ...sent,
      hexFromBytes(accessTokenSecret),
      base64FromBytes(accessTokenSecret),
    ])
    return { response, integer: readDhInteger(response.diffieHellmanResponse, this.#prime), consumerKey }
  }
}

/** @param sharedSecret - K; wiped. */
function verifiedToken(
  sharedSecret: Uint8Array | 0n | undefined,
  accessTokenSecret: Uint8Array,
  { response, consumerKey }: Answer,
): LiveSessionToken {
  if (!sharedSecret) {
    throw new LiveSessionTokenError(
      'ERR_LST_RESPONSE_OUT_OF_RANGE',
      'diffie_hellman_response is not hex of an integer in 2 .. p-2 with a secret power. Check that the DH parameters are those registered.',
    )
  }
  return usingBytes(deriveLiveSessionToken(sharedSecret, accessTokenSecret), (bytes) => {
    const signature = bytesFromHex(response.liveSessionTokenSignature) as Uint8Array
    if (equalBytes(signLiveSessionToken(bytes, consumerKey), signature))
      return new LiveSessionToken({ ...response, bytes })
    throw new LiveSessionTokenError(
      'ERR_LST_SIGNATURE_MISMATCH',
      'live_session_token_signature does not match. Check that DH parameters, encryption key and consumerKey are those registered, and that the access token secret was not replaced in the portal since.',
    )
  })
}
