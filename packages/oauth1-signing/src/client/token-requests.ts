import { parseUrl } from '@ibkr-auth/internal/globals'
import type { SecretTextLike } from '@ibkr-auth/internal/secret'
import { encodeNamed } from '../base-string/percent-encode.ts'
import { invalidUrl } from '../base-string/uri.ts'
import { entriesOf, invalidInput, reading, requireObject, requireText } from '../checks.ts'
import { ibkrHosts } from '../ibkr-hosts.ts'
import type { SignedRequest } from '../message.ts'
import type { Signed, Signer } from '../methods/signer.ts'
import { revealText } from '../secret.ts'
import type { Credentials } from './protocol-parameters.ts'
import { type SignRequestOptions, signRequest } from './sign-request.ts'

/** What each of the three request builders takes. */
export interface TokenRequestOptions<Result extends string | Promise<string> = string | Promise<string>>
  extends SignRequestOptions {
  readonly credentials: Credentials
  /** IBKR: `rsaSha256(signingKey)`. */
  readonly signer: Signer<Result>
  /** Base URL under which `/oauth/...` lies. Default `ibkrHosts.production.api`. */
  readonly baseUrl?: string | undefined
  /** The whole URL of the endpoint, for services with other paths. Takes precedence over `baseUrl`. */
  readonly url?: string | undefined
  /** Value of the `portal` header that IBKR's legacy OpenAPI describes (`cookieAuth`). Default none. */
  readonly portal?: string | undefined
}

/** What `createRequestTokenRequest` takes. */
export interface RequestTokenRequestOptions<
  Result extends string | Promise<string> = string | Promise<string>,
> extends TokenRequestOptions<Result> {
  /** Where the user comes back to, or `"oob"` (default; IBKR takes nothing else, the callback is registered). */
  readonly callback?: string | undefined
}

/** What `createAccessTokenRequest` takes. */
export interface AccessTokenRequestOptions<Result extends string | Promise<string> = string | Promise<string>>
  extends TokenRequestOptions<Result> {
  /** The token the user was sent away with. */
  readonly requestToken: string
  /** `oauth_verifier` of the callback. */
  readonly verifier: string
}

/** What `createLiveSessionTokenRequest` takes. */
export interface LiveSessionTokenRequestOptions<
  Result extends string | Promise<string> = string | Promise<string>,
> extends TokenRequestOptions<Result> {
  /** With the access token. */
  readonly credentials: Credentials & { readonly accessToken: string }
  /** An exchange of `@ibkr-auth/dh-live-session-token` as it is, or its two fields. */
  readonly exchange: {
    /** A = g^a mod p, hex without leading zeros. */
    readonly diffieHellmanChallenge: string
    /** Lower-case hex of the decrypted access token secret. A secret. */
    readonly signatureBaseStringPrefix: SecretTextLike
  }
}

/**
 * Builds the request for a request token (RFC 5849 2.1, temporary credentials). A token in `credentials` is of
 * another step and left out.
 *
 * @throws {OAuth1Error} As `signRequest`.
 * @see "OAuth at Interactive Brokers" 4.1; OpenAPI 2.40.0 `/oauth/request_token`; legacy `oauthRequestTokenPost`
 */
export function createRequestTokenRequest<Result extends string | Promise<string>>(
  options: RequestTokenRequestOptions<Result>,
): Signed<Result, SignedRequest> {
  requireObject('options', options)
  const { callback = 'oob' } = reading('options', () => ({ callback: options.callback }))
  return endpointRequest('request_token', { oauth_callback: callback }, undefined, options)
}

/**
 * Builds the request that turns an authorised request token into an access token (RFC 5849 2.3).
 *
 * @throws {OAuth1Error} As `signRequest`; `ERR_OAUTH1_INVALID_INPUT` if token or verifier are missing.
 * @see "OAuth at Interactive Brokers" 4.3; OpenAPI 2.40.0 `/oauth/access_token`; legacy `oauthAccessTokenPost`
 */
export function createAccessTokenRequest<Result extends string | Promise<string>>(
  options: AccessTokenRequestOptions<Result>,
): Signed<Result, SignedRequest> {
  requireObject('options', options)
  const { requestToken, verifier } = reading('options', () => ({
    requestToken: options.requestToken,
    verifier: options.verifier,
  }))
  requireText('requestToken', requestToken)
  encodeNamed('requestToken', requestToken)
  requireText('verifier', verifier)
  return endpointRequest('access_token', { oauth_verifier: verifier }, requestToken, options)
}

/**
 * Builds IBKR's request for a live session token.
 *
 * @throws {OAuth1Error} As `signRequest`; `ERR_OAUTH1_INVALID_INPUT` if a field of `exchange` is no hex.
 * @see "OAuth at Interactive Brokers" 5; OpenAPI 2.40.0 `/oauth/live_session_token`; legacy
 *   `oauthLiveSessionTokenPost`
 */
export function createLiveSessionTokenRequest<Result extends string | Promise<string>>(
  options: LiveSessionTokenRequestOptions<Result>,
): Signed<Result, SignedRequest> {
  requireObject('options', options)
  const { accessToken, diffieHellmanChallenge, signatureBaseStringPrefix } = reading('options', () => {
    const { credentials, exchange } = options
    requireObject('credentials', credentials)
    requireObject('exchange', exchange)
    const { diffieHellmanChallenge, signatureBaseStringPrefix } = exchange
    return { accessToken: credentials.accessToken, diffieHellmanChallenge, signatureBaseStringPrefix }
  })
  requireText('credentials.accessToken', accessToken)
  const prefix = revealText('exchange.signatureBaseStringPrefix', signatureBaseStringPrefix)
  requireHex('exchange.signatureBaseStringPrefix', prefix)
  requireHex('exchange.diffieHellmanChallenge', diffieHellmanChallenge)
  const parameters = { diffie_hellman_challenge: diffieHellmanChallenge }
  return endpointRequest('live_session_token', parameters, accessToken, { ...options, prefix })
}

function requireHex(name: string, text: unknown): void {
  if (typeof text !== 'string' || !/^[\da-f]+$/i.test(text)) {
    throw invalidInput(`${name} must be a non-empty hex string`)
  }
}

function endpointRequest<Result extends string | Promise<string>>(
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
  accessToken: string | undefined,
  options: TokenRequestOptions<Result>,
): Signed<Result, SignedRequest> {
  const { request, credentials, signer, more } = reading('options', () => {
    const { credentials, signer, portal } = options
    requireObject('credentials', credentials)
    const { consumerKey, realm } = credentials
    const headers: Record<string, string> = { accept: 'application/json' }
    if (portal !== undefined) headers.portal = headerValue('portal', portal)
    const others = entriesOf('protocolParameters', options.protocolParameters ?? {})
    const protocolParameters = { ...Object.fromEntries(others), ...parameters }
    const request = { method: 'POST', url: endpointUrl(endpoint, options), headers }
    const more = { ...options, protocolParameters }
    return { request, credentials: { consumerKey, realm, accessToken }, signer, more }
  })
  return signRequest(request, credentials, signer, more)
}

function endpointUrl(
  endpoint: string,
  { url, baseUrl = ibkrHosts.production.api }: TokenRequestOptions,
): string {
  if (url !== undefined) return requireUrl('url', url)
  const base = requireUrl('baseUrl', baseUrl)
  if (/[?#]/.test(base)) throw invalidInput('baseUrl must have neither query nor fragment')
  return `${base.replace(/\/+$/, '')}/oauth/${endpoint}`
}

function requireUrl(name: string, url: unknown): string {
  const protocol = typeof url === 'string' ? parseUrl(url)?.protocol : undefined
  if (protocol !== 'https:' && protocol !== 'http:') throw invalidUrl(name)
  return url as string
}

function headerValue(name: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[!-~](?:[ -~]*[!-~])?$/.test(value)) {
    throw invalidInput(`${name} must be printable ASCII`)
  }
  return value
}
