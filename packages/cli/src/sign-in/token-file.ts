import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SettingError } from '../profile/errors.ts'
import type { Profile } from '../profile/read-profile.ts'

/** What one user's consent yields. The secret stays encrypted. */
export interface UserToken {
  readonly accessToken: string
  /** Base64 of the ciphertext, as it came over the wire. */
  readonly accessTokenSecret: string
  readonly isPaper?: boolean | undefined
}

/** Where the user's token is kept: as the setting says, else beside the profile's file. */
export function tokenFileOf(profile: Profile): string {
  const named = profile.pathOf('accessTokenFile')
  if (named !== undefined) return named
  return profile.file === undefined
    ? resolve('ibkr-access-token.json')
    : join(dirname(profile.file), 'ibkr-access-token.json')
}

/**
 * The user's token as it was kept, or undefined where there is none yet.
 *
 * @throws {SettingError} where the file cannot be used, or holds a token that another consumer key was granted
 */
export function readTokenFile(path: string, consumerKey: string): UserToken | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new SettingError('accessTokenFile', `The access token file ${path} cannot be read (${code}).`)
  }
  const kept = parse(text)
  if (kept?.consumerKey === consumerKey) return kept.token
  const problem = kept === undefined ? 'is damaged' : 'holds the token of another consumer key'
  throw new SettingError(
    'accessTokenFile',
    `The access token file ${path} ${problem}: delete it to authorize anew, or name another file.`,
  )
}

/**
 * Keeps the user's token, for this user of the machine alone (0600). The secret in it is the ciphertext that
 * came over the wire. Written aside and then renamed: an interruption leaves the old file or the new one.
 */
export function writeTokenFile(path: string, consumerKey: string, token: UserToken): void {
  const aside = `${path}.${process.pid}.new`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(aside, `${JSON.stringify({ consumerKey, ...token }, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
    })
    renameSync(aside, path)
  } catch (error) {
    rmSync(aside, { force: true })
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new SettingError('accessTokenFile', `The access token file ${path} cannot be written (${reason}).`)
  }
}

function parse(text: string): { consumerKey: string; token: UserToken } | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { consumerKey, accessToken, accessTokenSecret, isPaper } = value as Record<string, unknown>
  if (typeof consumerKey !== 'string') return undefined
  if (typeof accessToken !== 'string' || typeof accessTokenSecret !== 'string') return undefined
  const token = { accessToken, accessTokenSecret }
  return { consumerKey, token: typeof isPaper === 'boolean' ? { ...token, isPaper } : token }
}
