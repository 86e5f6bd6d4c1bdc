import { isLoopback } from '@ibkr-auth/internal/loopback'
import { type QuerySigning, querySignings } from '@ibkr-auth/oauth1-signing'
import { SettingError } from './errors.ts'
import type { SettingName } from './setting-names.ts'
import type { Settings } from './settings.ts'

/** Diffie-Hellman parameters: the PEM that `openssl dhparam` wrote, or the numbers in hex. */
export type DhParamsSetting = string | { readonly prime: string; readonly generator: string }

/** What both OAuth 1.0a flows need. Keys are PEM text, or one of its forms in base64. */
export interface OAuth1Settings {
  readonly consumerKey: string
  readonly signatureKey: string
  readonly encryptionKey: string
  readonly dhParams: DhParamsSetting
  /** Opens both keys. */
  readonly passphrase: string | undefined
  readonly realm: string | undefined
  readonly baseUrl: string | undefined
  readonly querySigning: QuerySigning | undefined
}

/** OAuth 1.0a with an access token from the self-service portal. */
export interface FirstPartySettings extends OAuth1Settings {
  readonly accessToken: string
  /** Base64 of the ciphertext, as the portal shows it. */
  readonly accessTokenSecret: string
}

/** OAuth 1.0a with authorization in the browser. */
export interface ThirdPartySettings extends OAuth1Settings {
  readonly authorizeUrl: string | undefined
  readonly callbackUrl: string | undefined
}

/** OAuth 2.0 and an SSO session. */
export interface SsoSettings {
  readonly clientId: string
  readonly clientKeyId: string
  readonly privateKey: string
  readonly passphrase: string | undefined
  /** IBKR username. */
  readonly credential: string
  readonly publicIp: string
  readonly scopes: readonly string[] | undefined
  readonly baseUrl: string | undefined
  /** As `https://api.ibkr.com/gw/api/v1`. */
  readonly gatewayUrl: string | undefined
  /** The token endpoint, as `https://api.ibkr.com/oauth2/api/v1/token`. */
  readonly oauth2Url: string | undefined
}

export function oauth1Settings(settings: Settings): OAuth1Settings {
  return {
    consumerKey: settings.required('consumerKey'),
    signatureKey: settings.textOrFile('signatureKey', 'signatureKeyFile'),
    encryptionKey: settings.textOrFile('encryptionKey', 'encryptionKeyFile'),
    dhParams: dhParamsSetting(settings),
    passphrase: settings.optional('keyPassphrase'),
    realm: settings.optional('realm'),
    baseUrl: url(settings, 'baseUrl'),
    querySigning: querySigning(settings),
  }
}

export function firstPartySettings(settings: Settings): FirstPartySettings {
  return {
    ...oauth1Settings(settings),
    accessToken: settings.required('accessToken'),
    accessTokenSecret: settings.required('accessTokenSecret'),
  }
}

export function thirdPartySettings(settings: Settings): ThirdPartySettings {
  return {
    ...oauth1Settings(settings),
    authorizeUrl: url(settings, 'authorizeUrl') ?? authorizePageOf(settings),
    callbackUrl: url(settings, 'callbackUrl'),
  }
}

export function ssoSettings(settings: Settings): SsoSettings {
  return {
    clientId: settings.required('oauth2.clientId'),
    clientKeyId: settings.required('oauth2.keyId'),
    privateKey: settings.textOrFile('oauth2.privateKey', 'oauth2.privateKeyFile'),
    passphrase: settings.optional('keyPassphrase'),
    credential: settings.required('oauth2.credential'),
    scopes: settings.optional('oauth2.scopes')?.split(/[\s,]+/),
    baseUrl: url(settings, 'baseUrl'),
    gatewayUrl: urlEnding(settings, 'gatewayUrl', '/gw/api/v1'),
    oauth2Url: urlEnding(settings, 'oauth2Url', '/oauth2/api/v1/token'),
    publicIp: publicIp(settings),
  }
}

/** The generator is hexadecimal, as the sandbox writes it; 2 and 5 read alike. */
function dhParamsSetting(settings: Settings): DhParamsSetting {
  const name = settings.firstOf(['dhPrime', 'dhParams', 'dhParamsFile'])
  if (name === 'dhParams') return settings.required('dhParams')
  if (name === 'dhParamsFile') return settings.file('dhParamsFile')
  const generator = settings.optional('dhGenerator') ?? '2'
  if (/^(?:0x)?[\da-f]+$/i.test(generator)) return { prime: settings.required('dhPrime'), generator }
  throw new SettingError('dhGenerator', 'dhGenerator must be a number in hexadecimal, usually 2.')
}

function url(settings: Settings, name: SettingName): string | undefined {
  const text = settings.optional(name)
  if (text === undefined) return undefined
  if (URL.canParse(text)) return text.replace(/\/$/, '')
  throw new SettingError(name, `${name} must be a whole URL, such as https://api.ibkr.com/v1/api.`)
}

/** The paths of OAuth 2.0 and of the gateway are the protocol's; where they lie is a setting. */
function urlEnding(settings: Settings, name: SettingName, path: string): string | undefined {
  const text = url(settings, name)
  if (text === undefined || text === new URL(text).origin + path) return text
  throw new SettingError(name, `${name} must end in ${path}, as https://api.ibkr.com${path} does.`)
}

/** Another server than IBKR has a page of its own: its request tokens mean nothing to IBKR's. */
function authorizePageOf(settings: Settings): string | undefined {
  const baseUrl = url(settings, 'baseUrl')
  if (baseUrl === undefined) return undefined
  const { origin, hostname } = new URL(baseUrl)
  return /(^|\.)(ibkr|interactivebrokers)\.com$/.test(hostname) ? undefined : `${origin}/authorize`
}

/** A server on loopback sees loopback; any other sees an address that this machine cannot know by itself. */
function publicIp(settings: Settings): string {
  const gateway = url(settings, 'gatewayUrl')
  const loopback = gateway !== undefined && isLoopback(new URL(gateway).hostname)
  return settings.optional('publicIp') ?? (loopback ? '127.0.0.1' : settings.required('publicIp'))
}

function querySigning(settings: Settings): QuerySigning | undefined {
  const text = settings.optional('querySigning')
  if (text === undefined) return undefined
  const found = querySignings.find((name) => name === text)
  if (found !== undefined) return found
  throw new SettingError('querySigning', `querySigning must be one of ${querySignings.join(', ')}.`)
}
