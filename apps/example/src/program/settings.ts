import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'

/** A setting is missing or cannot be used. The message names it and says where to put it. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
  readonly code = 'ERR_EXAMPLE_SETTING'
  readonly setting: string
  constructor(setting: string, message: string) {
    super(message)
    this.setting = setting
  }
}

/** Where each setting comes from: environment variables in order of precedence, then the JSON file's member. */
const sources = {
  consumerKey: ['IBKR_CONSUMER_KEY', 'IBIND_OAUTH1A_CONSUMER_KEY'],
  accessToken: ['IBKR_ACCESS_TOKEN', 'IBIND_OAUTH1A_ACCESS_TOKEN'],
  accessTokenSecret: ['IBKR_ACCESS_TOKEN_SECRET', 'IBIND_OAUTH1A_ACCESS_TOKEN_SECRET'],
  dhPrime: ['IBKR_DH_PRIME', 'IBIND_OAUTH1A_DH_PRIME'],
  dhGenerator: ['IBKR_DH_GENERATOR', 'IBIND_OAUTH1A_DH_GENERATOR'],
  dhParamsFile: ['IBKR_DH_PARAMS_FILE'],
  signatureKeyFile: ['IBKR_SIGNATURE_KEY_FILE', 'IBIND_OAUTH1A_SIGNATURE_KEY_FP'],
  encryptionKeyFile: ['IBKR_ENCRYPTION_KEY_FILE', 'IBIND_OAUTH1A_ENCRYPTION_KEY_FP'],
  keyPassphrase: ['IBKR_KEY_PASSPHRASE'],
  realm: ['IBKR_REALM', 'IBIND_OAUTH1A_REALM'],
  callbackUrl: ['IBKR_CALLBACK_URL'],
  accessTokenFile: ['IBKR_ACCESS_TOKEN_FILE'],
  baseUrl: ['IBKR_BASE_URL', 'IBIND_OAUTH1A_REST_URL'],
  authorizeUrl: ['IBKR_AUTHORIZE_URL'],
  querySigning: ['IBKR_QUERY_SIGNING'],
  gatewayUrl: ['IBKR_GATEWAY_URL'],
  oauth2Url: ['IBKR_OAUTH2_URL'],
  publicIp: ['IBKR_PUBLIC_IP'],
  'oauth2.clientId': ['IBKR_OAUTH2_CLIENT_ID'],
  'oauth2.keyId': ['IBKR_OAUTH2_KEY_ID'],
  'oauth2.credential': ['IBKR_OAUTH2_CREDENTIAL'],
  'oauth2.scopes': ['IBKR_OAUTH2_SCOPES'],
  'oauth2.privateKeyFile': ['IBKR_OAUTH2_PRIVATE_KEY_FILE'],
} as const satisfies Record<string, readonly string[]>

export type SettingName = keyof typeof sources

/** Key files lie beside the JSON file under these names, unless a setting says otherwise. */
const besideFile: Partial<Record<SettingName, string>> = {
  signatureKeyFile: 'private_signature.pem',
  encryptionKeyFile: 'private_encryption.pem',
  'oauth2.privateKeyFile': 'oauth2_private.pem',
}

/** Every environment variable that is read, by setting: for the help page. */
export const environmentVariables: Readonly<Record<SettingName, readonly string[]>> = sources

/** Reads settings one at a time, so that a client only ever asks for those it uses. */
export interface Settings {
  /** The setting's text, or undefined where neither the environment nor the file has it. */
  optional(name: SettingName): string | undefined
  /** @throws {SettingError} where it is missing */
  required(name: SettingName): string
  /**
   * Which of settings that stand for each other counts: one from the environment before one from the file.
   *
   * @throws {SettingError} where all are missing
   */
  firstOf(names: readonly [SettingName, ...SettingName[]]): SettingName
  /** The text of the file that the setting names; a relative path starts at the JSON file, or at the working directory. */
  file(name: SettingName): string
  /** The path that the setting names, made absolute. */
  path(name: SettingName): string | undefined
}

/**
 * @param environment - usually `process.env`
 * @param file - path of a JSON file in the format of the sandbox's `credentials.json`
 * @throws {SettingError} `ERR_EXAMPLE_SETTING` where the file cannot be read
 */
export function readSettings(environment: NodeJS.ProcessEnv, file: string | undefined): Settings {
  const members = file === undefined ? {} : readMembers(file)
  const folder = file === undefined ? '.' : dirname(file)

  const found = (name: SettingName): { text: string; from: 'environment' | 'file' } | undefined => {
    for (const variable of sources[name]) {
      const text = environment[variable]?.trim()
      if (text) return { text, from: 'environment' }
    }
    const text = memberText(members, name) ?? (file === undefined ? undefined : besideFile[name])
    return text === undefined ? undefined : { text, from: 'file' }
  }
  const optional = (name: SettingName) => found(name)?.text
  const required = (name: SettingName) => {
    const text = optional(name)
    if (text !== undefined) return text
    throw new SettingError(name, `The setting ${name} is missing: ${where(name)}.`)
  }
  const firstOf = (names: readonly [SettingName, ...SettingName[]]) => {
    const given = (from: 'environment' | 'file') => names.find((name) => found(name)?.from === from)
    const name = given('environment') ?? given('file')
    if (name !== undefined) return name
    throw new SettingError(names[0], `The setting ${names.join(' or ')} is missing: ${where(...names)}.`)
  }
  const path = (name: SettingName) => {
    const setting = found(name)
    if (setting === undefined || isAbsolute(setting.text)) return setting?.text
    return resolve(setting.from === 'file' ? folder : '.', setting.text)
  }
  const readFile = (name: SettingName) => {
    required(name)
    return readText(name, path(name) ?? '')
  }
  return { optional, required, firstOf, path, file: readFile }
}

function where(...names: readonly SettingName[]): string {
  const variables = names.flatMap((name) => sources[name]).join(' or ')
  return `set ${variables}, or ${names.map((name) => `"${name}"`).join(' or ')} in the JSON file given by --config`
}

function readMembers(file: string): Record<string, unknown> {
  const text = readText('--config', file)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // The parser's message quotes the file, which holds secrets: ours does not.
  }
  throw new SettingError('--config', `${file} is not a JSON object: see the sandbox's credentials.json.`)
}

function readText(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new SettingError(setting, `The file ${path}, named by ${setting}, cannot be read (${reason}).`)
  }
}

/** `oauth2.clientId` is the member `clientId` of the member `oauth2`. A list becomes words with spaces between. */
function memberText(members: Record<string, unknown>, name: string): string | undefined {
  let value: unknown = members
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  if (Array.isArray(value)) return value.join(' ')
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  return undefined
}
