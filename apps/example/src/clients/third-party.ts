import {
  authorizationUrl,
  createAccessTokenRequest,
  createRequestTokenRequest,
  ibkrHosts,
  parseAuthorizationCallback,
  readAccessTokenResponse,
  readRequestTokenResponse,
} from '@ibkr-auth/oauth1-signing'
import { createTransport } from '@ibkr-auth/transport'
import type { Client } from './client.ts'
import { createFirstPartyClient, type FirstPartyOptions, signerWith } from './first-party.ts'

/** For other people's accounts: keys and callback URL are registered with IBKR, tokens are the user's. */
export interface ThirdPartyOptions extends Omit<FirstPartyOptions, 'accessToken' | 'accessTokenSecret'> {
  /** IBKR's page unless it is another server. */
  readonly authorizeUrl?: string | undefined
}

/** What one user's consent yields. Keep it: it outlives sessions, and the secret stays encrypted. */
export interface UserToken {
  readonly accessToken: string
  /** Base64, encrypted to your encryption key: store it as it is. */
  readonly accessTokenSecret: string
  readonly isPaper?: boolean | undefined
}

/** Takes the user to the page, and returns the callback's URL that they came back with. */
export type VisitAuthorizationPage = (url: string) => Promise<string>

/**
 * Asks a user for consent. Once per user, before the first {@link createThirdPartyClient}.
 *
 * @returns undefined where the user cancelled
 * @see "OAuth at Interactive Brokers" 4
 */
export async function authorizeUser(
  options: ThirdPartyOptions,
  visit: VisitAuthorizationPage,
): Promise<UserToken | undefined> {
  const { consumerKey, realm = 'limited_poa', baseUrl = ibkrHosts.production.api } = options
  const { authorizeUrl = ibkrHosts.authorize } = options
  const credentials = { consumerKey, realm }
  const signer = signerWith(options)
  await using transport = createTransport({ baseUrl, throwHttpErrors: false })

  // 1. A request token, with which the user is recognised when they come back.
  const asked = await createRequestTokenRequest({ credentials, signer, baseUrl })
  const { requestToken } = readRequestTokenResponse(await transport.request(asked))

  // 2. The user signs in on IBKR's page and consents, or cancels. Another token's callback is refused.
  const callbackUrl = await visit(authorizationUrl({ requestToken, authorizeUrl }))
  const callback = parseAuthorizationCallback(callbackUrl, { requestToken })
  if (callback.outcome === 'cancelled') return undefined

  // 3. The user's access token and its secret.
  const exchange = await createAccessTokenRequest({ credentials, signer, ...callback, baseUrl })
  const token = readAccessTokenResponse(await transport.request(exchange))
  const { accessToken, accessTokenSecret, isPaper } = token
  const kept = { accessToken, accessTokenSecret: accessTokenSecret.reveal() }
  return isPaper === undefined ? kept : { ...kept, isPaper }
}

/** OAuth 1.0a, third party: from here on as for an account of one's own, with the user's token. */
export function createThirdPartyClient(options: ThirdPartyOptions, token: UserToken): Client {
  const { accessToken, accessTokenSecret } = token
  return createFirstPartyClient({ ...options, accessToken, accessTokenSecret })
}
