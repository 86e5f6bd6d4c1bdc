import type { OriginOptions, SecretTextLike } from './built-request.ts'
import { type ClientIdentity, checkObject } from './checks.ts'
import {
  type BearerRequest,
  createBearerRequest,
  createSignedJwtRequest,
  type SignedJwtRequest,
  type SignedJwtRequestOptions,
} from './gateway-request.ts'
import { readSuccess } from './problem.ts'
import { invalidResponse, type Reply } from './reply.ts'
import type { SigningKey } from './signing-key.ts'

/**
 * Builds `GET /gw/api/v1/echo/https`, which shows that an access token with the scope `echo.read` works.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see OpenAPI 2.28.0 `/gw/api/v1/echo/https`
 */
export function createEchoHttpsRequest(
  input: { readonly accessToken: SecretTextLike },
  options: OriginOptions = {},
): BearerRequest {
  return createBearerRequest(
    { path: '/gw/api/v1/echo/https', accessToken: checkObject(input, 'input').accessToken },
    options,
  )
}

/**
 * Builds `POST /gw/api/v1/echo/signed-jwt`, which shows that client id, key id and key belong together; scope
 * `echo.write`. The cheapest check of a new registration, end to end.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`, `ERR_SSO_JWT_SIGNING_FAILED`
 * @see OpenAPI 2.28.0 `/gw/api/v1/echo/signed-jwt`
 */
export function createEchoSignedJwtRequest(
  input: { readonly accessToken: SecretTextLike },
  client: ClientIdentity,
  signingKey: SigningKey,
  options: SignedJwtRequestOptions = {},
): Promise<SignedJwtRequest> {
  const { accessToken } = checkObject(input, 'input')
  const path = '/gw/api/v1/echo/signed-jwt'
  return createSignedJwtRequest(
    { method: 'POST', path, payload: {}, accessToken },
    client,
    signingKey,
    options,
  )
}

/** What the echo endpoints saw. */
export interface EchoResponse {
  /** `GET`, `POST`, `PATCH` or `PUT`. */
  readonly requestMethod?: string
  /** `HTTPS`, `SIGNED_JWT` or `ENCRYPTED_JWE`. */
  readonly securityPolicy?: string
  readonly queryParameters?: Readonly<Record<string, unknown>>
}

/**
 * Reads the reply of either echo endpoint.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_REFUSED` for an error status, `ERR_SSO_JWT_INVALID_RESPONSE`
 * @see OpenAPI 2.28.0 `EchoResponse`
 */
export function readEchoResponse(reply: Reply): EchoResponse {
  const { requestMethod, securityPolicy, queryParameters } = readSuccess(reply)
  return {
    ...text('requestMethod', requestMethod),
    ...text('securityPolicy', securityPolicy),
    ...parameters(queryParameters),
  }
}

function text<Name extends string>(name: Name, value: unknown): { [K in Name]?: string } {
  if (value === undefined || value === null) return {}
  if (typeof value === 'string') return { [name]: value } as { [K in Name]: string }
  throw invalidResponse(`${name} of the reply is not a text`)
}

function parameters(value: unknown): { queryParameters?: Readonly<Record<string, unknown>> } {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object') return { queryParameters: { ...value } }
  throw invalidResponse('queryParameters of the reply is not an object')
}
