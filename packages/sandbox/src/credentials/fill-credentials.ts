import { type KeyObject, randomBytes } from 'node:crypto'
import { decryptAccessTokenSecret, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { encryptAccessTokenSecret } from '@ibkr-auth/dh-live-session-token/server'
import { invalidInput } from '../errors.ts'
import type { CredentialFields, CredentialKeys } from './credentials.ts'
import { DeferredKey, GivenKey } from './deferred-key.ts'
import { dhGenerator, dhPrimeHex } from './dh-group.ts'
import type { CredentialsInput } from './input.ts'
import { generateRsaKey, type KeyInput, publicHalf, readRsaKey } from './keys.ts'
import { hexText, letterText } from './random-text.ts'

/** Credentials with nothing left open, and the access token secret that only the server knows in the clear. */
export interface CompleteCredentials {
  readonly fields: CredentialFields
  readonly keys: CredentialKeys
  readonly accessTokenSecret: Uint8Array
}

/** Granted unless the credentials say otherwise: one of each kind that the sandbox has an endpoint for. */
const defaultScopes = [
  'sso-sessions.write',
  'sso-browser-sessions.write',
  'echo.read',
  'echo.write',
  'accounts.read',
]

/** Fills in what is missing from credentials: keys, tokens, names. */
export async function fillCredentials(input: CredentialsInput): Promise<CompleteCredentials> {
  const [signing, encryption] = await Promise.all([
    keyOrNew(input.signingKey, 'credentials.signingKey'),
    keyOrNew(input.encryptionKey, 'credentials.encryptionKey'),
  ])
  const { privateKey } = input.oauth2 ?? {}
  // Begun only now: it would hold up the two that everybody needs.
  const oauth2 =
    privateKey === undefined
      ? new DeferredKey(3072)
      : new GivenKey(readRsaKey(privateKey, 'credentials.oauth2.privateKey'))
  const keys = { signing, encryption, oauth2 }
  const { clear, encrypted } = accessTokenSecret(input, keys)
  const consumerKey = input.consumerKey ?? letterText(9)
  const dh = parseDhParams({
    prime: input.dhPrime ?? dhPrimeHex,
    generator: input.dhGenerator ?? dhGenerator,
  })
  return {
    keys,
    accessTokenSecret: clear,
    fields: {
      consumerKey,
      accessToken: input.accessToken ?? hexText(10),
      accessTokenSecret: encrypted,
      realm: input.realm ?? (consumerKey === 'TESTCONS' ? 'test_realm' : 'limited_poa'),
      callbackUrl: callbackUrl(input.callbackUrl ?? 'http://127.0.0.1:8914/callback'),
      dhPrime: dh.prime.toString(16),
      dhGenerator: numberOrHex(dh.generator),
      oauth2: {
        clientId: input.oauth2?.clientId ?? `sandbox-${hexText(4)}`,
        keyId: input.oauth2?.keyId ?? 'main',
        credential: input.oauth2?.credential ?? 'sandboxadvisor',
        scopes: [...(input.oauth2?.scopes ?? defaultScopes)],
      },
    },
  }
}

async function keyOrNew(key: KeyInput | undefined, field: string): Promise<KeyObject> {
  return key === undefined ? generateRsaKey(2048) : readRsaKey(key, field)
}

function accessTokenSecret(
  input: CredentialsInput,
  keys: CredentialKeys,
): { readonly clear: Uint8Array; readonly encrypted: string } {
  const { encryption } = keys
  if (input.accessTokenSecret === undefined) {
    const clear = randomBytes(32)
    return { clear, encrypted: encryptAccessTokenSecret(clear, publicHalf(encryption)) }
  }
  if (encryption.type !== 'private' || input.encryptionKey === undefined) {
    throw invalidInput(
      'credentials.accessTokenSecret needs credentials.encryptionKey as a private key; leave the secret out to get a new one',
    )
  }
  const secret = decryptAccessTokenSecret(input.accessTokenSecret, encryption)
  return { clear: secret.reveal(), encrypted: input.accessTokenSecret }
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
