import { isBytes } from '@ibkr-auth/internal/bytes'
import { jsonObject } from '@ibkr-auth/internal/json'
import { bodyText, header, type Reply } from '@ibkr-auth/internal/message'
import { isTime, membersOf, optionalFunction, readClock, textsIn } from '../arguments.ts'
import { invalidInput, LiveSessionTokenError } from '../errors.ts'
import type { Expiry } from '../live-session-token.ts'
import { type ExpirationReading, readExpiry } from './expiry.ts'
import { refusalError } from './refused-response.ts'

/** What `POST /oauth/live_session_token` answered, parsed but not verified. */
export interface LiveSessionTokenResponse extends Expiry {
  /** Hex of B as on the wire: odd length and leading zeros are possible. */
  readonly diffieHellmanResponse: string
  /** 40 lower-case hex digits. */
  readonly liveSessionTokenSignature: string
}

/** How a reply is read. */
export interface ReadLiveSessionTokenResponseOptions {
  /** Clock, epoch ms. Default, and where it gives no time: `Date.now`. */
  readonly now?: (() => number) | undefined
  /** When the request went out, epoch ms. Default, and where it is in the future or more than an hour ago: now. */
  readonly requestedAtMs?: number | undefined
  /** What the field `live_session_token_expiration` is taken for. Default `auto`. */
  readonly expirationReading?: ExpirationReading | undefined
  /** Secrets of the request, such as its `Authorization` header: hidden where the server repeats them. */
  readonly sent?: readonly string[] | undefined
}

/** Several times a genuine reply, bytes; what is said of longer ones stands at their beginning. */
const maximumBodyLength = 8192

const readings: readonly unknown[] = ['expiry', 'computation', 'auto'] satisfies ExpirationReading[]

/**
 * Reads the reply of either API generation. `exchange.complete` does this by itself.
 *
 * @throws {LiveSessionTokenError} a code of its own for each refusal; `ERR_LST_MALFORMED_RESPONSE` for a 2xx
 * reply without the fields; `ERR_LST_INVALID_INPUT` for a `reply` that is none.
 * @see "OAuth at Interactive Brokers" 5.2, 7.4; OpenAPI 2.40.0
 */
export function readLiveSessionTokenResponse(
  reply: Reply,
  options: ReadLiveSessionTokenResponseOptions = {},
): LiveSessionTokenResponse {
  const { sent, ...members } = readOptions(options)
  return readResponse(reply, members, () => sent)
}

/** @param sent - Asked for on refusals only, since a text of a secret cannot be wiped. */
export function readResponse(
  reply: Reply,
  { now, requestedAtMs, expirationReading = 'auto' }: Omit<ReadLiveSessionTokenResponseOptions, 'sent'>,
  sent: () => readonly string[],
): LiveSessionTokenResponse {
  const { status, headers, body } = readReply(reply)
  const nowMs = readClock(now)
  const text = bodyText({ body }, maximumBodyLength)
  const fields = jsonObject(text)
  if (status < 200 || status > 299 || (fields?.error ?? null) !== null)
    throw refusalError(status, text, sent())
  const diffieHellmanResponse = fields?.diffie_hellman_response ?? fields?.diffie_hellman_challenge
  const signature = fields?.live_session_token_signature
  if (typeof diffieHellmanResponse !== 'string' || diffieHellmanResponse === '')
    throw malformed('diffie_hellman_response')
  if (typeof signature !== 'string' || !/^[0-9a-f]{40}$/i.test(signature))
    throw malformed('live_session_token_signature')
  const expiry = readExpiry({
    expirationMs: readExpiration(fields?.live_session_token_expiration),
    reading: expirationReading,
    dateMs: readDate(headers),
    requestedAtMs: plausible(requestedAtMs, nowMs),
    nowMs,
  })
  return { diffieHellmanResponse, liveSessionTokenSignature: signature.toLowerCase(), ...expiry }
}

const hourMs = 3_600_000

/** When the request went out, unless the clock was set since: no reply takes an hour, or comes before its request. */
function plausible(requestedAtMs: number | undefined, nowMs: number): number {
  const ageMs = nowMs - (requestedAtMs ?? nowMs)
  return ageMs >= 0 && ageMs <= hourMs ? nowMs - ageMs : nowMs
}

function readOptions(
  options: ReadLiveSessionTokenResponseOptions,
): ReadLiveSessionTokenResponseOptions & { readonly sent: readonly string[] } {
  const members = membersOf(options, 'options', 'now', 'requestedAtMs', 'expirationReading', 'sent')
  optionalFunction(members.now, 'now')
  if (members.requestedAtMs !== undefined && !isTime(members.requestedAtMs))
    throw invalidInput('requestedAtMs must be a number of epoch ms.')
  requireReading(members.expirationReading)
  return { ...members, sent: textsIn(members.sent, 'sent') }
}

export function requireReading(reading: unknown): void {
  if (reading !== undefined && !readings.includes(reading))
    throw invalidInput(`expirationReading must be one of ${readings.join(', ')}.`)
}

/** Tells a caller's mistake from a server's, before anything is read. */
function readReply(reply: Reply): Pick<Reply, 'status' | 'headers' | 'body'> {
  const members = membersOf(reply, 'reply', 'status', 'headers', 'body')
  if (!Number.isInteger(members.status) || !(typeof members.body === 'string' || isBytes(members.body))) {
    throw invalidInput('reply must be { status, headers, body }, the body a string or Uint8Array.')
  }
  return members
}

function readExpiration(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  const milliseconds = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof milliseconds !== 'number' || !Number.isSafeInteger(milliseconds) || milliseconds < 1e12) {
    throw malformed('live_session_token_expiration (epoch ms)')
  }
  return milliseconds
}

function readDate(headers: Reply['headers']): number | undefined {
  const milliseconds = Date.parse(dateHeader(headers) ?? '')
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}

function dateHeader(headers: Reply['headers']): string | undefined {
  try {
    return header(headers, 'date')
  } catch (cause) {
    throw invalidInput('reply.headers threw when its "date" was asked for.', cause)
  }
}

function malformed(field: string): LiveSessionTokenError {
  return new LiveSessionTokenError(
    'ERR_LST_MALFORMED_RESPONSE',
    `The reply has no usable ${field}. Check that the URL called is the live_session_token endpoint.`,
  )
}
