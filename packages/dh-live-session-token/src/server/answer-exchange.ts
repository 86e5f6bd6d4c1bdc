import { hexFromBytes } from '@ibkr-auth/internal/bytes'
import type { SecretBytesLike } from '@ibkr-auth/internal/secret'
import { deriveLiveSessionToken, signLiveSessionToken } from '../agreement/derive.ts'
import { createExchangeKey, readDhInteger, reducedGenerator } from '../agreement/key-agreement.ts'
import { invalidInput, membersOf, readClock, requireConsumerKey, requireFunction } from '../arguments.ts'
import { type DhParams, readDhNumbers } from '../dh-params.ts'
import { lifetimeMs } from '../expiry.ts'
import { LiveSessionToken } from '../live-session-token.ts'
import type { RandomBytes } from '../random-bytes.ts'
import { copySecret, usingBytes } from '../secret.ts'

/** A challenge, and what the server knows of whoever sent it. */
export interface AnswerExchangeInput {
  /** The parameters that the consumer registered. */
  readonly dhParams: DhParams
  /** `diffie_hellman_challenge` as it came: hex. */
  readonly diffieHellmanChallenge: string
  /** The secret in the clear, as the consumer decrypts it. */
  readonly accessTokenSecret: SecretBytesLike
  /** Consumer key, which the signature of the token covers. */
  readonly consumerKey: string
  /** Epoch ms. Default: 24 h from now. */
  readonly expiresAtMs?: number | undefined
}

/** Clock and randomness of an answer. */
export interface AnswerExchangeOptions {
  /** Clock, epoch ms. Default, and where it gives no time: `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Source of the 32-byte private exponent. Default: the runtime's CSPRNG. */
  readonly randomBytes?: RandomBytes | undefined
}

/** The reply of `POST /oauth/live_session_token`, fields as on the wire. */
export interface LiveSessionTokenWireResponse {
  /** Lower-case hex of B, without leading zeros. */
  readonly diffie_hellman_response: string
  /** 40 lower-case hex digits. */
  readonly live_session_token_signature: string
  /** Epoch ms. */
  readonly live_session_token_expiration: number
}

/** The answer to a challenge, and the token that comes of it. */
export interface AnsweredExchange {
  /** What to send back, as JSON. */
  readonly response: LiveSessionTokenWireResponse
  /** The same token that the consumer will derive. */
  readonly liveSessionToken: LiveSessionToken
}

const names = [
  'dhParams',
  'diffieHellmanChallenge',
  'accessTokenSecret',
  'consumerKey',
  'expiresAtMs',
] as const satisfies (keyof AnswerExchangeInput)[]

/**
 * Server half of `beginExchange`: answers a challenge, derives the token and signs it. Whatever a stranger chose is
 * bounded: parameters have 8192 bits at most, a challenge 4096 digits.
 *
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_INPUT`, for a challenge outside 2 .. p-2 among others;
 * `ERR_LST_INVALID_DH_PARAMS`.
 * @see "OAuth at Interactive Brokers" 5.2
 */
export function answerExchange(
  input: AnswerExchangeInput,
  options: AnswerExchangeOptions = {},
): AnsweredExchange {
  const { consumerKey, diffieHellmanChallenge, ...rest } = membersOf(input, 'input', names)
  const { now, randomBytes } = membersOf(options, 'options', ['now', 'randomBytes'])
  requireConsumerKey(consumerKey)
  requireFunction(now, 'now')
  const params = readDhNumbers(rest.dhParams)
  reducedGenerator(params)
  const challenge = readDhInteger(diffieHellmanChallenge, params.prime)
  if (challenge === undefined) throw outOfRange()
  const { expiresAtMs = readClock(now) + lifetimeMs } = rest
  return usingBytes(copySecret(rest.accessTokenSecret, 'accessTokenSecret'), (secret) => {
    const key = createExchangeKey(params, randomBytes)
    const sharedSecret = key.agree(challenge)
    if (sharedSecret === undefined) throw outOfRange()
    return usingBytes(deriveLiveSessionToken(sharedSecret, secret), (bytes) => ({
      response: {
        diffie_hellman_response: key.publicInteger.toString(16),
        live_session_token_signature: hexFromBytes(signLiveSessionToken(bytes, consumerKey)),
        live_session_token_expiration: expiresAtMs,
      },
      liveSessionToken: new LiveSessionToken({ bytes, expiresAtMs }),
    }))
  })
}

function outOfRange(): ReturnType<typeof invalidInput> {
  return invalidInput('diffieHellmanChallenge must be hex of an integer in 2 .. p-2 with a secret power.')
}
