import { createPrivateKey } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SandboxError } from '../errors.ts'
import type { SandboxCredentials } from './credentials.ts'
import { replaceFile } from './replace-file.ts'

/**
 * Writes credentials for programs in any language: `credentials.json`, `private_signature.pem` and
 * `private_encryption.pem` (PKCS #1) with a PKCS #8 copy of each (`*.pkcs8.pem`), `dhparam.pem`,
 * `oauth2_private.pem` (PKCS #8) and, with TLS, `ca.pem`. Each file takes the place of what stood there, private to the user (0600) where the
 * system knows that; no link is followed. The directory is made if it is missing.
 *
 * @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT` where the sandbox knows a public half only;
 *   `ERR_SANDBOX_CREDENTIALS_UNWRITABLE` where others could write to the directory, or it cannot be written to.
 */
export async function writeCredentials(directory: string, credentials: SandboxCredentials): Promise<void> {
  const { signingKey, encryptionKey } = credentials
  await credentials.oauth2.ready()
  const files: Readonly<Record<string, string>> = {
    'private_signature.pem': pkcs1(signingKey),
    'private_signature.pkcs8.pem': signingKey,
    'private_encryption.pem': pkcs1(encryptionKey),
    'private_encryption.pkcs8.pem': encryptionKey,
    'dhparam.pem': credentials.dhParams,
    'oauth2_private.pem': credentials.oauth2.privateKey,
    ...(credentials.certificateAuthority === undefined ? {} : { 'ca.pem': credentials.certificateAuthority }),
    // Last: a program that waits for it finds the keys in place.
    'credentials.json': `${JSON.stringify(credentials, null, 2)}\n`,
  }
  await writePrivateFiles(directory, files)
}

/**
 * Writes files into a directory that nobody else can write to.
 *
 * @throws {SandboxError} `ERR_SANDBOX_CREDENTIALS_UNWRITABLE`.
 */
export async function writePrivateFiles(
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const problem = await directoryProblem(directory)
    if (problem !== undefined) throw unwritable(directory, problem)
    for (const [name, content] of Object.entries(files)) await replaceFile(join(directory, name), content)
  } catch (cause) {
    if (cause instanceof SandboxError) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw unwritable(directory, code, cause)
  }
}

/** Whoever can write to the directory can put a key of their own in the place of ours. */
async function directoryProblem(directory: string): Promise<string | undefined> {
  const { uid, mode } = await stat(directory)
  const self = process.getuid?.()
  if (self === undefined) return undefined
  if (uid !== self) return 'it belongs to another user'
  return (mode & 0o022) === 0 ? undefined : 'others may write to it; take that away with: chmod go-w'
}

function unwritable(directory: string, problem: string, cause?: unknown): SandboxError {
  return new SandboxError(
    'ERR_SANDBOX_CREDENTIALS_UNWRITABLE',
    `Cannot write credentials to ${directory}: ${problem}`,
    { cause },
  )
}

function pkcs1(pkcs8: string): string {
  return createPrivateKey(pkcs8).export({ type: 'pkcs1', format: 'pem' }).toString()
}
