import { beginExchange, LiveSessionToken } from '@ibkr-auth/dh-live-session-token'
import {
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  hmacSha256,
} from '@ibkr-auth/oauth1-signing'
import {
  type SealingKey,
  type Store,
  shareCredential,
  shareLeadership,
  sharePacing,
} from '@ibkr-auth/shared-session'
import {
  createSession,
  type EstablishContext,
  globalPacingWindow,
  ibkrPacingLimits,
  type Session,
  type SessionCredential,
} from '@ibkr-auth/transport/session'
import type { OAuth1SessionOptions } from './oauth1-session.ts'
import { adviseOnQueries } from './query-advice.ts'

export interface SharedOAuth1SessionOptions extends OAuth1SessionOptions {
  /** `fileStore(directory)` for the processes of one machine, `redisStore(client)` for those of several. */
  readonly store: Store
  /** Seals what is stored: 32 bytes, `openssl rand -base64 32`. */
  readonly seal: SealingKey
  /** The IBKR username: its processes share one login, one brokerage session and its limits. */
  readonly username: string
}

interface Credential extends SessionCredential {
  readonly liveSessionToken: LiveSessionToken
}

/** The session of oauth1-session.ts for any number of processes: one of them logs in and leads, all of them trade. */
export function createSharedOAuth1Session(options: SharedOAuth1SessionOptions): {
  readonly session: Session
  /** Ends this process's share; the login and the brokerage session go on for the others, and for the next deploy. */
  close(): Promise<void>
} {
  const { baseUrl, querySigning, signer, store, seal, username } = options
  const credentials = credentialsOf(options)
  const shared = { store, key: `${new URL(baseUrl).host}:${username}` }

  const credentialOf = (token: LiveSessionToken) => signedWith(token, options)
  const establish = shareCredential({
    ...shared,
    seal,
    // Called in one process at a time; see oauth1-session.ts for the three steps.
    async establish({ transport, signal, now }: EstablishContext) {
      const exchange = beginExchange(options, { now })
      const request = await createLiveSessionTokenRequest({ credentials, signer, exchange, baseUrl, now })
      const reply = await transport.request({ ...request, signal, throwHttpErrors: false })
      return credentialOf(exchange.complete(reply, credentials.consumerKey))
    },
    // What the others need: the token. Never the access token secret, never a key.
    encode: ({ liveSessionToken }) => liveSessionToken.serialize(),
    decode: (text) => credentialOf(LiveSessionToken.restore(text)),
  })
  const leadership = shareLeadership({ ...shared, seal })
  const pacing = sharePacing({ ...shared, global: globalPacingWindow, limits: ibkrPacingLimits })
  const session = createSession({
    baseUrl,
    username,
    establish,
    pacing,
    brokerage: { leadership },
    interceptors: [adviseOnQueries(querySigning)],
  })
  establish.follow(session)
  return {
    session,
    async close() {
      await session.close()
      await Promise.all([establish.close(), leadership.close(), pacing.close()])
    },
  }
}

function credentialsOf({ consumerKey, accessToken, realm }: OAuth1SessionOptions) {
  return { consumerKey, accessToken, realm }
}

/** Requests signed with a token, whichever process has agreed on it. */
function signedWith(liveSessionToken: LiveSessionToken, options: OAuth1SessionOptions): Credential {
  const { querySigning } = options
  const credentials = credentialsOf(options)
  const signer = hmacSha256(liveSessionToken)
  return {
    liveSessionToken,
    expiresAtMs: liveSessionToken.expiresAtMs,
    authorize: (attempt) => ({
      authorization: createAuthorizationHeader(attempt, credentials, signer, {
        querySigning,
        now: attempt.now,
      }),
    }),
  }
}
