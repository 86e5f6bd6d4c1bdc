import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { jsonObject } from '@ibkr-auth/internal/json'
import { SettingError } from './errors.ts'
import type { Environment } from './places.ts'
import { environmentVariables, filesBeside, type SettingName } from './setting-names.ts'

/** Where a setting was found. */
export type SettingSource =
  | { readonly from: 'environment'; readonly variable: string }
  | { readonly from: 'file'; readonly file: string }
  | { readonly from: 'beside'; readonly file: string }

interface Found {
  readonly text: string
  readonly source: SettingSource
}

/** Reads settings one at a time, so that a client only ever asks for those it uses. Texts are trimmed. */
export class Settings {
  readonly #environment: Environment
  readonly #file: string | undefined
  readonly #members: Readonly<Record<string, unknown>>

  /**
   * @param file - A JSON file in the format of the sandbox's `credentials.json`.
   * @throws {SettingError} `ERR_CLI_SETTING` where the file cannot be read.
   */
  constructor(environment: Environment, file: string | undefined) {
    this.#environment = environment
    this.#file = file === undefined ? undefined : resolve(file)
    this.#members = file === undefined ? {} : readMembers(file)
  }

  /** Where the setting was found; `undefined` where nothing has it. */
  sourceOf(name: SettingName): SettingSource | undefined {
    return this.#find(name)?.source
  }

  /** The setting's text; `undefined` where nothing has it. */
  optional(name: SettingName): string | undefined {
    return this.#find(name)?.text
  }

  /** @throws {SettingError} `ERR_CLI_SETTING` where it is missing. */
  required(name: SettingName): string {
    const text = this.optional(name)
    if (text !== undefined) return text
    throw missing([name])
  }

  /**
   * Which of settings that stand for each other counts: one from the environment before one from the file before a
   * file beside it.
   *
   * @throws {SettingError} `ERR_CLI_SETTING` where all are missing.
   */
  firstOf(names: readonly [SettingName, ...SettingName[]]): SettingName {
    const order = ['environment', 'file', 'beside']
    const found = names.flatMap((name) => {
      const source = this.sourceOf(name)
      return source === undefined ? [] : [{ name, rank: order.indexOf(source.from) }]
    })
    const [first] = found.sort((one, other) => one.rank - other.rank)
    if (first === undefined) throw missing(names)
    return first.name
  }

  /** The text itself, or that of the file that stands for it. */
  textOrFile(text: SettingName, file: SettingName): string {
    return this.firstOf([text, file]) === text ? this.required(text) : this.file(file)
  }

  /**
   * The text of the file that the setting names; a relative path starts at the JSON file, or at the working directory.
   *
   * @throws {SettingError} `ERR_CLI_SETTING` where it is missing or cannot be read.
   */
  file(name: SettingName): string {
    this.required(name)
    return readText(name, this.path(name) ?? '')
  }

  /** The path that the setting names, made absolute. */
  path(name: SettingName): string | undefined {
    const found = this.#find(name)
    if (found === undefined || isAbsolute(found.text)) return found?.text
    return resolve(found.source.from === 'environment' ? '.' : dirname(this.#file ?? '.'), found.text)
  }

  #find(name: SettingName): Found | undefined {
    for (const variable of environmentVariables[name]) {
      const text = this.#environment[variable]?.trim()
      if (text) return { text, source: { from: 'environment', variable } }
    }
    if (this.#file === undefined) return undefined
    const text = memberText(this.#members, name)
    if (text) return { text, source: { from: 'file', file: this.#file } }
    const beside = filesBeside[name]
    if (beside === undefined) return undefined
    const file = join(dirname(this.#file), beside)
    return existsSync(file) ? { text: file, source: { from: 'beside', file } } : undefined
  }
}

function missing(names: readonly SettingName[]): SettingError {
  const variables = names.map((name) => environmentVariables[name][0])
  const members = names.map((name) => `"${name}"`)
  const beside = names.flatMap((name) => filesBeside[name] ?? [])
  const files = beside.length === 0 ? '' : `, or lay ${beside.join(' or ')} beside it`
  return new SettingError(
    names[0] ?? '',
    `The setting ${names.join(' or ')} is missing: set ${variables.join(' or ')}, or ${members.join(' or ')} in the JSON file of --config or --profile${files}.`,
  )
}

function readMembers(file: string): Readonly<Record<string, unknown>> {
  const members = jsonObject(readText('--config', file))
  if (members !== undefined) return members
  // A parser's message would quote the file, which holds secrets.
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
function memberText(members: Readonly<Record<string, unknown>>, name: string): string | undefined {
  let value: unknown = members
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  if (Array.isArray(value)) return value.join(' ')
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined
}
