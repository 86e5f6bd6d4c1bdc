import { isBytes } from '@ibkr-auth/internal/bytes'
import { jsonObject } from '@ibkr-auth/internal/json'
import { bodyText, header, type Reply } from '@ibkr-auth/internal/message'
import { ask, invalidInput, isTime, membersOf, readClock, requireFunction, textsIn } from '../arguments.ts'
import { LiveSessionTokenError } from '../errors.ts'
import type { Expiry } from '../expiry.ts'
import { type ExpirationReading, expirationReadings, readExpiry } from './read-expiry.ts'
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
  const members = membersOf(options, 'options', ['now', 'requestedAtMs', 'expirationReading', 'sent'])
  if (members.requestedAtMs !== undefined && !isTime(members.requestedAtMs))
    throw invalidInput('requestedAtMs must be a number of epoch ms.')
  checkReading(members)
  const sent = textsIn(members.sent, 'sent')
  return readResponse(reply, members, () => sent)
}

/** What decides how a reply is read. */
export type ResponseReading = Omit<ReadLiveSessionTokenResponseOptions, 'sent'>

export function checkReading({ now, expirationReading = 'auto' }: ResponseReading): void {
  requireFunction(now, 'now')
  if (!expirationReadings.includes(expirationReading))
    throw invalidInput(`expirationReading must be one of ${expirationReadings.join(', ')}.`)
}

/** @param sent - Asked for on refusals only, since a text of a secret cannot be wiped. */
export function readResponse(
  reply: Reply,
  { now, requestedAtMs, expirationReading = 'auto' }: ResponseReading,
  sent: () => readonly string[],
): LiveSessionTokenResponse {
  const { status, headers, body } = membersOf(reply, 'reply', ['status', 'headers', 'body'])
  if (!Number.isInteger(status) || !(typeof body === 'string' || isBytes(body)))
    throw invalidInput('reply must be { status, headers, body }, the body a string or Uint8Array.')
  const nowMs = readClock(now)
  const text = ask('reply.body', () => bodyText({ body }, maximumBodyLength))
  const fields = jsonObject(text) ?? {}
  if (status < 200 || status > 299 || (fields.error ?? null) !== null)
    throw refusalError(status, text, sent())
  const integer = fields.diffie_hellman_response ?? fields.diffie_hellman_challenge
  const signature = fields.live_session_token_signature
  if (typeof integer !== 'string' || integer === '') throw malformed('diffie_hellman_response')
  if (typeof signature !== 'string' || !/^[\da-f]{40}$/i.test(signature))
    throw malformed('live_session_token_signature')
  const expiry = readExpiry({
    expirationMs: readExpiration(fields.live_session_token_expiration),
    reading: expirationReading,
    dateMs: readDate(headers),
    requestedAtMs: plausible(requestedAtMs, nowMs),
    nowMs,
  })
  return {
    diffieHellmanResponse: integer,
    liveSessionTokenSignature: signature.toLowerCase(),
    ...expiry,
  }
}

const hourMs = 3_600_000

/** When the request went out, unless the clock was set since: no reply takes an hour, or comes before its request. */
function plausible(requestedAtMs: number | undefined, nowMs: number): number {
  const ageMs = nowMs - (requestedAtMs ?? nowMs)
  return ageMs >= 0 && ageMs <= hourMs ? nowMs - ageMs : nowMs
}

function readExpiration(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  const milliseconds = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (Number.isSafeInteger(milliseconds) && (milliseconds as number) >= 1e12) return milliseconds as number
  throw malformed('live_session_token_expiration (epoch ms)')
}

function readDate(headers: Reply['headers']): number | undefined {
  const date = ask('reply.headers', () => header(headers, 'date'))
  const milliseconds = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}

function malformed(field: string): LiveSessionTokenError {
  return new LiveSessionTokenError(
    'ERR_LST_MALFORMED_RESPONSE',
    `The reply has no usable ${field}. Check that the URL called is the live_session_token endpoint.`,
  )
}
