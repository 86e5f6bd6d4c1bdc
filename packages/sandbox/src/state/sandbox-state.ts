import { parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { createNonceStore, type MemoryNonceStore, rsaSha256Verifier } from '@ibkr-auth/oauth1-signing'
import {
  createReplayStore,
  importVerificationKey,
  type MemoryReplayStore,
  type VerificationKey,
} from '@ibkr-auth/sso-jwt/server'
import type { CompleteCredentials } from '../credentials/fill-credentials.ts'
import { publicHalf } from '../credentials/keys.ts'
import type { Settings } from '../options.ts'
import { AccessTokens } from './access-tokens.ts'
import { type Bearers, createBearers } from './bearers.ts'
import { BrokerageSessions } from './brokerage-sessions.ts'
import { BrowserSessions } from './browser-sessions.ts'
import { Clock } from './clock.ts'
import type { Consumer } from './consumer.ts'
import type { Oauth2Client } from './oauth2-client.ts'
import { OrderBook } from './orders.ts'
import { RequestTokens } from './request-tokens.ts'

/** The account that every username of the sandbox has. */
export const accountId = 'DU1234567'

/** Username behind the access token that the credentials hold. */
export const ownUsername = 'sandboxuser'

/** Username behind the access tokens that users approve on the authorize page. */
export const customerUsername = 'sandboxcustomer'

/** Everything that the sandbox remembers. */
export interface SandboxState {
  readonly settings: Settings
  readonly clock: Clock
  /** Scheme, host and port under which clients call. */
  readonly origin: string
  readonly consumer: Consumer
  readonly client: Oauth2Client
  readonly requestTokens: RequestTokens
  readonly accessTokens: AccessTokens
  readonly brokerage: BrokerageSessions
  readonly bearers: Bearers
  readonly browserSessions: BrowserSessions
  readonly orders: OrderBook
  readonly nonces: MemoryNonceStore
  /** One for tokens of every kind, so that none is good twice. */
  readonly tokenIds: MemoryReplayStore
  /** Aborted when the sandbox is closed. */
  readonly closing: AbortController
  /** In milliseconds; a fault can change it. */
  liveSessionTokenLifetimeMs: number
}

/** A state in which one consumer and one OAuth 2.0 client are registered. */
export function createState(
  settings: Settings,
  credentials: CompleteCredentials,
  origin: string,
): SandboxState {
  const { fields } = credentials
  const accessTokens = new AccessTokens()
  accessTokens.add({
    value: fields.accessToken,
    consumerKey: fields.consumerKey,
    username: ownUsername,
    secret: credentials.accessTokenSecret,
    encryptedSecret: fields.accessTokenSecret,
    isPaper: true,
    liveSessions: [],
  })
  return {
    settings,
    clock: new Clock(settings.now),
    origin,
    consumer: consumerFrom(credentials, settings.firstParty),
    client: clientFrom(credentials),
    requestTokens: new RequestTokens(settings.requestTokenLifetimeMs),
    accessTokens,
    brokerage: new BrokerageSessions(settings.idleTimeoutMs),
    bearers: createBearers(),
    browserSessions: new BrowserSessions(),
    orders: new OrderBook(),
    nonces: createNonceStore({ capacity: settings.nonceCapacity }),
    tokenIds: createReplayStore({ clientShare: 1 }), // There is one client.
    closing: new AbortController(),
    liveSessionTokenLifetimeMs: settings.liveSessionTokenLifetimeMs,
  }
}

function consumerFrom({ fields, keys }: CompleteCredentials, firstParty: boolean): Consumer {
  const signingKey = publicHalf(keys.signing)
  return {
    consumerKey: fields.consumerKey,
    realm: fields.realm,
    callbackUrl: fields.callbackUrl,
    signingKey,
    encryptionKey: publicHalf(keys.encryption),
    verifier: rsaSha256Verifier(signingKey),
    dhParams: parseDhParams({ prime: fields.dhPrime, generator: fields.dhGenerator }),
    firstParty,
  }
}

function clientFrom({ fields, keys }: CompleteCredentials): Oauth2Client {
  const { clientId, keyId, credential, scopes } = fields.oauth2
  let imported: Promise<VerificationKey> | undefined
  const key = (): Promise<VerificationKey> => {
    imported ??= keys.oauth2.later().then((made) => importVerificationKey(publicHalf(made)))
    return imported
  }
  return { clientId, keyId, key, scopes, credentials: [credential] }
}
