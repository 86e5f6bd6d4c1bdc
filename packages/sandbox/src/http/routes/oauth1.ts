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
import { LiveSession } from '../../state/live-sessions.ts'
import { customerUsername, type SandboxState } from '../../state/sandbox-state.ts'
import { type VerifiedOauth1, verifyOauth1 } from '../../verify/oauth1.ts'
import type { Purpose } from '../../verify/oauth1-keys.ts'
import { type Refused, refuse, refuseApi, refused } from '../../verify/refused.ts'
import type { Router } from '../router.ts'

/** Most live sessions kept for an access token, those that have ended included. */
const mostLiveSessions = 8

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
  if (state.consumer.firstParty && purpose !== 'live_session_token') {
    return refuseApi(record, refused(403, 'Forbidden', 'first-party-consumer'))
  }
  const verified = verifyOauth1(record, state, purpose)
  if (!verified.ok) return refuseApi(record, verified)
  const answered = answer(verified, state)
  if ('ok' in answered) return refuseApi(record, answered)
  record.verdict = 'accepted'
  return answered
}

function requestToken({ parameters }: VerifiedOauth1, state: SandboxState): Reply | Refused {
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
  const token = state.requestTokens.issue(state.consumer.consumerKey, state.clock.nowMs())
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
  const secret = randomBytes(32)
  const issued: AccessToken = {
    value: hexText(10),
    consumerKey: state.consumer.consumerKey,
    username: customerUsername,
    secret,
    encryptedSecret: encryptAccessTokenSecret(secret, state.consumer.encryptionKey),
    isPaper: true,
    liveSessions: [],
  }
  if (!state.accessTokens.add(issued)) return full()
  token.state = 'used'
  return json({ is_paper: true, oauth_token: issued.value, oauth_token_secret: issued.encryptedSecret })
}

function liveSessionToken({ parameters, found }: VerifiedOauth1, state: SandboxState): Reply | Refused {
  const { accessToken: token } = found
  if (token === undefined) return refused(401, 'Unauthorized', 'unknown-token')
  const challenge = parameters.get('diffie_hellman_challenge')
  if (challenge === undefined) return missing('diffie_hellman_challenge')
  const exponent = randomBytes(32)
  const nowMs = state.clock.nowMs()
  const expiresAtMs = nowMs + state.liveSessionTokenLifetimeMs
  const answered = answer(challenge, token, state, exponent, expiresAtMs)
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
    prime: state.consumer.dhParams.prime,
    accessTokenSecret: token.secret,
  })
  token.liveSessions = [live, ...token.liveSessions].slice(0, mostLiveSessions)
  return json(answered.response)
}

function answer(
  diffieHellmanChallenge: string,
  token: AccessToken,
  { consumer }: SandboxState,
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
