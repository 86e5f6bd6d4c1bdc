import type { KeyObject } from 'node:crypto'
import { parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { createNonceStore, type MemoryNonceStore, rsaSha256Verifier } from '@ibkr-auth/oauth1-signing/server'
import {
  createReplayStore,
  importVerificationKey,
  type MemoryReplayStore,
  type VerificationKey,
} from '@ibkr-auth/sso-jwt/server'
import type { CompleteCredentials } from '../credentials/fill-credentials.ts'
import { publicHalf } from '../credentials/keys.ts'
import { Market } from '../market/market.ts'
import { once } from '../once.ts'
import type { Settings } from '../options.ts'
import { AccessTokens } from './access-tokens.ts'
import { type Bearers, createBearers } from './bearers.ts'
import { BrokerageSessions } from './brokerage-sessions.ts'
import { BrowserSessions } from './browser-sessions.ts'
import { Clock } from './clock.ts'
import type { Consumer } from './consumer.ts'
import { type Oauth2Client, Oauth2Clients } from './oauth2-client.ts'
import { PacingBox } from './pacing.ts'
import { RequestTokens } from './request-tokens.ts'
import { customerUsername, Users } from './users.ts'

/** Usernames that no accounts were given have this one. */
const defaultAccountId = 'DU1234567'

/** Everything that the sandbox remembers. */
export interface SandboxState {
  readonly settings: Settings
  readonly clock: Clock
  /** Scheme, host and port under which clients call. */
  readonly origin: string
  /** By their keys, in the order in which they were given. */
  readonly consumers: ReadonlyMap<string, Consumer>
  readonly clients: Oauth2Clients
  readonly users: Users
  readonly requestTokens: RequestTokens
  readonly accessTokens: AccessTokens
  readonly brokerage: BrokerageSessions
  readonly bearers: Bearers
  readonly browserSessions: BrowserSessions
  readonly market: Market
  /** Undefined where nobody is paced. */
  readonly pacing: PacingBox | undefined
  readonly nonces: MemoryNonceStore
  readonly tokenIds: MemoryReplayStore
  /** Aborted when the sandbox is closed. */
  readonly closing: AbortController
  /** In milliseconds; a fault can change it. */
  liveSessionTokenLifetimeMs: number
}

/** A state in which consumers and OAuth 2.0 clients are registered. */
export function createState(
  settings: Settings,
  registrations: readonly CompleteCredentials[],
  origin: string,
): SandboxState {
  const accessTokens = new AccessTokens()
  for (const registration of registrations) addAccessTokens(accessTokens, registration)
  const consumers = registrations.map((registration) => consumerFrom(registration, settings.firstParty))
  return {
    settings,
    clock: new Clock(settings.now),
    origin,
    consumers: new Map(consumers.map((consumer) => [consumer.consumerKey, consumer])),
    clients: new Oauth2Clients(registrations.map(clientFrom)),
    users: new Users(accountsByUsername(registrations)),
    requestTokens: new RequestTokens(settings.requestTokenLifetimeMs),
    accessTokens,
    brokerage: new BrokerageSessions(settings.idleTimeoutMs, settings.tokenEndEndsBrokerageSession),
    bearers: createBearers(),
    browserSessions: new BrowserSessions(),
    market: new Market(settings.seed),
    pacing: settings.pacing && new PacingBox(settings.pacing.penaltyMs),
    nonces: nonceStore(settings.nonceCapacity),
    tokenIds: createReplayStore(),
    closing: new AbortController(),
    liveSessionTokenLifetimeMs: settings.liveSessionTokenLifetimeMs,
  }
}

/** A nonce with what belongs to it, as long as clients in the field make them, in bytes. */
const usualNonceBytes = 400

/** One consumer may fill it: whoever tests has mostly one. Long nonces fill it sooner. */
function nonceStore(capacity: number): MemoryNonceStore {
  const maximumBytes = Math.max(33_554_432, capacity * usualNonceBytes)
  return createNonceStore({ capacity, capacityPerClient: capacity, maximumBytes })
}

function addAccessTokens(accessTokens: AccessTokens, registration: CompleteCredentials): void {
  const { fields, accessTokenSecrets } = registration
  for (const [index, token] of [fields, ...fields.accessTokens].entries()) {
    accessTokens.add({
      value: token.accessToken,
      consumerKey: fields.consumerKey,
      username: token.username,
      secret: accessTokenSecrets[index] as Uint8Array,
      encryptedSecret: token.accessTokenSecret,
      liveSessions: [],
      replaced: [],
    })
  }
}

/** Accounts as they were given; whoever is named without any has the default one. */
function accountsByUsername(
  registrations: readonly CompleteCredentials[],
): ReadonlyMap<string, readonly string[]> {
  const accounts = new Map<string, readonly string[]>()
  for (const { fields } of registrations) {
    for (const user of fields.users) accounts.set(user.username, user.accounts)
  }
  const named = registrations.flatMap(({ fields }) => [
    fields.username,
    ...fields.accessTokens.map(({ username }) => username),
    fields.oauth2.credential,
    ...fields.oauth2.furtherCredentials,
  ])
  for (const username of [...named, customerUsername]) {
    if (!accounts.has(username)) accounts.set(username, [defaultAccountId])
  }
  return accounts
}

function consumerFrom({ fields, keys, firstParty }: CompleteCredentials, isFirstParty: boolean): Consumer {
  const signingKey = publicHalf(keys.signing)
  return {
    consumerKey: fields.consumerKey,
    realm: fields.realm,
    callbackUrl: fields.callbackUrl,
    signingKey,
    encryptionKey: publicHalf(keys.encryption),
    verifier: rsaSha256Verifier(signingKey),
    dhParams: parseDhParams({ prime: fields.dhPrime, generator: fields.dhGenerator }),
    firstParty: firstParty ?? isFirstParty,
  }
}

function clientFrom({ fields, keys }: CompleteCredentials): Oauth2Client {
  const { clientId, keyId, credential, furtherCredentials, scopes } = fields.oauth2
  const further = [...keys.furtherOauth2].map(([id, key]) => [id, imported(async () => key)] as const)
  return {
    clientId,
    keys: new Map([[keyId, imported(() => keys.oauth2.later())], ...further]),
    scopes,
    credentials: [credential, ...furtherCredentials],
  }
}

/** Imports a key when it is first asked for. */
function imported(made: () => Promise<KeyObject>): () => Promise<VerificationKey> {
  return once(async () => importVerificationKey(publicHalf(await made())))
}
