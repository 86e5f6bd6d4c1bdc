import {
  absoluteUrl,
  acceptJson,
  type BuiltRequest,
  bearer,
  type OriginOptions,
  type Query,
  queryString,
  type SecretTextLike,
} from './built-request.ts'
import {
  type ClientIdentity,
  type ClockOptions,
  checkClient,
  checkObject,
  checkSeconds,
  nowSeconds,
} from './checks.ts'
import { invalidInput } from './error.ts'
import { checkSigningKey, type SigningKey } from './signing-key.ts'

/** What a signed-JWT request is made of. */
export interface SignedJwtRequestInput {
  readonly method: 'POST' | 'PUT' | 'PATCH'
  /** Path under the origin, `/gw/...`, percent-encoded, such as `/gw/api/v1/accounts`. */
  readonly path: string
  /** The request's own fields, which become claims beside `iss`, `iat` and `exp`. */
  readonly payload: object
  /** Access token of the token endpoint. */
  readonly accessToken: SecretTextLike
  readonly query?: Query
}

/** Choices of `createSignedJwtRequest`. */
export interface SignedJwtRequestOptions extends OriginOptions, ClockOptions {
  /** Seconds from `iat` to `exp`. @defaultValue 60 */
  readonly lifetimeSeconds?: number
}

/** A request whose body is a compact JWS. */
export interface SignedJwtRequest extends BuiltRequest {
  readonly body: string
  /** `exp` of the body, in ms since 1970. */
  readonly expiresAtMs: number
}

/**
 * Builds a request for any gateway endpoint with the security policy `SIGNED_JWT`: the body is the payload as a signed
 * JWT with `iss`, `iat` and `exp` (seconds), in ASCII, under `Content-Type: application/jwt`. For endpoints with the
 * policy `HTTPS` there is `createBearerRequest`.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`, `ERR_SSO_JWT_SIGNING_FAILED`
 * @see OpenAPI 2.28.0 `x-ib-gateway-security-policy`, RFC 7519, RFC 6750 2.1
 */
export async function createSignedJwtRequest(
  input: SignedJwtRequestInput,
  client: ClientIdentity,
  signingKey: SigningKey,
  options: SignedJwtRequestOptions = {},
): Promise<SignedJwtRequest> {
  const { method, path, payload, accessToken, query } = checkObject(input, 'input')
  if (!['POST', 'PUT', 'PATCH'].includes(method)) {
    throw invalidInput('method must be POST, PUT or PATCH; for GET use createBearerRequest()')
  }
  const { clientId, clientKeyId } = checkClient(client)
  const key = checkSigningKey(signingKey)
  const iat = nowSeconds(options)
  const exp = iat + checkSeconds(options.lifetimeSeconds ?? 60, 'lifetimeSeconds', 1)
  const url = gatewayUrl(path, options) + queryString(query)
  const headers = {
    accept: acceptJson,
    authorization: bearer(accessToken),
    'content-type': 'application/jwt',
  }
  const claims = { ...checkPayload(payload), iss: clientId, iat, exp }
  return {
    method,
    url,
    headers,
    body: await key.signJwt(claims, clientKeyId),
    expiresAtMs: exp * 1000,
  }
}

/** A URL under `/gw/`, the only place that may see the gateway's access token. */
export function gatewayUrl(path: string, options: OriginOptions): string {
  if (typeof path === 'string' && path.startsWith('/gw/')) return absoluteUrl(path, options)
  throw invalidInput(
    'path must start with /gw/, such as /gw/api/v1/accounts: the access token is for nothing else',
  )
}

function checkPayload(payload: object): object {
  // A Map spreads to nothing, and a toJSON of the payload's own would replace the claims that signing adds.
  if (Object.prototype.toString.call(payload) !== '[object Object]' || 'toJSON' in payload) {
    throw invalidInput('payload must be a plain object of the fields of the request')
  }
  for (const claim of ['iss', 'iat', 'exp']) {
    if (claim in payload) throw invalidInput(`payload must not hold "${claim}", which signing adds`)
  }
  return payload
}

/** What a request under the policy `HTTPS` is made of. */
export interface BearerRequestInput {
  /** Path under the origin, `/gw/...`, percent-encoded. */
  readonly path: string
  /** Access token of the token endpoint. */
  readonly accessToken: SecretTextLike
  readonly query?: Query
}

/** A request that is authorised by the access token alone. */
export interface BearerRequest extends BuiltRequest {
  readonly method: 'GET'
}

/**
 * Builds a `GET` for a gateway endpoint with the security policy `HTTPS`, where the access token is enough.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see OpenAPI 2.28.0 `x-ib-gateway-security-policy`, RFC 6750 2.1
 */
export function createBearerRequest(input: BearerRequestInput, options: OriginOptions = {}): BearerRequest {
  const { path, accessToken, query } = checkObject(input, 'input')
  return {
    method: 'GET',
    url: gatewayUrl(path, options) + queryString(query),
    headers: { accept: acceptJson, authorization: bearer(accessToken) },
  }
}
