import { isBearerToken } from './built-request.ts'
import { SsoJwtError } from './error.ts'
import { decodeUtf8 } from './host.ts'

/** Headers of a reply: `Headers` of fetch and its like, or a plain record in any letter case. */
export type HeadersLike =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** A reply as it came. */
export interface Reply {
  readonly status: number
  readonly headers: HeadersLike
  /** UTF-8 bytes, or text. */
  readonly body: Uint8Array | string
}

/** A JSON object as it came over the wire. */
export type JsonObject = Readonly<Record<string, unknown>>

const maximumLength = 1_048_576

/** A header's value, or an empty text. */
export function header(headers: HeadersLike, name: string): string {
  if (typeof headers.get === 'function') return headers.get(name) ?? ''
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  return typeof entry === 'string' ? entry : Array.isArray(entry) ? entry.join(', ') : ''
}

/** The body as text; at most 1 MiB of it. */
export function bodyText(reply: Reply): string {
  const { body } = reply
  if (typeof body === 'string') return body.slice(0, maximumLength)
  return decodeUtf8(body.subarray(0, maximumLength))
}

/** The body as a JSON object, or `undefined` if it is anything else. */
export function bodyObject(reply: Reply): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(bodyText(reply))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined
  } catch {
    return undefined
  }
}

/** The error for a successful reply that cannot be used. */
export function invalidResponse(message: string): SsoJwtError {
  return new SsoJwtError('ERR_SSO_JWT_INVALID_RESPONSE', message)
}

/** The required member `access_token`. */
export function readBearerToken(body: JsonObject): string {
  if (isBearerToken(body.access_token)) return body.access_token
  throw invalidResponse('the reply has no usable access_token')
}

/** `token_type`, which must be `Bearer` in any letter case (RFC 6749 5.1) where it is sent. */
export function readTokenType(body: JsonObject): string {
  const type = body.token_type ?? 'Bearer'
  if (typeof type === 'string' && type.toLowerCase() === 'bearer') return type
  throw invalidResponse('token_type of the reply is not Bearer')
}

/** The optional member `active`. */
export function readActive(body: JsonObject): { active?: boolean } {
  const active = body.active
  if (active === undefined || active === null) return {}
  if (typeof active === 'boolean') return { active }
  throw invalidResponse('active of the reply is not a boolean')
}
