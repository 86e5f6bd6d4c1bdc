import { parseForm } from './form-encoding.ts'
import { type HeadersLike, isFormContent } from './headers.ts'
import { utf8Text } from './host.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { Secret } from './secret.ts'

/** A reply as an HTTP client gives it, read to its end. */
export interface Reply {
  readonly status: number
  readonly headers: HeadersLike
  readonly body: Uint8Array | string
}

/** A request token (RFC 5849 2.1, temporary credentials). */
export interface RequestTokenResponse {
  readonly requestToken: string
  /** Its secret; IBKR gives none. */
  readonly requestTokenSecret?: Secret
  /** True where the service says `oauth_callback_confirmed=true`; IBKR does not. */
  readonly callbackConfirmed: boolean
}

/** An access token (RFC 5849 2.3, token credentials). */
export interface AccessTokenResponse {
  readonly accessToken: string
  /** IBKR: base64 of the secret encrypted to the registered encryption key. Others: the secret itself. */
  readonly accessTokenSecret: Secret
  /** True for a paper account; undefined where the service does not say. */
  readonly isPaper?: boolean
}

/**
 * Reads the reply to `createRequestTokenRequest`: JSON as IBKR sends it, or a form as RFC 5849 has it.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_REQUEST_REFUSED` (with `status`) for an error status,
 *   `ERR_OAUTH1_INVALID_RESPONSE` if `oauth_token` is not there.
 * @see RFC 5849 2.1; "OAuth at Interactive Brokers" 4.1; OpenAPI 2.28.0
 */
export function readRequestTokenResponse(reply: Reply): RequestTokenResponse {
  const fields = readFields(reply)
  const requestToken = requiredText(fields, 'oauth_token')
  const confirmed = fields.oauth_callback_confirmed
  const callbackConfirmed = confirmed === true || confirmed === 'true'
  const secret = fields.oauth_token_secret
  return typeof secret === 'string'
    ? { requestToken, requestTokenSecret: new Secret(secret), callbackConfirmed }
    : { requestToken, callbackConfirmed }
}

/**
 * Reads the reply to `createAccessTokenRequest`: JSON as IBKR sends it, or a form as RFC 5849 has it.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_REQUEST_REFUSED` (with `status`) for an error status,
 *   `ERR_OAUTH1_INVALID_RESPONSE` if a field is missing or of another type.
 * @see RFC 5849 2.3; "OAuth at Interactive Brokers" 4.3; OpenAPI 2.28.0
 */
export function readAccessTokenResponse(reply: Reply): AccessTokenResponse {
  const fields = readFields(reply)
  const accessToken = requiredText(fields, 'oauth_token')
  const accessTokenSecret = new Secret(requiredText(fields, 'oauth_token_secret'))
  // OpenAPI 2.28.0 names the field is_true in its schema and is_paper in its example.
  const isPaper = fields.is_paper ?? fields.is_true
  if (isPaper === undefined || isPaper === null) return { accessToken, accessTokenSecret }
  if (typeof isPaper !== 'boolean') throw invalidResponse('is_paper must be true or false')
  return { accessToken, accessTokenSecret, isPaper }
}

type Fields = Readonly<Record<string, unknown>>

function readFields(reply: Reply): Fields {
  const text = bodyText(reply.body)
  if (reply.status < 200 || reply.status > 299) throw refused(reply.status, text)
  return isFormContent(reply.headers) || !/^\s*[{["]/.test(text) ? formFields(text) : jsonFields(text)
}

function bodyText(body: Uint8Array | string): string {
  if (typeof body === 'string') return body
  try {
    return utf8Text(body)
  } catch {
    throw invalidResponse('The reply is not UTF-8 text')
  }
}

function formFields(text: string): Fields {
  const pairs = parseForm(text.trim())
  const fields = Object.fromEntries(pairs)
  if (Object.keys(fields).length < pairs.length) throw invalidResponse('A field appears twice in the reply')
  return fields
}

function jsonFields(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalidResponse('The reply is not the JSON it seems to be')
  }
  if (typeof value !== 'object' || value === null) throw invalidResponse('The reply is not a JSON object')
  return value as Fields
}

function requiredText(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string' || value === '') throw invalidResponse(`${name} is missing from the reply`)
  return value
}

function refused(status: number, text: string): OAuth1Error {
  const said = explanation(text)
  return new OAuth1Error(
    'ERR_OAUTH1_REQUEST_REFUSED',
    `The service refused the request with status ${status}${said === '' ? '' : `: ${said}`}`,
    { status },
  )
}

const longestExplanation = 300

/** The sentence in an error reply, whichever of the known shapes it has. */
function explanation(text: string): string {
  let said: unknown = text
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) said = sentence(value as Fields)
  } catch {
    // Not JSON: the text speaks for itself.
  }
  if (typeof said !== 'string') return ''
  return said
    .replace(/(?:[^!-~\xa0-\uffff]|\s)+/g, ' ')
    .trim()
    .slice(0, longestExplanation)
}

function sentence({ detail, message, error, title }: Fields): unknown {
  return [detail, message, error, title].find((part) => typeof part === 'string' && part !== '')
}

function invalidResponse(message: string): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_RESPONSE', message)
}
