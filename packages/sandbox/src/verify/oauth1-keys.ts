import { equalBytes } from '@ibkr-auth/internal/bytes'
import type { Signer } from '@ibkr-auth/oauth1-signing'
import type { Claims, KeyRecord, Verifier } from '@ibkr-auth/oauth1-signing/server'
import { timestampMistake } from '../explain/time-mistakes.ts'
import type { HmacKnowledge, RsaKnowledge } from '../explain/types.ts'
import { once } from '../once.ts'
import type { AccessToken } from '../state/access-tokens.ts'
import type { Consumer } from '../state/consumer.ts'
import type { LiveSession } from '../state/live-sessions.ts'
import type { RequestToken } from '../state/request-tokens.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { mistakenKeys } from './mistaken-keys.ts'
import { type Refused, refused } from './refused.ts'

/** What a signed request is for: it decides which token it carries and which key it is signed with. */
export type Purpose = 'request_token' | 'access_token' | 'live_session_token' | 'api'

/** The key for a request, and what belongs to the token that it carries. */
export interface FoundKey extends KeyRecord {
  /** Gathered only to explain a refusal. */
  readonly knowledge: () => HmacKnowledge | RsaKnowledge
  readonly consumer: Consumer
  readonly requestToken?: RequestToken | undefined
  readonly accessToken?: AccessToken | undefined
  /** The live session whose token the request was signed with; known once the signature is verified. */
  readonly liveSession?: (() => LiveSession) | undefined
}

/** Finds the key for what a request claims, or says why there is none. */
export function findKey(claims: Claims, state: SandboxState, purpose: Purpose): FoundKey | Refused {
  const consumer = state.consumers.get(claims.consumerKey)
  if (consumer === undefined) {
    const isInSmallLetters = state.consumers.has(claims.consumerKey.toUpperCase())
    const detail = isInSmallLetters ? 'It is registered in capitals, as the portal keeps it.' : undefined
    return refused(401, invalidConsumer, 'unknown-consumer-key', detail)
  }
  const isForThirdParties = purpose === 'request_token' || purpose === 'access_token'
  if (isForThirdParties && consumer.firstParty) return refused(403, 'Forbidden', 'first-party-consumer')
  if (purpose === 'request_token') return rsaKey(consumer, state, undefined)
  const token = claims.token ?? ''
  if (purpose === 'access_token') return requestTokenKey(token, consumer, state)
  const accessToken = state.accessTokens.find(token)
  if (accessToken?.consumerKey !== claims.consumerKey) return unknownToken(claims, purpose)
  if (purpose === 'live_session_token') return { ...rsaKey(consumer, state, accessToken), accessToken }
  return hmacKey(claims, consumer, accessToken, state)
}

/** IBKR's text; its number varies. */
export const invalidConsumer = 'id: 39687, error: invalid consumer'

function unknownToken(claims: Claims, purpose: Purpose): Refused {
  if (claims.token === undefined)
    return refused(400, 'Bad Request: oauth_token is missing', 'missing-parameter', 'oauth_token')
  const error =
    purpose === 'live_session_token'
      ? `id: 118871, error: LST failed, error: No access secret key found for ${claims.consumerKey}`
      : 'Unauthorized'
  return refused(401, error, 'unknown-token')
}

function requestTokenKey(token: string, consumer: Consumer, state: SandboxState): FoundKey | Refused {
  const requestToken = state.requestTokens.find(token, state.clock.nowMs())
  if (requestToken?.consumerKey !== consumer.consumerKey) return refused(401, 'Unauthorized', 'unknown-token')
  return { ...rsaKey(consumer, state, undefined), requestToken }
}

function rsaKey(consumer: Consumer, state: SandboxState, accessToken: AccessToken | undefined): FoundKey {
  const prefix = accessToken && Buffer.from(accessToken.secret).toString('hex')
  const knowledge = (): RsaKnowledge => rsaKnowledge(consumer, state, accessToken)
  return { key: consumer.verifier, consumer, knowledge, prefix }
}

function rsaKnowledge(
  consumer: Consumer,
  state: SandboxState,
  accessToken: AccessToken | undefined,
): RsaKnowledge {
  const { signingKey, encryptionKey, consumerKey } = consumer
  const others = state.accessTokens.ofConsumer(consumerKey).filter((token) => token !== accessToken)
  return {
    kind: 'rsa-sha256',
    signingKey,
    encryptionKey,
    otherAccessTokenSecrets: others.slice(-mostOtherSecrets).map(({ secret }) => secret),
    accessTokenSecret: accessToken?.secret,
    accessTokenSecretCiphertext: accessToken?.encryptedSecret,
  }
}

const mostOtherSecrets = 20

function hmacKey(
  claims: Claims,
  consumer: Consumer,
  accessToken: AccessToken,
  state: SandboxState,
): FoundKey | Refused {
  const nowMs = state.clock.nowMs()
  const live = accessToken.liveSessions.filter((liveSession) => liveSession.isLive(nowMs))
  if (live.length === 0) return noneLive(claims, accessToken, state)
  const { key, matched } = keyOfLiveSessions(live)
  const knowledge = (): HmacKnowledge => ({
    kind: 'hmac-sha256',
    keys: live.map((liveSession) => liveSession.reveal()),
    // A search asks for them once for each mistake; deriving them is the slow part of it.
    mistakenKeys: once(() => mistakenKeys(accessToken, nowMs)),
  })
  return { key, consumer, accessToken, liveSession: matched, knowledge }
}

/** A clock that is off makes a token look expired that is not: then the clock is the reason. */
function noneLive(claims: Claims, { liveSessions }: AccessToken, state: SandboxState): Refused {
  if (liveSessions.length === 0) return refused(401, 'Unauthorized', 'lst-missing')
  const sent = claims.protocolParameters.get('oauth_timestamp') ?? ''
  const nowSeconds = Math.floor(state.clock.nowMs() / 1_000)
  const explanation = timestampMistake(sent, nowSeconds, state.settings.clockToleranceSeconds)
  const wasLive = liveSessions.some((liveSession) => liveSession.isLive(Number(sent) * 1_000))
  if (explanation !== undefined && wasLive)
    return { ok: false, status: 401, error: 'Unauthorized', explanation }
  return refused(401, 'Unauthorized', 'lst-expired')
}

/** The key of a request whose access token has one live session token or several in force. */
export interface LiveSessionKey {
  readonly key: Signer | Verifier
  /** The live session whose token verified the request. */
  readonly matched: () => LiveSession
}

/** Several live session tokens may be in force at once: each new exchange adds one, none ends another. */
export function keyOfLiveSessions(live: readonly LiveSession[]): LiveSessionKey {
  const newest = live[0] as LiveSession
  if (live.length === 1) return { key: newest.signer, matched: () => newest }
  let matched = newest
  const verify = (text: string, signature: string): boolean => {
    const received = Buffer.from(signature)
    const found = live.find(({ signer }) => equalBytes(Buffer.from(signer.sign(text)), received))
    if (found !== undefined) matched = found
    return found !== undefined
  }
  return { key: { method: newest.signer.method, verify }, matched: () => matched }
}
