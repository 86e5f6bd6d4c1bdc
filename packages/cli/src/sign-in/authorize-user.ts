import {
  authorizationUrl,
  createAccessTokenRequest,
  createRequestTokenRequest,
  ibkrHosts,
  parseAuthorizationCallback,
  readAccessTokenResponse,
  readRequestTokenResponse,
  rsaSha256,
} from '@ibkr-auth/oauth1-signing'
import { createTransport } from '@ibkr-auth/transport'
import type { ThirdPartySettings } from '../profile/client-settings.ts'
import type { VisitAuthorizationPage } from './authorization-visit.ts'
import type { UserToken } from './token-file.ts'

/**
 * Asks a user for consent.
 *
 * @returns undefined where the user cancelled.
 * @see "OAuth at Interactive Brokers" 4
 */
export async function authorizeUser(
  settings: ThirdPartySettings,
  visit: VisitAuthorizationPage,
  signal: AbortSignal,
): Promise<UserToken | undefined> {
  const { consumerKey, realm = 'limited_poa', baseUrl = ibkrHosts.production.api, passphrase } = settings
  const { authorizeUrl = ibkrHosts.authorize } = settings
  const signer = rsaSha256(settings.signatureKey, { passphrase })
  const transport = createTransport({ baseUrl, throwHttpErrors: false })
  const common = { credentials: { consumerKey, realm }, signer, baseUrl, now: () => transport.now() }
  try {
    const asked = await createRequestTokenRequest(common)
    const { requestToken } = readRequestTokenResponse(await transport.request({ ...asked, signal }))
    const callbackUrl = await visit(authorizationUrl({ requestToken, authorizeUrl }))
    const callback = parseAuthorizationCallback(callbackUrl, { requestToken })
    if (callback.outcome === 'cancelled') return undefined
    const { verifier } = callback
    const exchange = await createAccessTokenRequest({ ...common, requestToken, verifier })
    const token = readAccessTokenResponse(await transport.request({ ...exchange, signal }))
    const { accessToken, accessTokenSecret, isPaper } = token
    return { accessToken, accessTokenSecret: accessTokenSecret.reveal(), isPaper }
  } finally {
    await transport.close()
  }
}
