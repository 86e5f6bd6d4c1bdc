import { getDiffieHellman } from 'node:crypto'
import { formatDhParams } from '@ibkr-auth/dh-live-session-token'
import { dhParamsFile, type KeyPairName, keyFiles } from './key-files.ts'
import { makeKeyPair } from './key-pair.ts'
import { findSafePrime, type PrimeSearchProgress } from './safe-prime.ts'
import { type FileToWrite, refuseExisting, writeFiles } from './write-files.ts'

/** What {@link makeKeys} makes. */
export interface MakeKeysOptions {
  readonly directory: string
  /** Bits of the institutional key: 3072 or 4096. Absent: the two pairs and the parameters of OAuth 1.0a. */
  readonly oauth2Bits?: number | undefined
  /** Name of a known group, in place of a prime of one's own. */
  readonly group?: KnownGroup | undefined
  /** Encrypts the private keys. */
  readonly passphrase?: string | undefined
  readonly signal: AbortSignal
  readonly onProgress?: ((progress: PrimeSearchProgress) => void) | undefined
  /** Bits of pairs and prime, for tests. Default 2048, as IBKR's registration asks. */
  readonly bits?: number | undefined
}

/** Groups that are known by name: 14 of RFC 3526, 2048 bits. */
export const knownGroups = ['modp14'] as const
export type KnownGroup = (typeof knownGroups)[number]

/** What was made. */
export interface MadeKeys {
  readonly files: readonly string[]
  /** SHA-256 of each public key, hex in pairs. */
  readonly fingerprints: Readonly<Partial<Record<KeyPairName, string>>>
}

/**
 * Makes keys and parameters and writes them, all or none.
 *
 * @throws {KeygenError} `ERR_CLI_FILE_EXISTS`; the reason of `signal`.
 */
export async function makeKeys(options: MakeKeysOptions): Promise<MadeKeys> {
  const { oauth2Bits, bits = 2048, passphrase } = options
  const names: readonly KeyPairName[] = oauth2Bits === undefined ? ['signature', 'encryption'] : ['oauth2']
  const wanted = names.flatMap((name) => Object.values(keyFiles[name]))
  await refuseExisting(options.directory, oauth2Bits === undefined ? [...wanted, dhParamsFile] : wanted)
  const pairs = await Promise.all(
    names.map(async (name) => ({ name, ...(await makeKeyPair(oauth2Bits ?? bits, passphrase)) })),
  )
  const files: FileToWrite[] = pairs.flatMap(({ name, privateKey, publicKey }) => [
    { name: keyFiles[name].private, text: privateKey, private: true },
    { name: keyFiles[name].public, text: publicKey, private: false },
  ])
  if (oauth2Bits === undefined) {
    files.push({ name: dhParamsFile, text: await dhParams(bits, options), private: false })
  }
  options.signal.throwIfAborted()
  await writeFiles(options.directory, files)
  return {
    files: files.map(({ name }) => name),
    fingerprints: Object.fromEntries(pairs.map(({ name, fingerprint }) => [name, fingerprint])),
  }
}

async function dhParams(bits: number, { group, signal, onProgress }: MakeKeysOptions): Promise<string> {
  const prime =
    group === undefined
      ? await findSafePrime({ bits, signal, onProgress })
      : BigInt(`0x${getDiffieHellman(group).getPrime('hex')}`)
  return formatDhParams({ prime, generator: 2n })
}
