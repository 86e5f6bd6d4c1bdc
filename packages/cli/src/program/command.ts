import type { ParseArgsConfig } from 'node:util'
import { type Profile, readProfile } from '../profile/read-profile.ts'
import { UsageError } from './errors.ts'
import type { Terminal } from './terminal.ts'

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
}

/** Values of the options of one command, as `parseArgs` gives them. */
export type OptionValues = Readonly<
  Record<string, string | boolean | readonly (string | boolean)[] | undefined>
>

/** One command of the program. */
export interface Command {
  readonly name: string
  /** One line, for the page of all commands. */
  readonly summary: string
  /** The page of its own, with an example. */
  readonly help: string
  readonly options: NonNullable<ParseArgsConfig['options']>
  /** @returns the exit code: 0 done, 1 refused or a fault was found, 2 wrong usage or settings, 3 unreachable. */
  run(words: readonly string[], options: OptionValues, context: CommandContext): Promise<number>
}

/** The text of an option; `undefined` where it is not given. */
export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** Refuses words behind a command that takes options only. @throws {UsageError} */
export function refuseWords(name: string, [word]: readonly string[]): void {
  if (word !== undefined) throw new UsageError(`${name} takes options only: "${word}" is too many.`)
}

/** The settings that a command was given. @throws {SettingError} where a file that is named cannot be read. */
export function profileOf(options: OptionValues, { environment }: CommandContext): Profile {
  return readProfile({
    profile: textOption(options, 'profile'),
    config: textOption(options, 'config'),
    envFile: textOption(options, 'env-file'),
    environment,
  })
}

/** The options by which every command that signs in finds its settings. */
export const profileOptions: NonNullable<ParseArgsConfig['options']> = {
  profile: { type: 'string' },
  config: { type: 'string' },
  'env-file': { type: 'string' },
}

export const profileHelp = `  --profile NAME   settings of ~/.config/ibkr-auth/NAME (default: IBKR_PROFILE, else "default")
  --config FILE    settings from a JSON file in the format of the sandbox's credentials.json
  --env-file FILE  environment variables from a file; those that are set go before it`
