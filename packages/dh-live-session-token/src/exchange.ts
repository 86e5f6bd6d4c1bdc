import { requireConsumerKey } from './consumer-key.ts'
import { deriveLiveSessionToken, signLiveSessionToken } from './derive.ts'
import { createExchangeKey, readDhInteger } from './dh-exchange.ts'
import { type DhParams, parseDhParams } from './dh-params.ts'
import { equalBytes } from './equal-bytes.ts'
import { LiveSessionTokenError } from './errors.ts'
import { inTurn } from './in-turn.ts'
import { bytesFromHex, hexFromBytes } from './integer-bytes.ts'
import { LiveSessionToken } from './live-session-token.ts'
import type { DhKey } from './primitives/contract.ts'
import type { RandomBytes } from './private-exponent.ts'
import {
  type LiveSessionTokenResponse,
  readLiveSessionTokenResponse,
} from './read-live-session-token-response.ts'
import type { Reply } from './reply.ts'
import { copySecret, type SecretInput } from './secret-input.ts'

export interface ExchangeInput {
  /** The parameters registered with IBKR. */
  readonly dhParams: DhParams
  /** The decrypted access token secret. Copied. */
  readonly accessTokenSecret: SecretInput
}

export interface ExchangeOptions {
  /** Clock, epoch ms. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Source of the 32-byte private exponent. Default: the runtime's CSPRNG. */
  readonly randomBytes?: RandomBytes | undefined
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
   * `ERR_LST_EXCHANGE_USED`, `ERR_LST_INVALID_INPUT`, and all of {@link readLiveSessionTokenResponse}.
   * @see "OAuth at Interactive Brokers" 5.3, 7.4.5
   */
  complete(reply: Reply, consumerKey: string): LiveSessionToken
  /** {@link complete} without holding the event loop: see {@link beginExchangeAsync}. */
  completeAsync(reply: Reply, consumerKey: string): Promise<LiveSessionToken>
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
  return new PendingExchange(input, options)
}

/**
 * {@link beginExchange} for many at once: exchanges begin one after another, with a turn of the event loop
 * between two of them.
 *
 * @throws {LiveSessionTokenError} As {@link beginExchange}.
 */
export function beginExchangeAsync(input: ExchangeInput, options: ExchangeOptions = {}): Promise<Exchange> {
  return inTurn(() => beginExchange(input, options))
}

class PendingExchange implements Exchange {
  readonly diffieHellmanChallenge: string
  readonly #prime: bigint
  readonly #now: () => number
  readonly #requestedAtMs: number
  #secrets: Secrets | undefined

  constructor(
    { dhParams, accessTokenSecret }: ExchangeInput,
    { now = Date.now, randomBytes }: ExchangeOptions,
  ) {
    const params = parseDhParams(dhParams)
    const secret = copySecret(accessTokenSecret, 'accessTokenSecret')
    const key = createExchangeKey(params, randomBytes)
    this.diffieHellmanChallenge = key.publicInteger.toString(16)
    this.#prime = params.prime
    this.#now = now
    this.#requestedAtMs = now()
    this.#secrets = { key, accessTokenSecret: secret }
  }

  get signatureBaseStringPrefix(): string {
    if (this.#secrets === undefined) throw used()
    return hexFromBytes(this.#secrets.accessTokenSecret)
  }

  complete(reply: Reply, consumerKey: string): LiveSessionToken {
    const { key, accessTokenSecret } = this.#takeSecrets()
    try {
      const { response, integer } = this.#read(reply, consumerKey)
      return verifiedToken(integer && key.agree(integer), accessTokenSecret, response, consumerKey)
    } finally {
      accessTokenSecret.fill(0)
    }
  }

  async completeAsync(reply: Reply, consumerKey: string): Promise<LiveSessionToken> {
    const { key, accessTokenSecret } = this.#takeSecrets()
    try {
      const { response, agreement } = await inTurn(() => {
        const { response, integer } = this.#read(reply, consumerKey)
        return { response, agreement: integer && key.agreeAsync(integer) }
      })
      return verifiedToken(await agreement, accessTokenSecret, response, consumerKey)
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

  #takeSecrets(): Secrets {
    const secrets = this.#secrets
    if (secrets === undefined) throw used()
    this.#secrets = undefined
    return secrets
  }

  #read(reply: Reply, consumerKey: string): ReadReply {
    requireConsumerKey(consumerKey)
    const response = readLiveSessionTokenResponse(reply, {
      now: this.#now,
      requestedAtMs: this.#requestedAtMs,
    })
    return { response, integer: readDhInteger(response.diffieHellmanResponse, this.#prime) }
  }
}

interface ReadReply {
  readonly response: LiveSessionTokenResponse
  /** B, or `undefined` where it is out of range; never 0. */
  readonly integer: bigint | undefined
}

interface Secrets {
  readonly key: DhKey
  readonly accessTokenSecret: Uint8Array
}

function verifiedToken(
  sharedSecret: Uint8Array | 0n | undefined,
  accessTokenSecret: Uint8Array,
  response: LiveSessionTokenResponse,
  consumerKey: string,
): LiveSessionToken {
  if (!sharedSecret) {
    throw new LiveSessionTokenError(
      'ERR_LST_RESPONSE_OUT_OF_RANGE',
      'diffie_hellman_response is not hex of an integer in 2 .. p-2 with a secret power. Check that the DH parameters are those registered.',
    )
  }
  const bytes = deriveLiveSessionToken(sharedSecret, accessTokenSecret)
  sharedSecret.fill(0)
  try {
    const signature = signLiveSessionToken(bytes, consumerKey)
    if (!equalBytes(signature, bytesFromHex(response.liveSessionTokenSignature))) {
      throw new LiveSessionTokenError(
        'ERR_LST_SIGNATURE_MISMATCH',
        'live_session_token_signature does not match. Likely causes: DH parameters other than those registered; an access token secret since replaced in the portal, or decrypted with the wrong key; another consumerKey than in the request.',
      )
    }
    return new LiveSessionToken({ ...response, bytes })
  } finally {
    bytes.fill(0)
  }
}

function used(): LiveSessionTokenError {
  return new LiveSessionTokenError(
    'ERR_LST_EXCHANGE_USED',
    'This exchange was completed or disposed of: begin a new exchange.',
  )
}
