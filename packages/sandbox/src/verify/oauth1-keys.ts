import type { Claims, KeyRecord } from '@ibkr-auth/oauth1-signing'
import type { HmacKnowledge, RsaKnowledge } from '../explain/evidence.ts'
import type { AccessToken } from '../state/access-tokens.ts'
import type { LiveSession } from '../state/live-sessions.ts'
import type { RequestToken } from '../state/request-tokens.ts'
import type { World } from '../state/world.ts'
import { keyOfLiveSessions } from './live-session-key.ts'
import { mistakenKeys } from './mistaken-keys.ts'
import { type Refused, refused } from './refused.ts'

/** What a signed request is for: it decides which token it carries and which key it is signed with. */
export type Purpose = 'request_token' | 'access_token' | 'live_session_token' | 'api'

/** The key for a request, and what belongs to the token that it carries. */
export interface FoundKey extends KeyRecord {
  /** Gathered only to explain a refusal. */
  readonly knowledge: () => HmacKnowledge | RsaKnowledge
  readonly requestToken?: RequestToken
  readonly accessToken?: AccessToken
  /** The live session whose token the request was signed with; known once the signature is verified. */
  readonly liveSession?: () => LiveSession
}

/** Finds the key for what a request claims, or says why there is none. */
export function findKey(claims: Claims, world: World, purpose: Purpose): FoundKey | Refused {
  if (claims.consumerKey !== world.consumer.consumerKey) {
    return refused(401, invalidConsumer, 'unknown-consumer-key')
  }
  if (purpose === 'request_token') return rsaKey(world, undefined)
  const token = claims.token ?? ''
  if (purpose === 'access_token') return requestTokenKey(token, world)
  const accessToken = world.accessTokens.find(token)
  if (accessToken?.consumerKey !== claims.consumerKey) return unknownToken(claims, purpose)
  if (purpose === 'live_session_token') return { ...rsaKey(world, accessToken), accessToken }
  return hmacKey(accessToken, world)
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

function requestTokenKey(token: string, world: World): FoundKey | Refused {
  const requestToken = world.requestTokens.find(token, world.clock.nowMs())
  if (requestToken === undefined) return refused(401, 'Unauthorized', 'unknown-token')
  return { ...rsaKey(world, undefined), requestToken }
}

function rsaKey(world: World, accessToken: AccessToken | undefined): FoundKey {
  const prefix = accessToken === undefined ? {} : { prefix: Buffer.from(accessToken.secret).toString('hex') }
  return { key: world.consumer.verifier, knowledge: () => rsaKnowledge(world, accessToken), ...prefix }
}

function rsaKnowledge(world: World, accessToken: AccessToken | undefined): RsaKnowledge {
  const { signingKey, encryptionKey, consumerKey } = world.consumer
  const others = world.accessTokens.ofConsumer(consumerKey).filter((token) => token !== accessToken)
  return {
    kind: 'rsa-sha256',
    signingKey,
    encryptionKey,
    otherAccessTokenSecrets: others.slice(-mostOtherSecrets).map(({ secret }) => secret),
    ...(accessToken === undefined
      ? {}
      : { accessTokenSecret: accessToken.secret, accessTokenSecretCiphertext: accessToken.encryptedSecret }),
  }
}

const mostOtherSecrets = 20

function hmacKey(accessToken: AccessToken, world: World): FoundKey | Refused {
  const nowMs = world.clock.nowMs()
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
