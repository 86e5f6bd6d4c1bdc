import { beginExchange, type DhParams } from '@ibkr-auth/dh-live-session-token'
import {
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  hmacSha256,
  type QuerySigning,
  type Signer,
} from '@ibkr-auth/oauth1-signing'
import { createSession, type Session, type SessionOptions } from '@ibkr-auth/transport/session'
import { adviseOnQueries } from './query-advice.ts'

export interface OAuth1SessionOptions {
  readonly consumerKey: string
  readonly accessToken: string
  /** `limited_poa`; `test_realm` for IBKR's demo consumer TESTCONS. */
  readonly realm: string
  /** The decrypted access token secret. */
  readonly accessTokenSecret: { reveal(): Uint8Array }
  readonly dhParams: DhParams
  /** RSA-SHA256 with the private signing key. */
  readonly signer: Signer
  /** `https://api.ibkr.com/v1/api` */
  readonly baseUrl: string
  /** How query parameters enter the signature; begin with `ibkrQuerySigning`. */
  readonly querySigning: QuerySigning
}

/**
 * A session that signs every request with a live session token, and agrees on a new one before it expires. `more` is
 * whatever else a session takes, such as a pacing that is shared.
 */
export function createOAuth1Session(
  options: OAuth1SessionOptions,
  more: Partial<SessionOptions> = {},
): Session {
  const { consumerKey, accessToken, realm, baseUrl, querySigning } = options
  const credentials = { consumerKey, accessToken, realm }

  return createSession({
    ...more,
    baseUrl,
    interceptors: [adviseOnQueries(querySigning), ...(more.interceptors ?? [])],

    // Called at the start, before each expiry, and when the server stops to accept the token.
    async establish({ transport, signal, now }) {
      // 1. Our half of the Diffie-Hellman exchange, signed with the RSA key.
      const exchange = beginExchange(options, { now })
      const request = await createLiveSessionTokenRequest({
        credentials,
        signer: options.signer,
        exchange,
        baseUrl,
        now,
      })
      // 2. IBKR's half. The reply is read whatever its status: its errors come with remedies.
      const reply = await transport.request({ ...request, signal, throwHttpErrors: false })
      // 3. The token, once IBKR has proved that it derived the same one.
      const liveSessionToken = exchange.complete(reply, consumerKey)
      const signer = hmacSha256(liveSessionToken)
      return {
        expiresAtMs: liveSessionToken.expiresAtMs,
        // Called for each attempt: a nonce and a timestamp are never sent twice.
        authorize: (attempt) => ({
          authorization: createAuthorizationHeader(attempt, credentials, signer, {
            querySigning,
            now: attempt.now,
          }),
        }),
        close: () => liveSessionToken.dispose(),
      }
    },
  })
}
