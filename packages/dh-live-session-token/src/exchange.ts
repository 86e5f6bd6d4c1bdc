import { primitives } from '#primitives'
import { deriveLiveSessionToken, signLiveSessionToken } from './derive.ts'
import { readDhInteger } from './dh-integer.ts'
import { type DhParams, parseDhParams } from './dh-params.ts'
import { equalBytes } from './equal-bytes.ts'
import { invalidInput, LiveSessionTokenError } from './errors.ts'
import { bytesFromHex, hexFromBytes } from './integer-bytes.ts'
import { LiveSessionToken } from './live-session-token.ts'
import type { DhKey } from './primitives/contract.ts'
import { choosePrivateExponent, type RandomBytes } from './private-exponent.ts'
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
  readonly now?: () => number
  /** Source of the 32-byte private exponent. Default: the runtime's CSPRNG. */
  readonly randomBytes?: RandomBytes
}

/** One Diffie-Hellman exchange, waiting for IBKR's answer. */
export interface Exchange {
  /** `diffie_hellman_challenge`: lower-case hex of A without leading zeros. Public. */
  readonly diffieHellmanChallenge: string
  /** Lower-case hex of the access token secret, which goes before the signature base string. **Secret.** */
  readonly signatureBaseStringPrefix: string
  /**
   * Derives the live session token and proves that IBKR derived the same one. Works once, whatever comes of it.
   *
   * @throws {LiveSessionTokenError}
   */
  complete(reply: Reply, consumerKey: string): LiveSessionToken
  /** Gives the exchange up and zeroes what can be zeroed. */
  dispose(): void
  [Symbol.dispose](): void
}

/**
 * Begins the exchange for a live session token.
 *
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_DH_PARAMS`, `ERR_LST_INVALID_INPUT`.
 * @see "OAuth at Interactive Brokers" 5.1
 */
export function beginExchange(input: ExchangeInput, options: ExchangeOptions = {}): Exchange {
  return new PendingExchange(input, options)
}

class PendingExchange implements Exchange {
  readonly diffieHellmanChallenge: string
  readonly #prime: bigint
  readonly #now: () => number
  readonly #requestedAtMs: number
  #key: DhKey | undefined
  #secret: Uint8Array | undefined

  constructor(
    { dhParams, accessTokenSecret }: ExchangeInput,
    { now = Date.now, randomBytes }: ExchangeOptions,
  ) {
    const { prime, generator } = parseDhParams(dhParams)
    const secret = copySecret(accessTokenSecret, 'accessTokenSecret')
    const exponent = choosePrivateExponent(randomBytes)
    const key = primitives.createDhKey(prime, generator % prime, exponent)
    exponent.fill(0)
    this.diffieHellmanChallenge = key.publicInteger.toString(16)
    this.#prime = prime
    this.#now = now
    this.#requestedAtMs = now()
    this.#key = key
    this.#secret = secret
  }

  get signatureBaseStringPrefix(): string {
    if (this.#secret === undefined) throw used()
    return hexFromBytes(this.#secret)
  }

  complete(reply: Reply, consumerKey: string): LiveSessionToken {
    const [key, secret] = [this.#key, this.#secret]
    if (key === undefined || secret === undefined) throw used()
    this.#key = undefined
    this.#secret = undefined
    try {
      if (typeof consumerKey !== 'string' || consumerKey === '')
        throw invalidInput('consumerKey must be a non-empty string.')
      const response = readLiveSessionTokenResponse(reply, {
        now: this.#now,
        requestedAtMs: this.#requestedAtMs,
      })
      const sharedSecret = key.agree(responseInteger(response, this.#prime))
      return verifiedToken(sharedSecret, secret, response, consumerKey)
    } finally {
      secret.fill(0)
    }
  }

  dispose(): void {
    this.#secret?.fill(0)
    this.#secret = undefined
    this.#key = undefined
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}

function responseInteger({ diffieHellmanResponse }: LiveSessionTokenResponse, prime: bigint): bigint {
  const value = readDhInteger(diffieHellmanResponse, prime)
  if (value !== undefined) return value
  throw new LiveSessionTokenError(
    'ERR_LST_RESPONSE_OUT_OF_RANGE',
    'diffie_hellman_response is not the hex of an integer in 2 .. p-2. Check that the DH parameters are those registered with IBKR.',
  )
}

function verifiedToken(
  sharedSecret: Uint8Array,
  accessTokenSecret: Uint8Array,
  response: LiveSessionTokenResponse,
  consumerKey: string,
): LiveSessionToken {
  const bytes = deriveLiveSessionToken(sharedSecret, accessTokenSecret)
  sharedSecret.fill(0)
  try {
    const expected = signLiveSessionToken(bytes, consumerKey)
    if (!equalBytes(expected, bytesFromHex(response.liveSessionTokenSignature))) throw mismatch()
    return new LiveSessionToken({
      bytes,
      expiresAtMs: response.expiresAtMs,
      expiryBasis: response.expiryBasis,
    })
  } finally {
    bytes.fill(0)
  }
}

function mismatch(): LiveSessionTokenError {
  return new LiveSessionTokenError(
    'ERR_LST_SIGNATURE_MISMATCH',
    'live_session_token_signature does not match: the two sides derived different tokens. Likely causes: DH parameters other than the registered ones; an access token secret that the portal has since replaced; a secret decrypted with the wrong key; another consumerKey than the one that signed.',
  )
}

function used(): LiveSessionTokenError {
  return new LiveSessionTokenError(
    'ERR_LST_EXCHANGE_USED',
    'This exchange was completed or disposed of. Each live session token needs an exchange of its own: call beginExchange again.',
  )
}
