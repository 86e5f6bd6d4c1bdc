import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { SandboxError } from '../errors.ts'
import type { CredentialsInput } from './input.ts'

/**
 * Reads a `credentials.json` with the PEM files beside it. Members and files may be missing: the sandbox makes
 * what it is not given. A key may be there as its public half (`public_signature.pem`, `public_encryption.pem`,
 * `oauth2_public.pem`).
 *
 * @throws {SandboxError} `ERR_SANDBOX_CREDENTIALS_UNREADABLE`.
 */
export async function readCredentials(file: string): Promise<CredentialsInput> {
  const fields = await readFields(file)
  const directory = dirname(file)
  const signingKey = await firstFile(directory, ['private_signature.pem', 'public_signature.pem'])
  const encryptionKey = await firstFile(directory, ['private_encryption.pem', 'public_encryption.pem'])
  const oauth2Key = await firstFile(directory, ['oauth2_private.pem', 'oauth2_public.pem'])
  const oauth2 = { ...fields.oauth2, privateKey: oauth2Key }
  return {
    ...(await dhParamsBeside(directory)),
    ...fields,
    oauth2,
    signingKey,
    encryptionKey,
  }
}

/** What `openssl dhparam` wrote; `dhPrime` and `dhGenerator` of the JSON file go before it. */
async function dhParamsBeside(directory: string): Promise<Pick<CredentialsInput, 'dhPrime' | 'dhGenerator'>> {
  const pem = await firstFile(directory, ['dhparam.pem'])
  if (pem === undefined) return {}
  try {
    const { prime, generator } = parseDhParams(pem)
    return { dhPrime: prime.toString(16), dhGenerator: generator.toString(16) }
  } catch {
    throw unreadable(join(directory, 'dhparam.pem'), 'it is not what openssl dhparam writes')
  }
}

const textMembers = [
  'consumerKey',
  'accessToken',
  'accessTokenSecret',
  'realm',
  'callbackUrl',
  'dhPrime',
] as const
const oauth2TextMembers = ['clientId', 'keyId', 'credential'] as const

async function readFields(file: string): Promise<CredentialsInput> {
  const content = objectOf(parseJson(await readText(file), file), file)
  const generator = content.dhGenerator
  if (generator !== undefined && typeof generator !== 'number' && typeof generator !== 'string')
    throw unreadable(file, 'dhGenerator must be a number, or hexadecimal')
  const oauth2 = content.oauth2 === undefined ? {} : objectOf(content.oauth2, `${file}: oauth2`)
  const { scopes } = oauth2
  if (scopes !== undefined && !isTextList(scopes))
    throw unreadable(file, 'oauth2.scopes must be a list of texts')
  return {
    ...texts(content, textMembers, file),
    // Left out where it is not given, so that the file beside may say it.
    ...(generator === undefined ? {} : { dhGenerator: generator }),
    oauth2: { ...texts(oauth2, oauth2TextMembers, file), scopes },
  }
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

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function objectOf(value: unknown, file: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unreadable(file, 'expected an object')
  return value as Readonly<Record<string, unknown>>
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unreadable(file, 'it is not JSON')
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw unreadable(file, errorCode(cause))
  }
}

async function firstFile(directory: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    try {
      return await readFile(join(directory, name), 'utf8')
    } catch (cause) {
      if (errorCode(cause) !== 'ENOENT') throw unreadable(join(directory, name), errorCode(cause))
    }
  }
  return undefined
}

function errorCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
}

function unreadable(file: string, problem: string): SandboxError {
  return new SandboxError(
    'ERR_SANDBOX_CREDENTIALS_UNREADABLE',
    `Cannot read credentials from ${file}: ${problem}`,
  )
}
