import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import {
  type FirstPartySettings,
  firstPartySettings,
  type SsoSettings,
  ssoSettings,
  type ThirdPartySettings,
  thirdPartySettings,
} from './client-settings.ts'
import { SettingError } from './errors.ts'
import { type Environment, findSettingsFile } from './places.ts'
import { type SettingName, settingNames } from './setting-names.ts'
import { type SettingSource, Settings } from './settings.ts'

/** The settings that each way to sign in reads. */
export const firstPartyMembers: readonly SettingName[] = settingNames.filter(
  (name) => !name.startsWith('oauth2.') && !['gatewayUrl', 'oauth2Url', 'publicIp'].includes(name),
)
export const ssoMembers: readonly SettingName[] = settingNames.filter(
  (name) =>
    name.startsWith('oauth2.') ||
    ['baseUrl', 'gatewayUrl', 'oauth2Url', 'publicIp', 'keyPassphrase'].includes(name),
)

/** Which settings {@link readProfile} reads. */
export interface ProfileOptions {
  /** Name of a profile; see {@link profileDirectory}. Default: `IBKR_PROFILE`, else `default` if it is there. */
  readonly profile?: string | undefined
  /** Path of a JSON file in the format of the sandbox's `credentials.json`, in place of a profile. */
  readonly config?: string | undefined
  /** Path of a `.env` file; what the environment itself has goes before it. */
  readonly envFile?: string | undefined
  /** Default `process.env`. */
  readonly environment?: Environment | undefined
}

/** The settings of one way to sign in, or of several. Each method reads what it needs and nothing else. */
export interface Profile {
  /** The JSON file that was read; `undefined` where everything comes from the environment. */
  readonly file: string | undefined
  /** @throws {SettingError} `ERR_CLI_SETTING`, naming the first setting that is missing or cannot be used. */
  firstParty(): FirstPartySettings
  /** @throws {SettingError} `ERR_CLI_SETTING`, as {@link firstParty}. */
  thirdParty(): ThirdPartySettings
  /** @throws {SettingError} `ERR_CLI_SETTING`, as {@link firstParty}. */
  sso(): SsoSettings
  /** Where a setting was found; `undefined` where it is not set. */
  sourceOf(name: SettingName): SettingSource | undefined
  /** Text of one setting; `undefined` where it is not set. */
  setting(name: SettingName): string | undefined
  /** Absolute path that a setting names. */
  pathOf(name: SettingName): string | undefined
}

/**
 * Reads the settings that the program `ibkr-auth` reads, for a bot of your own: environment variables (`IBKR_…`, and
 * ibind's `IBIND_…`), then a JSON file, then key files beside it.
 *
 * @throws {SettingError} `ERR_CLI_SETTING` where a file that is named cannot be read.
 */
export function readProfile(options: ProfileOptions = {}): Profile {
  const environment = withEnvFile(options.environment ?? process.env, options.envFile)
  const file = findSettingsFile(options.config, options.profile, environment)
  const settings = new Settings(environment, file)
  return {
    file,
    firstParty: () => firstPartySettings(settings),
    thirdParty: () => thirdPartySettings(settings),
    sso: () => ssoSettings(settings),
    sourceOf: (name) => settings.sourceOf(name),
    setting: (name) => settings.optional(name),
    pathOf: (name) => settings.path(name),
  }
}

function withEnvFile(environment: Environment, envFile: string | undefined): Environment {
  if (envFile === undefined) return environment
  try {
    return { ...parseEnv(readFileSync(envFile, 'utf8')), ...environment }
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'it is not in the format of .env files'
    throw new SettingError('--env-file', `The file ${envFile} cannot be read (${reason}).`)
  }
}
