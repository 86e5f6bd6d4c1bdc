import { type KeyObject, randomBytes } from 'node:crypto'
import { decryptAccessTokenSecret, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { encryptAccessTokenSecret } from '@ibkr-auth/dh-live-session-token/server'
import { invalidInput } from '../errors.ts'
import type { CredentialFields, CredentialKeys, IssuedAccessToken } from './credentials.ts'
import { DeferredKey, GivenKey } from './deferred-key.ts'
import { dhGenerator, dhPrimeHex } from './dh-group.ts'
import type { AccessTokenInput, CredentialsInput, UserInput } from './input.ts'
import { generateRsaKey, type KeyInput, publicHalf, readRsaKey } from './keys.ts'
import { hexText, letterText } from './random-text.ts'

/** Credentials with nothing left open, and the access token secrets that only the server knows in the clear. */
export interface CompleteCredentials {
  readonly fields: CredentialFields
  readonly keys: CredentialKeys
  /** In the order of `accessToken` and `accessTokens`. */
  readonly accessTokenSecrets: readonly Uint8Array[]
  readonly firstParty: boolean | undefined
}

/** Granted unless the credentials say otherwise: one of each kind that the sandbox has an endpoint for. */
const defaultScopes = [
  'sso-sessions.write',
  'sso-browser-sessions.write',
  'echo.read',
  'echo.write',
  'accounts.read',
  'accounts.write',
]

/** Fills in what is missing from credentials: keys, tokens, names. Of several, the first are those for everybody. */
export async function fillCredentials(
  inputs: CredentialsInput | readonly CredentialsInput[],
): Promise<readonly CompleteCredentials[]> {
  const list: readonly CredentialsInput[] = Array.isArray(inputs) ? inputs : [inputs as CredentialsInput]
  if (list.length === 0) throw invalidInput('credentials must hold at least one registration')
  const complete = await Promise.all(list.map((input, index) => fillOne(input, index === 0)))
  const all = complete.map(({ fields }) => fields)
  refuseRepeated(
    'consumerKey',
    all.map(({ consumerKey }) => consumerKey),
  )
  refuseRepeated(
    'accessToken',
    all.flatMap(({ accessToken, accessTokens }) => [
      accessToken,
      ...accessTokens.map((token) => token.accessToken),
    ]),
  )
  refuseRepeated(
    'oauth2.clientId',
    all.map(({ oauth2 }) => oauth2.clientId),
  )
  return complete
}

function refuseRepeated(field: string, values: readonly string[]): void {
  if (new Set(values).size < values.length) throw invalidInput(`credentials.${field} must be given once only`)
}

async function fillOne(input: CredentialsInput, isFirst: boolean): Promise<CompleteCredentials> {
  const keys = await fillKeys(input, isFirst)
  const first = fillToken({ username: 'sandboxuser', ...withoutUndefined(input) }, input, keys)
  const further = (input.accessTokens ?? []).map((token) => fillToken(token, input, keys))
  const consumerKey = input.consumerKey ?? letterText(9)
  const dh = parseDhParams({
    prime: input.dhPrime ?? dhPrimeHex,
    generator: input.dhGenerator ?? dhGenerator,
  })
  return {
    keys,
    accessTokenSecrets: [first, ...further].map(({ clear }) => clear),
    firstParty: input.firstParty,
    fields: {
      consumerKey,
      ...first.issued,
      accessTokens: further.map(({ issued }) => issued),
      users: (input.users ?? []).map(checkUser),
      realm: input.realm ?? (consumerKey === 'TESTCONS' ? 'test_realm' : 'limited_poa'),
      callbackUrl: callbackUrl(input.callbackUrl ?? 'http://127.0.0.1:8914/callback'),
      dhPrime: dh.prime.toString(16),
      dhGenerator: numberOrHex(dh.generator),
      oauth2: {
        clientId: input.oauth2?.clientId ?? `sandbox-${hexText(4)}`,
        keyId: input.oauth2?.keyId ?? 'main',
        credential: input.oauth2?.credential ?? 'sandboxadvisor',
        furtherCredentials: [...(input.oauth2?.furtherCredentials ?? [])],
        scopes: [...(input.oauth2?.scopes ?? defaultScopes)],
      },
    },
  }
}

async function fillKeys(input: CredentialsInput, isFirst: boolean): Promise<CredentialKeys> {
  const [signing, encryption] = await Promise.all([
    keyOrNew(input.signingKey, 'credentials.signingKey'),
    keyOrNew(input.encryptionKey, 'credentials.encryptionKey'),
  ])
  const { privateKey, furtherKeys = [] } = input.oauth2 ?? {}
  // Begun only now: it would hold up the two that everybody needs.
  const oauth2 =
    privateKey === undefined
      ? new DeferredKey(3072, isFirst)
      : new GivenKey(readRsaKey(privateKey, 'credentials.oauth2.privateKey'))
  const further = furtherKeys.map(
    ({ keyId, privateKey: key }) => [keyId, readRsaKey(key, 'credentials.oauth2.furtherKeys')] as const,
  )
  return { signing, encryption, oauth2, furtherOauth2: new Map(further) }
}

interface FilledToken {
  readonly issued: IssuedAccessToken
  readonly clear: Uint8Array
}

function fillToken(token: AccessTokenInput, input: CredentialsInput, keys: CredentialKeys): FilledToken {
  const { clear, encrypted } = accessTokenSecret(token.accessTokenSecret, input, keys)
  const { accessToken = hexText(10), username } = token
  return { issued: { accessToken, accessTokenSecret: encrypted, username }, clear }
}

/** A member that is undefined would take the place of a default. */
function withoutUndefined<Input extends object>(
  input: Input,
): { [Name in keyof Input]: Exclude<Input[Name], undefined> } {
  const given = Object.entries(input).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as { [Name in keyof Input]: Exclude<Input[Name], undefined> }
}

function checkUser({ username, accounts }: UserInput): UserInput {
  if (accounts.length === 0 || accounts.some((id) => !/^[A-Z][A-Z0-9]{2,19}$/.test(id))) {
    throw invalidInput('credentials.users: accounts must be ids such as DU1234567, one at least')
  }
  return { username, accounts: [...accounts] }
}

async function keyOrNew(key: KeyInput | undefined, field: string): Promise<KeyObject> {
  return key === undefined ? generateRsaKey(2048) : readRsaKey(key, field)
}

function accessTokenSecret(
  given: string | undefined,
  input: CredentialsInput,
  keys: CredentialKeys,
): { readonly clear: Uint8Array; readonly encrypted: string } {
  const { encryption } = keys
  if (given === undefined) {
    const clear = randomBytes(32)
    return { clear, encrypted: encryptAccessTokenSecret(clear, publicHalf(encryption)) }
  }
  if (encryption.type !== 'private' || input.encryptionKey === undefined) {
    throw invalidInput(
      'credentials.accessTokenSecret needs credentials.encryptionKey as a private key; leave the secret out to get a new one',
    )
  }
  const secret = decryptAccessTokenSecret(given, encryption)
  return { clear: secret.reveal(), encrypted: given }
}

function callbackUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw invalidInput('credentials.callbackUrl must be an absolute http or https URL')
  }
  return text
}

function numberOrHex(value: bigint): number | string {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString(16)
}
