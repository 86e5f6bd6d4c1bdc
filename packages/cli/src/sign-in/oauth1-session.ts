import { beginExchange, decryptAccessTokenSecret, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import {
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  hmacSha256,
  ibkrHosts,
  ibkrQuerySigning,
  rsaSha256,
} from '@ibkr-auth/oauth1-signing'
import { createSession, type Session } from '@ibkr-auth/transport/session'
import type { FirstPartySettings } from '../profile/client-settings.ts'

/** A session that signs every request with a live session token; it never competes and never logs out. */
export function oauth1Session(settings: FirstPartySettings): Session {
  const { consumerKey, accessToken, passphrase, querySigning = ibkrQuerySigning } = settings
  const { realm = 'limited_poa', baseUrl = ibkrHosts.production.api } = settings
  const credentials = { consumerKey, accessToken, realm }
  const signer = rsaSha256(settings.signatureKey, { passphrase })
  const dhParams = parseDhParams(settings.dhParams)
  const accessTokenSecret = decryptAccessTokenSecret(settings.accessTokenSecret, settings.encryptionKey, {
    passphrase,
  })
  return createSession({
    baseUrl,
    logout: false,
    async establish({ transport, signal, now }) {
      const exchange = beginExchange({ dhParams, accessTokenSecret }, { now })
      const request = await createLiveSessionTokenRequest({ exchange, credentials, signer, baseUrl, now })
      const reply = await transport.request({ ...request, signal, throwHttpErrors: false })
      const token = exchange.complete(reply, consumerKey)
      const hmac = hmacSha256(token)
      return {
        expiresAtMs: token.expiresAtMs,
        authorize: (attempt) => ({
          authorization: createAuthorizationHeader(attempt, credentials, hmac, {
            querySigning,
            now: attempt.now,
          }),
        }),
        close: () => token.dispose(),
      }
    },
  })
}
