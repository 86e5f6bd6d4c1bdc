import { parseUrl } from '@ibkr-auth/internal/globals'
import { parseForm } from '../base-string/form.ts'
import { encodeNamed } from '../base-string/percent-encode.ts'
import { hrefOf, invalidUrl, type UrlLike } from '../base-string/uri.ts'
import { reading, requireObject, requireText } from '../checks.ts'
import { OAuth1Error } from '../errors.ts'
import { ibkrHosts } from '../ibkr-hosts.ts'

/**
 * The page to send the user's browser to, so that they authorise the request token.
 *
 * @param input.redirectUri - IBKR: a path that replaces the path of the registered callback.
 * @param input.authorizeUrl - Default IBKR's page, `ibkrHosts.authorize`.
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT`, `ERR_OAUTH1_INVALID_URL`, `ERR_OAUTH1_LONE_SURROGATE`.
 * @see RFC 5849 2.2; "OAuth at Interactive Brokers" 4.2
 */
export function authorizationUrl(input: {
  readonly requestToken: string
  readonly redirectUri?: string | undefined
  readonly authorizeUrl?: string | undefined
}): string {
  requireObject('input', input)
  const {
    requestToken,
    redirectUri,
    authorizeUrl = ibkrHosts.authorize,
  } = reading('input', () => ({
    requestToken: input.requestToken,
    redirectUri: input.redirectUri,
    authorizeUrl: input.authorizeUrl,
  }))
  requireText('requestToken', requestToken)
  const protocol = typeof authorizeUrl === 'string' ? parseUrl(authorizeUrl)?.protocol : undefined
  if (protocol !== 'https:' && protocol !== 'http:') throw invalidUrl('authorizeUrl')
  const redirect = redirectUri === undefined ? '' : `&redirect_uri=${encodeNamed('redirectUri', redirectUri)}`
  const token = encodeNamed('requestToken', requestToken)
  return `${authorizeUrl}${authorizeUrl.includes('?') ? '&' : '?'}oauth_token=${token}${redirect}`
}

/** What a user came back with. */
export type AuthorizationCallback =
  | { readonly outcome: 'authorized'; readonly requestToken: string; readonly verifier: string }
  | { readonly outcome: 'cancelled' }

/**
 * Reads the callback that ends the user's visit to the authorization page.
 *
 * @param url - The callback's URL, or only its path and query, as a server gets it.
 * @param sent.requestToken - The token the user was sent away with.
 * @returns The verifier for `createAccessTokenRequest`, or that the user cancelled (neither token nor
 *   verifier came back).
 * @throws {OAuth1Error} `ERR_OAUTH1_TOKEN_MISMATCH` if it is another token's callback,
 *   `ERR_OAUTH1_INVALID_CALLBACK` if one of the two is missing, empty or there twice, `ERR_OAUTH1_INVALID_INPUT`,
 *   `ERR_OAUTH1_INVALID_URL` if `url` is no text.
 * @see RFC 5849 2.2; "OAuth at Interactive Brokers" 4.2
 */
export function parseAuthorizationCallback(
  url: UrlLike,
  sent: { readonly requestToken: string },
): AuthorizationCallback {
  requireObject('sent', sent)
  const sentToken = reading('sent', () => sent.requestToken)
  requireText('sent.requestToken', sentToken)
  const [location = ''] = hrefOf('url', url).split('#', 1)
  if (/[\ud800-\udfff]/u.test(location)) throw invalidCallback('url holds half a surrogate pair')
  const start = location.indexOf('?')
  const pairs = start < 0 ? [] : parseForm(location.slice(start + 1))
  const requestToken = single(pairs, 'oauth_token')
  const verifier = single(pairs, 'oauth_verifier')
  if (requestToken === undefined && verifier === undefined) return { outcome: 'cancelled' }
  if (requestToken === undefined || verifier === undefined) {
    throw invalidCallback('The callback must carry both oauth_token and oauth_verifier, or neither')
  }
  if (requestToken !== sentToken) {
    throw new OAuth1Error(
      'ERR_OAUTH1_TOKEN_MISMATCH',
      'oauth_token of the callback is not the request token the user was sent away with; start anew',
    )
  }
  return { outcome: 'authorized', requestToken, verifier }
}

function single(pairs: readonly (readonly [string, string])[], name: string): string | undefined {
  const values = pairs.filter((pair) => pair[0] === name).map((pair) => pair[1])
  if (values.length > 1 || values[0] === '')
    throw invalidCallback(`${name} must appear once and not be empty`)
  return values[0]
}

function invalidCallback(message: string): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_CALLBACK', message)
}
