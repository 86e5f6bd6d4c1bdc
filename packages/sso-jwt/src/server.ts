import type {
  IssueAccessTokenInput,
  IssueAccessTokenOptions,
  IssueSsoSessionTokenOptions,
  SsoSessionResponseBody,
  TokenResponseBody,
} from './issue-token.ts'
import type { Refusal } from './refusal.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'
import type { SecretBytesLike, SigningKey } from './signing-key.ts'
import type { VerificationKey, VerificationKeyInput } from './verification-key.ts'
import type { VerifiedClientAssertion, VerifyClientAssertionOptions } from './verify-client-assertion.ts'
import type { VerifiedSignedJwtBody, VerifySignedJwtBodyOptions } from './verify-signed-jwt-body.ts'

// The server half. Its code is loaded when first used: clients, who never use it, do not pay for it.

/**
 * Imports a client's public key for the server half.
 *
 * @param options.alg - The algorithm registered with the key; tokens that name another are refused. Default `RS256`, or
 *   what a JWK or `CryptoKey` says of itself.
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_KEY` if it cannot be read, is private or symmetric, is RSA under 2048 bits
 *   (RFC 7518 3.3), or does not fit the algorithm.
 */
export async function importVerificationKey(
  input: VerificationKeyInput,
  options: { readonly alg?: SigningAlgorithm } = {},
): Promise<VerificationKey> {
  const implementation = await import('./verification-key.ts')
  return implementation.importVerificationKey(input, options)
}

/**
 * Verifies a client assertion: key by `kid`, algorithm by the key's record, `iss` = `sub` = the record's client, `aud`,
 * times, and last, once all else is good, the `jti`.
 *
 * Resolves to a refusal with its reason for any token whatever; rejects only if `findKey` or the replay store does, or
 * for an option that is out of range (`ERR_SSO_JWT_INVALID_INPUT`).
 *
 * @see RFC 7521 4.2, RFC 7523 3, RFC 8725 3
 */
export async function verifyClientAssertion(
  clientAssertion: unknown,
  options: VerifyClientAssertionOptions,
): Promise<VerifiedClientAssertion | Refusal> {
  const implementation = await import('./verify-client-assertion.ts')
  return implementation.verifyClientAssertion(clientAssertion, options)
}

/**
 * Verifies the body of a request with the security policy `SIGNED_JWT`: key by `kid`, algorithm by the key's record,
 * `iss` = the record's client, times, and the `jti` if there is one.
 *
 * Resolves to a refusal with its reason for any body whatever; rejects only if `findKey` or the replay store does, or
 * for an option that is out of range (`ERR_SSO_JWT_INVALID_INPUT`).
 *
 * @see OpenAPI 2.28.0 `x-ib-gateway-security-policy`, RFC 7515 5.2, RFC 8725 3
 */
export async function verifySignedJwtBody(
  body: unknown,
  options: VerifySignedJwtBodyOptions,
): Promise<VerifiedSignedJwtBody | Refusal> {
  const implementation = await import('./verify-signed-jwt-body.ts')
  return implementation.verifySignedJwtBody(body, options)
}

/**
 * Issues an access token as the token endpoint does: a JWT with `iss`, `sub`, `iat`, `exp`, `scope` and a random `jti`,
 * signed with the server's own key.
 *
 * @returns The body of the reply, to be sent as JSON.
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`, `ERR_SSO_JWT_SIGNING_FAILED`
 */
export async function issueAccessToken(
  input: IssueAccessTokenInput,
  serverKey: SigningKey,
  options: IssueAccessTokenOptions = {},
): Promise<TokenResponseBody> {
  const implementation = await import('./issue-token.ts')
  return implementation.issueAccessToken(input, serverKey, options)
}

/**
 * Issues an SSO bearer as `sso-sessions` does: an HS256 JWT with `iss` `com.ib.sso`, `sub` `WEB_API`, `iat` in ms, a
 * random `jti` and no `exp`. It is opaque to clients: keep what it stands for (username, addresses, end) beside it.
 *
 * @param secret - The server's MAC key, at least 32 bytes (RFC 7518 3.2).
 * @returns The body of the reply, to be sent as JSON.
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 * @see OpenAPI 2.28.0, WebSocket example
 */
export async function issueSsoSessionToken(
  secret: SecretBytesLike,
  options: IssueSsoSessionTokenOptions = {},
): Promise<SsoSessionResponseBody> {
  const implementation = await import('./issue-token.ts')
  return implementation.issueSsoSessionToken(secret, options)
}
