import { randomBytes } from 'node:crypto'
import { isLiveSessionTokenError } from '@ibkr-auth/dh-live-session-token'
import {
  type AnsweredExchange,
  answerExchange,
  encryptAccessTokenSecret,
} from '@ibkr-auth/dh-live-session-token/server'
import { hexText } from '../../credentials/random-text.ts'
import { readBody } from '../../request/body.ts'
import { currentBases, legacyBases } from '../../request/paths.ts'
import type { RequestRecord } from '../../request/record.ts'
import { json, type Reply } from '../../request/reply.ts'
import type { AccessToken } from '../../state/access-tokens.ts'
import { openApiSession } from '../../state/api-session.ts'
import type { Consumer } from '../../state/consumer.ts'
import { LiveSession } from '../../state/live-sessions.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { customerUsername } from '../../state/users.ts'
import { type VerifiedOauth1, verifyOauth1 } from '../../verify/oauth1.ts'
import type { Purpose } from '../../verify/oauth1-keys.ts'
import { type Refused, refuse, refuseApi, refused } from '../../verify/refused.ts'
import type { Router } from '../router.ts'

/** Most live sessions remembered for an access token once newer ones have pushed them out. */
const mostReplaced = 8

type Answer = (verified: VerifiedOauth1, state: SandboxState) => Reply | Refused

const endpoints: readonly (readonly [Purpose, Answer])[] = [
  ['request_token', requestToken],
  ['access_token', accessToken],
  ['live_session_token', liveSessionToken],
]

/** The three OAuth 1.0a endpoints, under the current and the legacy bases ("OAuth at Interactive Brokers" 4, 5). */
export function addOauth1Routes(router: Router, state: SandboxState): void {
  for (const base of [...currentBases, ...legacyBases]) {
    for (const [purpose, answer] of endpoints) {
      router.add(['POST'], `${base}/oauth/${purpose}`, (record) => handle(record, state, purpose, answer))
    }
  }
}

async function handle(
  record: RequestRecord,
  state: SandboxState,
  purpose: Purpose,
  answer: Answer,
): Promise<Reply> {
  const body = await readBody(record, state.settings.maximumBodyBytes)
  if (body === undefined) return refuse(record, refused(413, 'Payload Too Large', 'body-too-large'))
  const verified = verifyOauth1(record, state, purpose)
  if (!verified.ok) return refuseApi(record, verified)
  const answered = answer(verified, state)
  if ('ok' in answered) return refuseApi(record, answered)
  record.verdict = 'accepted'
  return answered
}

function requestToken({ parameters, found }: VerifiedOauth1, state: SandboxState): Reply | Refused {
  const callback = parameters.get('oauth_callback')
  if (callback === undefined) return missing('oauth_callback')
  if (callback !== 'oob') {
    return refused(
      400,
      'Bad Request: oauth_callback must be oob',
      'malformed-authorization',
      'oauth_callback must be "oob": the callback is registered.',
    )
  }
  if (parameters.has('oauth_token')) {
    return refused(
      400,
      'Bad Request: oauth_token must not be sent',
      'malformed-authorization',
      'request_token takes no oauth_token.',
    )
  }
  const token = state.requestTokens.issue(found.consumer.consumerKey, state.clock.nowMs())
  return token === undefined ? full() : json({ oauth_token: token.value })
}

function accessToken({ parameters, found }: VerifiedOauth1, state: SandboxState): Reply | Refused {
  const { requestToken: token } = found
  if (token === undefined) return refused(401, 'Unauthorized', 'unknown-token')
  const verifier = parameters.get('oauth_verifier')
  if (verifier === undefined) return missing('oauth_verifier')
  if (token.state === 'used') return refused(401, 'Unauthorized', 'token-used')
  if (token.state !== 'approved' || token.verifier !== verifier)
    return refused(401, 'Unauthorized', 'wrong-verifier')
  const { consumer } = found
  const username = token.username ?? customerUsername
  const secret = randomBytes(32)
  const issued: AccessToken = {
    value: hexText(10),
    consumerKey: consumer.consumerKey,
    username,
    secret,
    encryptedSecret: encryptAccessTokenSecret(secret, consumer.encryptionKey),
    liveSessions: [],
    replaced: [],
  }
  if (!state.accessTokens.add(issued)) return full()
  token.state = 'used'
  return json({
    is_paper: state.users.isPaper(username),
    oauth_token: issued.value,
    oauth_token_secret: issued.encryptedSecret,
  })
}

function liveSessionToken({ parameters, found }: VerifiedOauth1, state: SandboxState): Reply | Refused {
  const { accessToken: token, consumer } = found
  if (token === undefined) return refused(401, 'Unauthorized', 'unknown-token')
  const challenge = parameters.get('diffie_hellman_challenge')
  if (challenge === undefined) return missing('diffie_hellman_challenge')
  const exponent = randomBytes(32)
  const nowMs = state.clock.nowMs()
  const expiresAtMs = nowMs + state.liveSessionTokenLifetimeMs
  const answered = answer(challenge, token, consumer, exponent, expiresAtMs)
  if (answered === undefined) {
    return refused(400, 'Bad Request: diffie_hellman_challenge is not valid', 'challenge-out-of-range')
  }
  const session = openApiSession(
    { kind: 'oauth1', username: token.username, expiresAtMs, ip: undefined },
    nowMs,
  )
  const live = new LiveSession(answered.liveSessionToken.reveal(), session, {
    challengeHex: challenge,
    exponent,
    prime: consumer.dhParams.prime,
    accessTokenSecret: token.secret,
  })
  keepLiveSession(token, live, state.settings.liveSessionTokensPerAccessToken)
  return json(answered.response)
}

/** The newest are good; those that they push out are remembered, to tell a client that still uses one. */
function keepLiveSession(token: AccessToken, live: LiveSession, most: number): void {
  const all = [live, ...token.liveSessions]
  token.liveSessions = all.slice(0, most)
  token.replaced = [...all.slice(most), ...token.replaced].slice(0, mostReplaced)
}

function answer(
  diffieHellmanChallenge: string,
  token: AccessToken,
  consumer: Consumer,
  exponent: Uint8Array,
  expiresAtMs: number,
): AnsweredExchange | undefined {
  const { dhParams, consumerKey } = consumer
  try {
    return answerExchange(
      { dhParams, diffieHellmanChallenge, accessTokenSecret: token.secret, consumerKey, expiresAtMs },
      // Kept, so that a mistake in the client's derivation can be told from the evidence later.
      { randomBytes: () => exponent },
    )
  } catch (error) {
    if (isLiveSessionTokenError(error)) return undefined
    throw error
  }
}

function missing(parameter: string): Refused {
  return refused(400, `Bad Request: ${parameter} is missing`, 'missing-parameter', `${parameter} is missing.`)
}

function full(): Refused {
  return refused(503, 'Service Unavailable', 'store-full')
}
