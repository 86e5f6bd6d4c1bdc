import { ibkrHosts } from './ibkr-hosts.ts'
import { OAuth1Error } from './oauth1-error.ts'
import type { Credentials } from './protocol-parameters.ts'
import { type SignedRequest, type SignRequestOptions, signRequest } from './sign-request.ts'
import type { Signed, Signer } from './signer.ts'

/** Choices of the three request builders. */
export interface EndpointOptions extends SignRequestOptions {
  /** Base URL under which `/oauth/...` lies. Default `ibkrHosts.production.api`. */
  readonly baseUrl?: string | undefined
  /** The whole URL of the endpoint, for services with other paths. Takes precedence over `baseUrl`. */
  readonly url?: string | undefined
  /** Value of the `portal` header that IBKR's legacy OpenAPI describes (`cookieAuth`). Default none. */
  readonly portal?: string | undefined
}

/**
 * Builds the request for a request token (RFC 5849 2.1, temporary credentials).
 *
 * @param input.callback - Where the user comes back to, or `"oob"` (default; IBKR takes nothing else, the
 *   callback is registered).
 * @param signer - IBKR: `rsaSha256(signingKey)`.
 * @throws {OAuth1Error} As `signRequest`.
 * @see "OAuth at Interactive Brokers" 4.1; OpenAPI 2.28.0 `/oauth/request_token`; legacy `oauthRequestTokenPost`
 */
export function createRequestTokenRequest<Result extends string | Promise<string>>(
  input: { readonly callback?: string | undefined },
  credentials: Credentials,
  signer: Signer<Result>,
  options: EndpointOptions = {},
): Signed<Result, SignedRequest> {
  // A request on nobody's behalf yet: a token in the credentials would be of another step.
  const { consumerKey, realm } = credentials
  const parameters = { oauth_callback: input.callback ?? 'oob' }
  return endpointRequest('request_token', parameters, { consumerKey, realm }, signer, options)
}

/**
 * Builds the request that turns an authorised request token into an access token (RFC 5849 2.3).
 *
 * @param input.requestToken - The token the user was sent away with.
 * @param input.verifier - `oauth_verifier` of the callback.
 * @throws {OAuth1Error} As `signRequest`.
 * @see "OAuth at Interactive Brokers" 4.3; OpenAPI 2.28.0 `/oauth/access_token`; legacy `oauthAccessTokenPost`
 */
export function createAccessTokenRequest<Result extends string | Promise<string>>(
  input: { readonly requestToken: string; readonly verifier: string },
  credentials: Credentials,
  signer: Signer<Result>,
  options: EndpointOptions = {},
): Signed<Result, SignedRequest> {
  const { consumerKey, realm } = credentials
  const parameters = { oauth_verifier: input.verifier }
  const asUser = { consumerKey, realm, accessToken: input.requestToken }
  return endpointRequest('access_token', parameters, asUser, signer, options)
}

/**
 * Builds IBKR's request for a live session token. An exchange that holds both fields can be passed as it is.
 *
 * @param input.diffieHellmanChallenge - A = g^a mod p, hex without leading zeros.
 * @param input.signatureBaseStringPrefix - Lower-case hex of the decrypted access token secret. A secret.
 * @param credentials - With the access token.
 * @throws {OAuth1Error} As `signRequest`; `ERR_OAUTH1_INVALID_INPUT` if a field of `input` is no hex.
 * @see "OAuth at Interactive Brokers" 5; OpenAPI 2.28.0 `/oauth/live_session_token`; legacy
 *   `oauthLiveSessionTokenPost`
 */
export function createLiveSessionTokenRequest<Result extends string | Promise<string>>(
  input: { readonly diffieHellmanChallenge: string; readonly signatureBaseStringPrefix: string },
  credentials: Credentials & { readonly accessToken: string },
  signer: Signer<Result>,
  options: EndpointOptions = {},
): Signed<Result, SignedRequest> {
  if (typeof credentials.accessToken !== 'string')
    throw invalidInput('credentials.accessToken must be a string')
  const parameters = { diffie_hellman_challenge: hexField(input, 'diffieHellmanChallenge') }
  const prefix = hexField(input, 'signatureBaseStringPrefix')
  return endpointRequest('live_session_token', parameters, credentials, signer, { ...options, prefix })
}

function hexField<Name extends string>(input: Readonly<Record<Name, string>>, name: Name): string {
  if (typeof input[name] !== 'string' || !/^[\da-f]+$/i.test(input[name])) {
    throw invalidInput(`${name} must be a non-empty hex string`)
  }
  return input[name]
}

function endpointRequest<Result extends string | Promise<string>>(
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
  credentials: Credentials,
  signer: Signer<Result>,
  options: EndpointOptions,
): Signed<Result, SignedRequest> {
  const { baseUrl = ibkrHosts.production.api, portal } = options
  const url = options.url ?? `${baseUrl.replace(/\/$/, '')}/oauth/${endpoint}`
  const headers: Record<string, string> = { accept: 'application/json' }
  if (portal !== undefined) headers.portal = headerValue('portal', portal)
  const protocolParameters = { ...options.protocolParameters, ...parameters }
  return signRequest({ method: 'POST', url, headers }, credentials, signer, {
    ...options,
    protocolParameters,
  })
}

function headerValue(name: string, value: string): string {
  if (!/^[!-~](?:[ -~]*[!-~])?$/.test(value)) {
    throw invalidInput(`${name} must be printable ASCII`)
  }
  return value
}

function invalidInput(message: string): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', message)
}
