import { parseArgs } from 'node:util'
import { environmentVariables, SettingError } from './settings.ts'

export const clients = ['first-party', 'third-party', 'sso'] as const
export type ClientName = (typeof clients)[number]

export interface Arguments {
  readonly command: ClientName | 'demo' | 'help'
  readonly json: boolean
  readonly config: string | undefined
}

/** @throws {SettingError} for a word or option that is not known */
export function readArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parse(words)
  const [command = 'help', ...rest] = positionals
  if (rest.length > 0) throw new SettingError('command', `One command at a time: "${rest[0]}" is too many.`)
  const known = [...clients, 'demo', 'help'] as const
  const name = known.find((candidate) => candidate === command)
  if (name === undefined) {
    throw new SettingError('command', `"${command}" is no command. There are: ${known.join(', ')}.`)
  }
  return { command: values.help ? 'help' : name, json: values.json, config: values.config }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        config: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new SettingError('arguments', (error as Error).message)
  }
}

export function helpPage(): string {
  const width = Math.max(...Object.keys(environmentVariables).map((name) => name.length))
  const settings = Object.entries(environmentVariables).map(
    ([name, variables]) => `  ${name.padEnd(width)}  ${variables.join(', ')}`,
  )
  return `Signs in to the Interactive Brokers Web API, or to any server that speaks its protocol,
and prints accounts and a market data snapshot.

  node apps/example/dist/main.js <command> [--config FILE] [--json]

  first-party   OAuth 1.0a with an access token from the self-service portal
  third-party   OAuth 1.0a with authorization in the browser (the access token is kept for next time)
  sso           OAuth 2.0 client assertion, then an SSO session
  demo          all three against a sandbox inside this process; needs no settings

  --config FILE   settings from a JSON file in the format of the sandbox's credentials.json
  --json          one JSON document on standard output, for machines
  --help          this page

Exit codes: 0 done, 1 refused by the server or cancelled by the user, 2 wrong configuration, 3 unreachable,
130 interrupted.

Settings: the JSON member, then the environment variables that come before it.

${settings.join('\n')}
`
}
