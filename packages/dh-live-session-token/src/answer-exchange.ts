import { requireConsumerKey } from './consumer-key.ts'
import { deriveLiveSessionToken, signLiveSessionToken } from './derive.ts'
import { createExchangeKey, readDhInteger } from './dh-exchange.ts'
import { type DhParams, parseDhParams } from './dh-params.ts'
import { invalidInput } from './errors.ts'
import { lifetimeMs } from './expiry.ts'
import { hexFromBytes } from './integer-bytes.ts'
import { LiveSessionToken } from './live-session-token.ts'
import type { RandomBytes } from './private-exponent.ts'
import { copySecret, type SecretInput } from './secret-input.ts'

export interface AnswerExchangeInput {
  /** The parameters that the consumer registered. */
  readonly dhParams: DhParams
  /** `diffie_hellman_challenge` as it came: hex. */
  readonly diffieHellmanChallenge: string
  readonly accessTokenSecret: SecretInput
  readonly consumerKey: string
  /** Epoch ms. Default: 24 h from now. */
  readonly expiresAtMs?: number | undefined
}

export interface AnswerExchangeOptions {
  /** Clock, epoch ms. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Source of the 32-byte private exponent. Default: the runtime's CSPRNG. */
  readonly randomBytes?: RandomBytes | undefined
}

/** The reply of `POST /oauth/live_session_token`, fields as on the wire. */
export interface LiveSessionTokenWireResponse {
  readonly diffie_hellman_response: string
  readonly live_session_token_signature: string
  readonly live_session_token_expiration: number
}

export interface AnsweredExchange {
  readonly response: LiveSessionTokenWireResponse
  /** The same token that the consumer will derive. */
  readonly liveSessionToken: LiveSessionToken
}

/**
 * Server half of `beginExchange`: answers a challenge, derives the token and signs it.
 *
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_INPUT` for a challenge outside 2 .. p-2, among others.
 * @see "OAuth at Interactive Brokers" 5.2
 */
export function answerExchange(
  input: AnswerExchangeInput,
  options: AnswerExchangeOptions = {},
): AnsweredExchange {
  requireConsumerKey(input.consumerKey)
  const params = parseDhParams(input.dhParams)
  const secret = copySecret(input.accessTokenSecret, 'accessTokenSecret')
  const challenge = readDhInteger(input.diffieHellmanChallenge, params.prime)
  const key = createExchangeKey(params, options.randomBytes)
  const sharedSecret = challenge && key.agree(challenge)
  if (!sharedSecret) {
    throw invalidInput('diffieHellmanChallenge must be hex of an integer in 2 .. p-2 with a secret power.')
  }
  const bytes = deriveLiveSessionToken(sharedSecret, secret)
  sharedSecret.fill(0)
  secret.fill(0)
  const expiresAtMs = input.expiresAtMs ?? (options.now ?? Date.now)() + lifetimeMs
  const liveSessionToken = new LiveSessionToken({ bytes, expiresAtMs })
  const signature = signLiveSessionToken(bytes, input.consumerKey)
  bytes.fill(0)
  return {
    response: {
      diffie_hellman_response: key.publicInteger.toString(16),
      live_session_token_signature: hexFromBytes(signature),
      live_session_token_expiration: expiresAtMs,
    },
    liveSessionToken,
  }
}
