import { isBytes } from '@ibkr-auth/internal/bytes'
import { type JsonObject, jsonObject } from '@ibkr-auth/internal/json'
import { maskEchoes, maskTokens } from '@ibkr-auth/internal/mask'
import { bodyText, header, oneLine, type Reply } from '@ibkr-auth/internal/message'
import { SecretText } from '@ibkr-auth/internal/secret'
import { isFormEncoded, parseForm } from '../base-string/form.ts'
import { invalidInput, reading, requireObject } from '../checks.ts'
import { OAuth1Error } from '../errors.ts'
import type { SignedRequest } from '../message.ts'

/** A request token (RFC 5849 2.1, temporary credentials). */
export interface RequestTokenResponse {
  readonly requestToken: string
  /** Its secret; IBKR gives none. */
  readonly requestTokenSecret?: SecretText | undefined
  /** True where the service says `oauth_callback_confirmed=true`; IBKR does not. */
  readonly callbackConfirmed: boolean
}

/** An access token (RFC 5849 2.3, token credentials). */
export interface AccessTokenResponse {
  readonly accessToken: string
  /** IBKR: base64 of the secret encrypted to the registered encryption key. Others: the secret itself. */
  readonly accessTokenSecret: SecretText
  /** True for a paper account; undefined where the service does not say. */
  readonly isPaper?: boolean | undefined
}

/** How a reply to a token request is read. */
export interface ReadTokenOptions {
  /** The request that it answers: where the service repeats a part of it, an error's message has it masked. */
  readonly sent?: SignedRequest | undefined
}

/**
 * Reads the reply to `createRequestTokenRequest`: JSON as IBKR sends it, or a form as RFC 5849 has it.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_REQUEST_REFUSED` (with `status`) for an error status,
 *   `ERR_OAUTH1_INVALID_RESPONSE` if `oauth_token` is not there, `ERR_OAUTH1_INVALID_INPUT` if `reply` is none.
 * @see RFC 5849 2.1; "OAuth at Interactive Brokers" 4.1; OpenAPI 2.40.0
 */
export function readRequestTokenResponse(reply: Reply, options: ReadTokenOptions = {}): RequestTokenResponse {
  const fields = readFields(reply, options)
  const requestToken = requiredText(fields, 'oauth_token')
  const confirmed = fields.oauth_callback_confirmed
  const callbackConfirmed = confirmed === true || confirmed === 'true'
  const secret = fields.oauth_token_secret
  const requestTokenSecret = typeof secret === 'string' ? new SecretText(secret) : undefined
  return { requestToken, requestTokenSecret, callbackConfirmed }
}

/**
 * Reads the reply to `createAccessTokenRequest`: JSON as IBKR sends it, or a form as RFC 5849 has it.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_REQUEST_REFUSED` (with `status`) for an error status,
 *   `ERR_OAUTH1_INVALID_RESPONSE` if a field is missing or of another type, `ERR_OAUTH1_INVALID_INPUT` if `reply` is
 *   none.
 * @see RFC 5849 2.3; "OAuth at Interactive Brokers" 4.3; OpenAPI 2.40.0
 */
export function readAccessTokenResponse(reply: Reply, options: ReadTokenOptions = {}): AccessTokenResponse {
  const fields = readFields(reply, options)
  const accessToken = requiredText(fields, 'oauth_token')
  const accessTokenSecret = new SecretText(requiredText(fields, 'oauth_token_secret'))
  // OpenAPI names the field is_true in its schema and is_paper in its example.
  const isPaper = fields.is_paper ?? fields.is_true ?? undefined
  if (isPaper !== undefined && typeof isPaper !== 'boolean') {
    throw invalidResponse('is_paper must be true or false')
  }
  return { accessToken, accessTokenSecret, isPaper }
}

/** Far beyond every such reply, in bytes or characters. */
const longestReply = 65_536

function readFields(reply: Reply, options: ReadTokenOptions): JsonObject {
  requireObject('options', options)
  const { status, body } = reading('reply', () => requireReply(reply))
  const text = bodyText({ body }, longestReply)
  const fields = jsonObject(text)
  // Some of IBKR's servers refuse with status 200.
  if (status < 200 || status > 299 || (fields?.error ?? null) !== null) {
    throw refused(
      status,
      text,
      reading('options.sent', () => secretsIn(options.sent)),
    )
  }
  if (body.length > longestReply) throw invalidResponse(`The reply is longer than ${longestReply} bytes`)
  return fields ?? formFields(text.trim())
}

function requireReply(reply: Reply): Pick<Reply, 'status' | 'body'> {
  requireObject('reply', reply)
  const { status, body } = reply
  if (!Number.isInteger(status)) throw invalidInput('reply.status must be an HTTP status')
  if (typeof body !== 'string' && !isBytes(body)) {
    throw invalidInput('reply.body must be a string or bytes, read to its end')
  }
  return { status, body }
}

function formFields(text: string): JsonObject {
  if (!isFormEncoded(text)) throw invalidResponse('The reply is neither a JSON object nor a form')
  const pairs = parseForm(text)
  const fields = Object.fromEntries(pairs)
  if (Object.keys(fields).length < pairs.length) throw invalidResponse('A field appears twice in the reply')
  return fields
}

const halfSurrogate = /[\ud800-\udfff]/u

function requiredText(fields: JsonObject, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string' || value === '') throw invalidResponse(`${name} is missing from the reply`)
  if (halfSurrogate.test(value)) throw invalidResponse(`${name} of the reply holds half a surrogate pair`)
  return value
}

/** What of a request is secret, as it went over the wire. */
function secretsIn(sent: SignedRequest | undefined): string[] {
  if (sent === undefined) return []
  requireObject('options.sent', sent)
  const { url, headers, body } = sent
  const query = typeof url === 'string' ? /\?(.*)/s.exec(url)?.[1] : undefined
  const parts: unknown[] = [header(headers, 'authorization'), body, query]
  return parts.filter((part) => typeof part === 'string' && part !== '') as string[]
}

/** IBKR's refusals that name a cause, and statuses that do; what to do about each. */
const remedies: readonly (readonly [when: RegExp | number, remedy: string])[] = [
  [
    /invalid consumer/i,
    'Check the consumer key: IBKR keeps it in upper case, and a new one works after the next nightly reset of its region',
  ],
  [402, 'IBKR cannot do this for the account: check its state in Client Portal'],
  [403, 'Send a User-Agent header; if you do, the address may be blocked'],
  [423, 'IBKR waits for a part of its own: ask again in some seconds'],
  [429, 'Send nothing for 10 to 15 minutes: in the penalty box every request counts'],
]

const longestMessage = 300

function refused(status: number, text: string, sent: readonly string[]): OAuth1Error {
  const explained = explanation(text)
  const said = oneLine(maskTokens(maskEchoes(explained, sent)))
  const [, remedy] =
    remedies.find(([when]) => (typeof when === 'number' ? when === status : when.test(explained))) ?? []
  const start = `The service refused the request with status ${status}`
  const message = [`${start}${remedy === undefined ? '' : `. ${remedy}`}`, said].filter(Boolean).join(': ')
  return new OAuth1Error('ERR_OAUTH1_REQUEST_REFUSED', oneLine(message, longestMessage), { status })
}

/** The sentence in an error reply, whichever of the known shapes it has; a text that is no JSON speaks for itself. */
function explanation(text: string): string {
  const fields = jsonObject(text)
  if (fields === undefined) return text
  const { detail, message, error, title } = fields
  const isSentence = (part: unknown): part is string => typeof part === 'string' && part !== ''
  return [detail, message, error, title].find(isSentence) ?? ''
}

function invalidResponse(message: string): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_RESPONSE', message)
}
