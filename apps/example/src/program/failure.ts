import { isLiveSessionTokenError } from '@ibkr-auth/dh-live-session-token'
import { isOAuth1Error } from '@ibkr-auth/oauth1-signing'
import { isSsoJwtError } from '@ibkr-auth/sso-jwt'
import { isTransportError } from '@ibkr-auth/transport'
import { SettingError } from './settings.ts'

/** What went wrong, for a person, a script (`exitCode`) and a machine (`--json`). */
export interface Failure {
  /** 1 refused by the server or cancelled by the user, 2 wrong configuration, 3 unreachable. */
  readonly exitCode: 1 | 2 | 3
  readonly code: string
  readonly message: string
  /** The settings to look at, where they are the cause. */
  readonly settings: readonly string[]
}

/** The user said no, which no setting mends. */
export class AuthorizationCancelled extends Error {
  override readonly name = 'AuthorizationCancelled'
  readonly code = 'ERR_EXAMPLE_CANCELLED'
  constructor() {
    super('The user cancelled: nothing was granted, nothing was kept. Run again to ask once more.')
  }
}

/** Codes of our packages that speak of a setting: every other refusal is the server's. */
const settingsOf: Readonly<Record<string, readonly string[]>> = {
  ERR_LST_INVALID_DH_PARAMS: ['dhPrime', 'dhGenerator', 'dhParamsFile'],
  ERR_LST_INVALID_KEY: ['encryptionKeyFile'],
  ERR_LST_ENCRYPTED_KEY: ['encryptionKeyFile', 'keyPassphrase'],
  ERR_LST_SECRET_NOT_BASE64: ['accessTokenSecret'],
  ERR_LST_SECRET_LENGTH: ['accessTokenSecret', 'encryptionKeyFile'],
  ERR_LST_SECRET_OUT_OF_RANGE: ['accessTokenSecret', 'encryptionKeyFile'],
  ERR_LST_SECRET_DECRYPTION: ['encryptionKeyFile', 'accessTokenSecret'],
  ERR_LST_RESPONSE_OUT_OF_RANGE: ['dhPrime', 'dhGenerator', 'dhParamsFile'],
  ERR_LST_SIGNATURE_MISMATCH: ['dhPrime', 'dhGenerator', 'dhParamsFile', 'accessTokenSecret'],
  ERR_OAUTH1_INVALID_KEY: ['signatureKeyFile'],
  ERR_OAUTH1_INVALID_URL: ['baseUrl'],
  ERR_OAUTH1_INVALID_INPUT: ['consumerKey', 'accessToken', 'realm'],
  ERR_SSO_JWT_INVALID_KEY: ['oauth2.privateKeyFile'],
  ERR_SSO_JWT_INVALID_PASSPHRASE: ['oauth2.privateKeyFile', 'keyPassphrase'],
  ERR_SSO_JWT_INVALID_INPUT: [
    'publicIp',
    'oauth2.clientId',
    'oauth2.keyId',
    'oauth2.credential',
    'oauth2.scopes',
  ],
  ERR_TRANSPORT_INVALID_INPUT: ['baseUrl', 'gatewayUrl', 'oauth2Url'],
}

const unreachable = ['ERR_TRANSPORT_UNREACHABLE', 'ERR_TRANSPORT_TIMEOUT', 'ERR_TRANSPORT_AMBIGUOUS']

/**
 * Says what a client's error means. Messages of our packages hold no secrets; those of anybody else are not shown.
 */
export function explainFailure(error: unknown): Failure | undefined {
  const cause = rootCause(error)
  if (cause instanceof SettingError) {
    return { exitCode: 2, code: cause.code, message: cause.message, settings: [cause.setting] }
  }
  if (cause instanceof AuthorizationCancelled) {
    return { exitCode: 1, code: cause.code, message: cause.message, settings: [] }
  }
  if (!isKnown(cause)) return undefined
  const settings = settingsOf[cause.code] ?? []
  const exitCode = unreachable.includes(cause.code) ? 3 : settings.length > 0 ? 2 : 1
  return { exitCode, code: cause.code, message: cause.message, settings }
}

/** The innermost error that one of our packages threw: a session wraps what its exchange failed with. */
function rootCause(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof SettingError || isKnown(cause) ? rootCause(cause) : error
}

function isKnown(error: unknown): error is Error & { code: string } {
  return [isTransportError, isLiveSessionTokenError, isOAuth1Error, isSsoJwtError].some((is) => is(error))
}
