import type { JsonObject } from '@ibkr-auth/internal/json'
import type { Reply } from '@ibkr-auth/internal/message'
import type { SecretTextLike } from '@ibkr-auth/internal/secret'
import { type ClientIdentity, readMembers } from '../checks.ts'
import type { SigningKey } from '../keys/signing-key.ts'
import { readSuccess } from '../problem.ts'
import { invalidResponse } from '../reply.ts'
import type { BaseUrlOptions } from '../request.ts'
import type { SentRequest } from '../sent-secrets.ts'
import {
  type BearerRequest,
  createBearerRequest,
  createSignedJwtRequest,
  type SignedJwtRequest,
  type SignedJwtRequestOptions,
} from './gateway-request.ts'

/**
 * Builds `GET /gw/api/v1/echo/https`, which shows that an access token with the scope `echo.read` works.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see OpenAPI 2.40.0 `/gw/api/v1/echo/https`
 */
export function createEchoHttpsRequest(
  input: { readonly accessToken: SecretTextLike },
  options: BaseUrlOptions = {},
): BearerRequest {
  const { accessToken } = readMembers(input, 'input', ['accessToken'])
  return createBearerRequest({ path: '/gw/api/v1/echo/https', accessToken }, options)
}

/**
 * Builds `POST /gw/api/v1/echo/signed-jwt`, which shows that client id, key id and key belong together; scope
 * `echo.write`. The cheapest check of a new registration, end to end.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_LIFETIME`, `ERR_SSO_JWT_INVALID_INPUT`, `ERR_SSO_JWT_SIGNING_FAILED`
 * @see OpenAPI 2.40.0 `/gw/api/v1/echo/signed-jwt`
 */
export async function createEchoSignedJwtRequest(
  input: { readonly accessToken: SecretTextLike },
  client: ClientIdentity,
  signingKey: SigningKey,
  options: SignedJwtRequestOptions = {},
): Promise<SignedJwtRequest> {
  const { accessToken } = readMembers(input, 'input', ['accessToken'])
  const echo = { method: 'POST', path: '/gw/api/v1/echo/signed-jwt', payload: {}, accessToken } as const
  return createSignedJwtRequest(echo, client, signingKey, options)
}

/** What the echo endpoints saw. */
export interface EchoResponse {
  /** `GET`, `POST`, `PATCH` or `PUT`. */
  readonly requestMethod?: string | undefined
  /** `HTTPS`, `SIGNED_JWT` or `ENCRYPTED_JWE`. */
  readonly securityPolicy?: string | undefined
  readonly queryParameters?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Reads the reply of either echo endpoint.
 *
 * @param sent - The request, whose secrets an error's message then never holds.
 * @throws {SsoJwtError} `ERR_SSO_JWT_REFUSED` for an error status, `ERR_SSO_JWT_INVALID_RESPONSE`,
 *   `ERR_SSO_JWT_INVALID_INPUT`
 * @see OpenAPI 2.40.0 `EchoResponse`
 */
export function readEchoResponse(reply: Reply, sent?: SentRequest): EchoResponse {
  const { requestMethod, securityPolicy, queryParameters } = readSuccess(reply, sent)
  return {
    ...text('requestMethod', requestMethod),
    ...text('securityPolicy', securityPolicy),
    ...parameters(queryParameters),
  }
}

function text<Name extends string>(
  name: Name,
  value: unknown,
): { readonly [K in Name]?: string | undefined } {
  if (value === undefined || value === null) return {}
  if (typeof value === 'string') return { [name]: value } as { readonly [K in Name]: string }
  throw invalidResponse(`${name} of the reply is not a text`)
}

function parameters(value: unknown): { readonly queryParameters?: JsonObject | undefined } {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return { queryParameters: { ...value } }
  throw invalidResponse('queryParameters of the reply is not an object')
}
