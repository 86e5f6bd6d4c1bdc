import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseDhParams } from '@ibkr-auth/dh-live-session-token'
import type { CredentialsInput } from './input.ts'
import { readFields, unreadable } from './read-fields.ts'

/**
 * Reads a `credentials.json` with the PEM files beside it. Members and files may be missing: the sandbox makes
 * what it is not given. A key may be there as its public half (`public_signature.pem`, `public_encryption.pem`,
 * `oauth2_public.pem`); further keys of the OAuth 2.0 client are named as `oauth2.furtherKeys: [{ keyId, file }]`.
 *
 * @throws {SandboxError} `ERR_SANDBOX_CREDENTIALS_UNREADABLE`.
 */
export async function readCredentials(file: string): Promise<CredentialsInput> {
  const { fields, keyFiles } = readFields(await readText(file), file)
  const directory = dirname(file)
  const signingKey = await firstFile(directory, ['private_signature.pem', 'public_signature.pem'])
  const encryptionKey = await firstFile(directory, ['private_encryption.pem', 'public_encryption.pem'])
  const privateKey = await firstFile(directory, ['oauth2_private.pem', 'oauth2_public.pem'])
  const furtherKeys = await Promise.all(
    keyFiles.map(async ({ keyId, file: name }) => ({
      keyId,
      privateKey: await readText(join(directory, name)),
    })),
  )
  return {
    ...(await dhParamsBeside(directory)),
    ...fields,
    oauth2: { ...fields.oauth2, privateKey, furtherKeys },
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
