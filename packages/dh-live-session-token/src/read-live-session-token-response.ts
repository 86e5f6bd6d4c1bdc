import { LiveSessionTokenError } from './errors.ts'
import { type Expiry, readExpiry } from './expiry.ts'
import { refusalError } from './refusal.ts'
import { bodyText, headerOf, jsonObject, type Reply, requireReply } from './reply.ts'

/** What `POST /oauth/live_session_token` answered, parsed but not verified. */
export interface LiveSessionTokenResponse extends Expiry {
  /** Hex of B as on the wire: odd length and leading zeros are possible. */
  readonly diffieHellmanResponse: string
  /** 40 lower-case hex digits. */
  readonly liveSessionTokenSignature: string
}

export interface ReadLiveSessionTokenResponseOptions {
  /** Clock, epoch ms. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
  /** When the request went out, epoch ms. Default: now. */
  readonly requestedAtMs?: number | undefined
}

/**
 * Reads the reply of either API generation. `exchange.complete` does this by itself.
 *
 * @throws {LiveSessionTokenError} a code of its own for each refusal; `ERR_LST_MALFORMED_RESPONSE` for a 2xx
 * reply without the fields.
 * @see "OAuth at Interactive Brokers" 5.2, 7.4; OpenAPI 2.28.0
 */
export function readLiveSessionTokenResponse(
  reply: Reply,
  options: ReadLiveSessionTokenResponseOptions = {},
): LiveSessionTokenResponse {
  requireReply(reply)
  const nowMs = (options.now ?? Date.now)()
  const fields = jsonObject(bodyText(reply))
  if (reply.status < 200 || reply.status > 299 || (fields?.error ?? null) !== null) throw refusalError(reply)
  const diffieHellmanResponse = fields?.diffie_hellman_response ?? fields?.diffie_hellman_challenge
  const signature = fields?.live_session_token_signature
  if (typeof diffieHellmanResponse !== 'string' || diffieHellmanResponse === '')
    throw malformed('diffie_hellman_response')
  if (typeof signature !== 'string' || !/^[0-9a-f]{40}$/i.test(signature))
    throw malformed('live_session_token_signature')
  const expiry = readExpiry({
    expirationMs: readExpiration(fields?.live_session_token_expiration),
    dateMs: readDate(headerOf(reply, 'date')),
    requestedAtMs: options.requestedAtMs ?? nowMs,
    nowMs,
  })
  return { diffieHellmanResponse, liveSessionTokenSignature: signature.toLowerCase(), ...expiry }
}

function readExpiration(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  const milliseconds = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof milliseconds !== 'number' || !Number.isSafeInteger(milliseconds) || milliseconds < 1e12) {
    throw malformed('live_session_token_expiration (epoch ms)')
  }
  return milliseconds
}

function readDate(header: string | undefined): number | undefined {
  const milliseconds = header === undefined ? Number.NaN : Date.parse(header)
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}

function malformed(field: string): LiveSessionTokenError {
  return new LiveSessionTokenError(
    'ERR_LST_MALFORMED_RESPONSE',
    `The reply has no usable ${field}. Check that the URL called is the live_session_token endpoint.`,
  )
}
