import {
  beginExchange,
  decryptAccessTokenSecret,
  LiveSessionToken,
  parseDhParams,
} from '@ibkr-auth/dh-live-session-token'
import {
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  hmacSha256,
  rsaSha256,
} from '@ibkr-auth/oauth1-signing'
import type { RunningSandbox } from '@ibkr-auth/sandbox'
import type { EstablishContext, SessionCredential } from '@ibkr-auth/transport/session'

/** A session credential that can be stored. */
export interface SharedLiveSessionToken extends SessionCredential {
  readonly liveSessionToken: LiveSessionToken
}

/** What `shareCredential` takes to share a first-party login: what is stored is the live session token, nothing else. */
export function firstPartyLogin(input: RunningSandbox['credentials']): {
  establish(context: EstablishContext): Promise<SharedLiveSessionToken>
  encode(credential: SharedLiveSessionToken): string
  decode(data: string): SharedLiveSessionToken
} {
  const { consumerKey, realm, accessToken, signingKey, encryptionKey, baseUrl } = input
  const credentials = { consumerKey, realm, accessToken }
  const accessTokenSecret = decryptAccessTokenSecret(input.accessTokenSecret, encryptionKey)
  const dhParams = parseDhParams(input.dhParams)
  const signer = rsaSha256(signingKey)
  return {
    async establish({ transport, signal, now }) {
      const exchange = beginExchange({ dhParams, accessTokenSecret }, { now })
      const request = await createLiveSessionTokenRequest({ credentials, signer, exchange, baseUrl, now })
      const reply = await transport.request({ ...request, signal, throwHttpErrors: false })
      const liveSessionToken = exchange.complete(reply, consumerKey)
      // An end only seconds away could as well be the time of computation, and is read as that: here it is known.
      const { live_session_token_expiration: expiresAtMs } = reply.json<{
        live_session_token_expiration: number
      }>()
      return credentialOf(liveSessionToken, expiresAtMs, credentials)
    },
    encode: ({ liveSessionToken }) => liveSessionToken.serialize(),
    decode: (data) => {
      const liveSessionToken = LiveSessionToken.restore(data)
      return credentialOf(liveSessionToken, liveSessionToken.expiresAtMs, credentials)
    },
  }
}

function credentialOf(
  liveSessionToken: LiveSessionToken,
  expiresAtMs: number,
  credentials: { consumerKey: string; realm: string; accessToken: string },
): SharedLiveSessionToken {
  const signer = hmacSha256(liveSessionToken)
  return {
    liveSessionToken,
    expiresAtMs,
    authorize: (attempt) => ({
      authorization: createAuthorizationHeader(attempt, credentials, signer, { now: attempt.now }),
    }),
  }
}
