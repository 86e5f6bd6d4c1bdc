import { SandboxError } from '../errors.ts'
import type { AccessTokenInput, CredentialsInput, UserInput } from './input.ts'

/** A further key of an OAuth 2.0 client, by the name of its PEM file. */
export interface KeyFile {
  readonly keyId: string
  /** A file beside `credentials.json`. */
  readonly file: string
}

/** The members of a `credentials.json`, checked. */
export interface ReadFields {
  readonly fields: CredentialsInput
  readonly keyFiles: readonly KeyFile[]
}

const textMembers = [
  'consumerKey',
  'accessToken',
  'accessTokenSecret',
  'username',
  'realm',
  'callbackUrl',
  'dhPrime',
] as const
const oauth2TextMembers = ['clientId', 'keyId', 'credential'] as const

/** Reads the text of a `credentials.json`. @throws {SandboxError} `ERR_SANDBOX_CREDENTIALS_UNREADABLE`. */
export function readFields(text: string, file: string): ReadFields {
  const content = objectOf(parsed(text, file), file)
  const { dhGenerator, firstParty } = content
  if (dhGenerator !== undefined && typeof dhGenerator !== 'number' && typeof dhGenerator !== 'string')
    throw unreadable(file, 'dhGenerator must be a number, or hexadecimal')
  if (firstParty !== undefined && typeof firstParty !== 'boolean')
    throw unreadable(file, 'firstParty must be true or false')
  const oauth2 = content.oauth2 === undefined ? {} : objectOf(content.oauth2, `${file}: oauth2`)
  return {
    fields: {
      ...texts(content, textMembers, file),
      // Left out where it is not given, so that the file beside may say it.
      ...(dhGenerator === undefined ? {} : { dhGenerator }),
      firstParty,
      accessTokens: list(content.accessTokens, 'accessTokens', file).map((token) => accessToken(token, file)),
      users: list(content.users, 'users', file).map((user) => userOf(user, file)),
      oauth2: {
        ...texts(oauth2, oauth2TextMembers, file),
        scopes: textList(oauth2.scopes, 'oauth2.scopes', file),
        furtherCredentials: textList(oauth2.furtherCredentials, 'oauth2.furtherCredentials', file),
      },
    },
    keyFiles: list(oauth2.furtherKeys, 'oauth2.furtherKeys', file).map((key) => keyFile(key, file)),
  }
}

/** A file of credentials that cannot be read, and why. */
export function unreadable(file: string, problem: string): SandboxError {
  return new SandboxError(
    'ERR_SANDBOX_CREDENTIALS_UNREADABLE',
    `Cannot read credentials from ${file}: ${problem}`,
  )
}

function accessToken(value: unknown, file: string): AccessTokenInput {
  const names = ['accessToken', 'accessTokenSecret', 'username'] as const
  const { username, ...rest } = texts(objectOf(value, `${file}: accessTokens`), names, file)
  if (username === undefined) throw unreadable(file, 'accessTokens: username is missing')
  return { username, ...rest }
}

function userOf(value: unknown, file: string): UserInput {
  const user = objectOf(value, `${file}: users`)
  const { username } = texts(user, ['username'], file)
  const accounts = textList(user.accounts, 'users.accounts', file)
  if (username === undefined || accounts === undefined) {
    throw unreadable(file, 'users: each needs username and accounts')
  }
  return { username, accounts }
}

function keyFile(value: unknown, file: string): KeyFile {
  const { keyId, file: name } = texts(objectOf(value, `${file}: furtherKeys`), ['keyId', 'file'], file)
  if (keyId === undefined || name === undefined || /[/\\]/.test(name)) {
    throw unreadable(
      file,
      'oauth2.furtherKeys: each needs keyId and file, the name of a file beside this one',
    )
  }
  return { keyId, file: name }
}

function texts<Name extends string>(
  content: Readonly<Record<string, unknown>>,
  names: readonly Name[],
  file: string,
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = content[name]
    if (value === undefined) continue
    if (typeof value !== 'string' || value === '')
      throw unreadable(file, `${name} must be a text that is not empty`)
    found[name] = value
  }
  return found
}

function list(value: unknown, name: string, file: string): readonly unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw unreadable(file, `${name} must be a list`)
  return value
}

function textList(value: unknown, name: string, file: string): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw unreadable(file, `${name} must be a list of texts`)
  }
  return value
}

function objectOf(value: unknown, file: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unreadable(file, 'expected an object')
  return value as Readonly<Record<string, unknown>>
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unreadable(file, 'it is not JSON')
  }
}
