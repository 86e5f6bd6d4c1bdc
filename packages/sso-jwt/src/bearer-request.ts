import { acceptJson, type BuiltRequest, bearer, type OriginOptions } from './built-request.ts'
import { type Query, queryString } from './query.ts'
import type { SecretTextLike } from './secret-text.ts'
import { gatewayUrl } from './signed-jwt-request.ts'

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
  return {
    method: 'GET',
    url: gatewayUrl(input.path, options) + queryString(input.query),
    headers: { accept: acceptJson, authorization: bearer(input.accessToken) },
  }
}
