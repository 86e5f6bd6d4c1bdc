import { type QuerySigning, querySignings } from '@ibkr-auth/oauth1-signing'
import type { FirstPartyOptions } from '../clients/first-party.ts'
import type { SsoOptions } from '../clients/sso.ts'
import type { ThirdPartyOptions } from '../clients/third-party.ts'
import { SettingError, type SettingName, type Settings } from './settings.ts'

/** What one client needs, out of the settings; each function throws a `SettingError` that names what is missing. */

export function thirdPartyOptions(settings: Settings): ThirdPartyOptions {
  return {
    consumerKey: settings.required('consumerKey'),
    signatureKey: settings.file('signatureKeyFile'),
    encryptionKey: settings.file('encryptionKeyFile'),
    dhParams: dhParams(settings),
    ...given('passphrase', settings.optional('keyPassphrase')),
    ...given('realm', settings.optional('realm')),
    ...given('baseUrl', url(settings, 'baseUrl')),
    ...given('authorizeUrl', url(settings, 'authorizeUrl') ?? authorizePageOf(settings)),
    ...given('querySigning', querySigning(settings)),
  }
}

export function firstPartyOptions(settings: Settings): FirstPartyOptions {
  const { authorizeUrl: _, ...options } = thirdPartyOptions(settings)
  return {
    ...options,
    accessToken: settings.required('accessToken'),
    accessTokenSecret: settings.required('accessTokenSecret'),
  }
}

export function ssoOptions(settings: Settings): SsoOptions {
  return {
    clientId: settings.required('oauth2.clientId'),
    clientKeyId: settings.required('oauth2.keyId'),
    privateKey: settings.file('oauth2.privateKeyFile'),
    credential: settings.required('oauth2.credential'),
    publicIp: publicIp(settings),
    ...given('passphrase', settings.optional('keyPassphrase')),
    ...given('scopes', settings.optional('oauth2.scopes')?.split(/[\s,]+/)),
    ...given('baseUrl', url(settings, 'baseUrl')),
    ...given('gatewayOrigin', originOf(settings, 'gatewayUrl', '/gw/api/v1')),
    ...given('oauth2Origin', originOf(settings, 'oauth2Url', '/oauth2/api/v1/token')),
  }
}

function dhParams(settings: Settings): FirstPartyOptions['dhParams'] {
  if (settings.firstOf(['dhPrime', 'dhParamsFile']) === 'dhParamsFile') return settings.file('dhParamsFile')
  const prime = settings.required('dhPrime')
  const generator = settings.optional('dhGenerator') ?? '2'
  if (!/^\d+$/.test(generator))
    throw new SettingError('dhGenerator', 'dhGenerator must be a whole number, usually 2.')
  return { prime, generator: BigInt(generator) }
}

function url(settings: Settings, name: SettingName): string | undefined {
  const text = settings.optional(name)
  if (text === undefined) return undefined
  if (URL.canParse(text)) return text.replace(/\/$/, '')
  throw new SettingError(name, `${name} must be a whole URL, such as https://api.ibkr.com/v1/api.`)
}

/** The paths of OAuth 2.0 and of the gateway are the protocol's; where they lie is a setting. */
function originOf(settings: Settings, name: SettingName, path: string): string | undefined {
  const text = url(settings, name)
  if (text === undefined) return undefined
  const { origin, pathname } = new URL(text)
  if (pathname === path) return origin
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
  const loopback = gateway !== undefined && ['127.0.0.1', 'localhost'].includes(new URL(gateway).hostname)
  return settings.optional('publicIp') ?? (loopback ? '127.0.0.1' : settings.required('publicIp'))
}

function querySigning(settings: Settings): QuerySigning | undefined {
  const text = settings.optional('querySigning')
  if (text === undefined) return undefined
  const found = querySignings.find((name) => name === text)
  if (found !== undefined) return found
  throw new SettingError('querySigning', `querySigning must be one of ${querySignings.join(', ')}.`)
}

/** A member where there is a value: `exactOptionalPropertyTypes` tells a missing member from an undefined one. */
function given<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]?: Value })
}
