import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { SettingError } from './errors.ts'

/** The environment as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The folder of a profile: `$XDG_CONFIG_HOME/ibkr-auth/NAME`, else `~/.config/ibkr-auth/NAME`; on Windows
 * `%APPDATA%\ibkr-auth\NAME`.
 *
 * @throws {SettingError} `ERR_CLI_SETTING` for a name that is no plain file name.
 */
export function profileDirectory(
  name: string,
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (typeof name !== 'string' || !/^[A-Za-z\d][\w.-]{0,63}$/.test(name)) {
    throw new SettingError(
      '--profile',
      'The name of a profile is up to 64 letters, digits, ".", "_" and "-".',
    )
  }
  return join(configDirectory(environment, platform), 'ibkr-auth', name)
}

function configDirectory(environment: Environment, platform: NodeJS.Platform): string {
  if (platform === 'win32') return environment.APPDATA || join(homedir(), 'AppData', 'Roaming')
  return environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config')
}

/** The settings of a profile, a file in the format of the sandbox's `credentials.json`. */
export const settingsFileName = 'credentials.json'

/**
 * The JSON file that counts: the one that is named, that of the profile that is named, else that of the profile
 * `default` if it is there.
 */
export function findSettingsFile(
  config: string | undefined,
  profile: string | undefined,
  environment: Environment,
): string | undefined {
  if (config !== undefined) return config
  const name = profile ?? environment.IBKR_PROFILE
  const file = join(profileDirectory(name || 'default', environment), settingsFileName)
  if (existsSync(file)) return file
  if (!name) return undefined
  throw new SettingError('--profile', `The profile ${name} does not exist: there is no ${file}.`)
}
