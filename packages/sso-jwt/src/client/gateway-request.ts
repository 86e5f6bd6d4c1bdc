import type { SecretTextLike } from '@ibkr-auth/internal/secret'
import {
  type ClientIdentity,
  type ClockOptions,
  checkClient,
  checkSeconds,
  jtiClaim,
  nowSeconds,
  type RandomOptions,
  readMembers,
} from '../checks.ts'
import { invalidInput, SsoJwtError } from '../errors.ts'
import { lossless } from '../keys/ascii-json.ts'
import { checkSigningKey, type SigningKey } from '../keys/signing-key.ts'
import { isPlainObject } from '../plain-object.ts'
import {
  absoluteUrl,
  acceptJson,
  type BaseUrlOptions,
  type BuiltRequest,
  bearer,
  type Query,
  queryString,
} from '../request.ts'

/** What a signed-JWT request is made of. */
export interface SignedJwtRequestInput {
  readonly method: 'POST' | 'PUT' | 'PATCH'
  /** Path under the base URL, `/gw/...`, percent-encoded, such as `/gw/api/v1/accounts`. */
  readonly path: string
  /**
   * The request's own fields, which become claims beside `iss`, `iat` and `exp`: plain objects, arrays, texts, finite
   * numbers, booleans, null, and objects with a `toJSON` of their own such as `Date`. Anything of which JSON would lose a
   * part is refused, and so are `iss`, `iat`, `exp`, and `sub` and `aud`, which would make the body a client assertion.
   */
  readonly payload: object
  /** Access token of the token endpoint. */
  readonly accessToken: SecretTextLike
  readonly query?: Query | undefined
}

/** Choices of `createSignedJwtRequest`. */
export interface SignedJwtRequestOptions extends BaseUrlOptions, ClockOptions, RandomOptions {
  /** Seconds from `iat` to `exp`, at most a week (604800). @defaultValue 60 */
  readonly lifetimeSeconds?: number | undefined
  /** `jti`: a text of yours, or `true` for 128 random bits in hex. @defaultValue none, as in IBKR's sample */
  readonly jti?: string | true | undefined
}

/** The names of those choices. */
export const signedJwtOptionNames: readonly (keyof SignedJwtRequestOptions)[] = [
  'baseUrl',
  'now',
  'randomBytes',
  'lifetimeSeconds',
  'jti',
]

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
 * @throws {SsoJwtError} `ERR_SSO_JWT_LIFETIME` for more than a week, `ERR_SSO_JWT_INVALID_INPUT`,
 *   `ERR_SSO_JWT_SIGNING_FAILED`
 * @see OpenAPI 2.40.0 `x-ib-gateway-security-policy`, RFC 7519, RFC 6750 2.1
 */
export async function createSignedJwtRequest(
  input: SignedJwtRequestInput,
  client: ClientIdentity,
  signingKey: SigningKey,
  options: SignedJwtRequestOptions = {},
): Promise<SignedJwtRequest> {
  const { method, path, payload, accessToken, query } = readMembers(input, 'input', [
    'method',
    'path',
    'payload',
    'accessToken',
    'query',
  ])
  const chosen = readMembers(options, 'options', signedJwtOptionNames)
  if (!['POST', 'PUT', 'PATCH'].includes(method)) {
    throw invalidInput('method must be POST, PUT or PATCH; for GET use createBearerRequest()')
  }
  const { clientId, clientKeyId } = checkClient(client)
  const key = checkSigningKey(signingKey)
  const url = gatewayUrl(path, chosen) + queryString(query)
  const headers = {
    accept: acceptJson,
    authorization: bearer(accessToken),
    'content-type': 'application/jwt',
  }
  const iat = nowSeconds(chosen)
  const exp = iat + checkLifetime(chosen.lifetimeSeconds ?? 60)
  const claims = { ...checkPayload(payload, chosen.jti), iss: clientId, iat, exp, ...jtiClaim(chosen) }
  return { method, url, headers, body: await key.signJwt(claims, clientKeyId), expiresAtMs: exp * 1000 }
}

const weekSeconds = 604_800

function checkLifetime(value: unknown): number {
  const lifetime = checkSeconds(value, 'lifetimeSeconds', 1)
  if (lifetime <= weekSeconds) return lifetime
  throw new SsoJwtError(
    'ERR_SSO_JWT_LIFETIME',
    `lifetimeSeconds is ${lifetime}: a signed body is a credential and lives at most ${weekSeconds} s, a week`,
  )
}

/** A URL under `/gw/`, the only place that may see the gateway's access token. */
function gatewayUrl(path: string, { baseUrl }: BaseUrlOptions): string {
  if (typeof path === 'string' && path.startsWith('/gw/')) return absoluteUrl(path, baseUrl)
  throw invalidInput(
    'path must start with /gw/, such as /gw/api/v1/accounts: the access token is for nothing else',
  )
}

/** Claims that signing adds, and those that would turn the body into a client assertion (RFC 8725 3.12). */
const ownClaims = ['iss', 'iat', 'exp', 'sub', 'aud']

function checkPayload(payload: object, jti: unknown): object {
  const copy = lossless(payload, 'payload')
  if (!isPlainObject(copy)) throw invalidInput('payload must be a plain object of the fields of the request')
  for (const claim of jti === undefined ? ownClaims : [...ownClaims, 'jti']) {
    if (claim in copy) throw invalidInput(`payload must not hold "${claim}", which is the signer's to say`)
  }
  return copy
}

/** What a request under the policy `HTTPS` is made of. */
export interface BearerRequestInput {
  /** Path under the base URL, `/gw/...`, percent-encoded. */
  readonly path: string
  /** Access token of the token endpoint. */
  readonly accessToken: SecretTextLike
  readonly query?: Query | undefined
}

/** A request that is authorised by the access token alone. */
export interface BearerRequest extends BuiltRequest {
  readonly method: 'GET'
}

/**
 * Builds a `GET` for a gateway endpoint with the security policy `HTTPS`, where the access token is enough.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see OpenAPI 2.40.0 `x-ib-gateway-security-policy`, RFC 6750 2.1
 */
export function createBearerRequest(input: BearerRequestInput, options: BaseUrlOptions = {}): BearerRequest {
  const { path, accessToken, query } = readMembers(input, 'input', ['path', 'accessToken', 'query'])
  return {
    method: 'GET',
    url: gatewayUrl(path, readMembers(options, 'options', ['baseUrl'])) + queryString(query),
    headers: { accept: acceptJson, authorization: bearer(accessToken) },
  }
}
