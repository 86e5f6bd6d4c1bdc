import { isBytes, utf8Text } from '@ibkr-auth/internal/bytes'
import { type JsonObject, jsonObject } from '@ibkr-auth/internal/json'
import { type HeadersLike, header, type Reply } from '@ibkr-auth/internal/message'
import { isBearerToken, readMembers } from './checks.ts'
import { invalidInput, SsoJwtError } from './errors.ts'

/** Longest body that is read, in characters or bytes; no reply of IBKR's comes near. */
const longestBody = 1_048_576

/** A reply, read once. */
export interface ReadReply {
  readonly status: number
  readonly contentType: string
  /** The body as text; `undefined` if it is neither text nor bytes, or longer than 1 MiB. */
  readonly text: string | undefined
}

/**
 * Reads a reply as it came, whatever a client left out of it.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT` if it is no object, or its status is no HTTP status.
 */
export function readReply(reply: Reply): ReadReply {
  const { status, headers, body } = readMembers(reply, 'reply', ['status', 'headers', 'body'])
  if (!Number.isInteger(status) || status < 100 || status > 599)
    throw invalidInput('reply.status must be the HTTP status of the reply, a number from 100 to 599')
  return { status, contentType: contentTypeOf(headers), text: textOf(body) }
}

function contentTypeOf(headers: HeadersLike): string {
  try {
    return header(headers, 'content-type') ?? ''
  } catch {
    return '' // Headers that cannot be read say nothing about the body.
  }
}

function textOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body.length > longestBody ? undefined : body
  if (!isBytes(body) || body.length > longestBody) return undefined
  return utf8Text(body)
}

/** The JSON object of a reply; `undefined` if the body is anything else. */
export function bodyObject({ text }: ReadReply): JsonObject | undefined {
  return text === undefined ? undefined : jsonObject(text)
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
export function readActive(body: JsonObject): { readonly active?: boolean | undefined } {
  const active = body.active
  if (active === undefined || active === null) return {}
  if (typeof active === 'boolean') return { active }
  throw invalidResponse('active of the reply is not a boolean')
}
