import { timingSafeEqual } from 'node:crypto'
import type { Claims, KeyRecord, Signer, Verifier } from '@ibkr-auth/oauth1-signing'
import type { HmacKnowledge, RsaKnowledge } from '../explain/types.ts'
import type { AccessToken } from '../state/access-tokens.ts'
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
  readonly requestToken?: RequestToken | undefined
  readonly accessToken?: AccessToken | undefined
  /** The live session whose token the request was signed with; known once the signature is verified. */
  readonly liveSession?: (() => LiveSession) | undefined
}

/** Finds the key for what a request claims, or says why there is none. */
export function findKey(claims: Claims, state: SandboxState, purpose: Purpose): FoundKey | Refused {
  if (claims.consumerKey !== state.consumer.consumerKey) {
    return refused(401, invalidConsumer, 'unknown-consumer-key')
  }
  if (purpose === 'request_token') return rsaKey(state, undefined)
  const token = claims.token ?? ''
  if (purpose === 'access_token') return requestTokenKey(token, state)
  const accessToken = state.accessTokens.find(token)
  if (accessToken?.consumerKey !== claims.consumerKey) return unknownToken(claims, purpose)
  if (purpose === 'live_session_token') return { ...rsaKey(state, accessToken), accessToken }
  return hmacKey(accessToken, state)
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

function requestTokenKey(token: string, state: SandboxState): FoundKey | Refused {
  const requestToken = state.requestTokens.find(token, state.clock.nowMs())
  if (requestToken === undefined) return refused(401, 'Unauthorized', 'unknown-token')
  return { ...rsaKey(state, undefined), requestToken }
}

function rsaKey(state: SandboxState, accessToken: AccessToken | undefined): FoundKey {
  const prefix = accessToken && Buffer.from(accessToken.secret).toString('hex')
  return { key: state.consumer.verifier, knowledge: () => rsaKnowledge(state, accessToken), prefix }
}

function rsaKnowledge(state: SandboxState, accessToken: AccessToken | undefined): RsaKnowledge {
  const { signingKey, encryptionKey, consumerKey } = state.consumer
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

function hmacKey(accessToken: AccessToken, state: SandboxState): FoundKey | Refused {
  const nowMs = state.clock.nowMs()
  const live = accessToken.liveSessions.filter((liveSession) => liveSession.isLive(nowMs))
  if (live.length === 0) {
    const mistake = accessToken.liveSessions.length === 0 ? 'lst-missing' : 'lst-expired'
    return refused(401, 'Unauthorized', mistake)
  }
  const { key, matched } = keyOfLiveSessions(live)
  const knowledge = (): HmacKnowledge => ({
    kind: 'hmac-sha256',
    keys: live.map((liveSession) => liveSession.reveal()),
    mistakenKeys: once(() => mistakenKeys(accessToken, nowMs)),
  })
  return { key, accessToken, liveSession: matched, knowledge }
}

/** A search asks for the keys once for each mistake; deriving them is the slow part of it. */
function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => {
    made ??= make()
    return made
  }
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
    const found = live.find(({ signer }) => equalText(signer.sign(text), signature))
    if (found !== undefined) matched = found
    return found !== undefined
  }
  return { key: { method: newest.signer.method, verify }, matched: () => matched }
}

function equalText(a: string, b: string): boolean {
  const [bytes, others] = [Buffer.from(a), Buffer.from(b)]
  return bytes.length === others.length && timingSafeEqual(bytes, others)
}
