import { compactDecrypt } from 'jose/jwe/compact/decrypt'
import { CompactEncrypt } from 'jose/jwe/compact/encrypt'
import { invalidInput, SharedSessionError } from '../errors.ts'
import { readSealingKey, type SealingKey } from './sealing-key.ts'

/** How values are kept from whoever can read or write the store. */
export interface SealingOptions {
  /**
   * Keys of 32 bytes. The first one seals, all of them open: to replace a key put the new one second everywhere, then first
   * everywhere, then take the old one away.
   */
  readonly seal?: SealingKey | readonly SealingKey[] | undefined
  /** `false` stores values as they are, readable for whoever can read the store. */
  readonly sealed?: false | undefined
}

/** Where a value stands: neither another key's value nor an earlier revision's opens there. */
export interface Place {
  readonly key: string
  readonly revision: number
}

/** Seals and opens. */
export interface Sealer {
  seal(text: string, place: Place): Promise<string>
  /** @throws {SharedSessionError} `ERR_SHARED_SESSION_UNREADABLE` */
  open(value: string, place: Place): Promise<string>
}

const type = 'ibkr-auth-shared'
const longest = 1_048_576

/**
 * Compact JWE, `dir` with A256GCM (RFC 7516, RFC 7518 4.5 and 5.3).
 *
 * @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT`
 */
export function createSealer({ seal, sealed }: SealingOptions): Sealer {
  if (sealed === false && seal === undefined) return plain
  if (seal === undefined || sealed !== undefined)
    throw invalidInput(
      'seal must be a key of 32 bytes, or a list of them; sealed: false, without seal, stores secrets as they are',
    )
  const list: readonly SealingKey[] = Array.isArray(seal) ? seal : [seal as SealingKey]
  const keys = list.map((key, index) => readSealingKey(key, list.length === 1 ? 'seal' : `seal[${index}]`))
  const first = keys[0]
  if (first === undefined) throw invalidInput('seal must hold at least one key')
  const bytesById = new Map(keys.map(({ id, bytes }) => [id, bytes]))
  return {
    seal(text, { key, revision }) {
      const header = { alg: 'dir', enc: 'A256GCM', typ: type, kid: first.id, key, revision }
      return new CompactEncrypt(Buffer.from(text, 'utf8')).setProtectedHeader(header).encrypt(first.bytes)
    },
    open: (value, place) => openSealed(value, place, bytesById),
  }
}

async function openSealed(
  value: string,
  place: Place,
  keys: ReadonlyMap<string, Uint8Array>,
): Promise<string> {
  if (value.length > longest) throw unreadable(place, 'it is too long')
  const { plaintext, protectedHeader } = await compactDecrypt(
    value,
    ({ kid = '' }) => keys.get(kid) ?? Promise.reject(new Error('unknown key')),
    { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
  ).catch((cause: unknown) => {
    throw unreadable(place, 'it was not sealed with any of these keys, or was altered', cause)
  })
  const { typ, key, revision } = protectedHeader
  if (typ !== type || key !== place.key) throw unreadable(place, 'it was sealed for something else')
  if (revision !== place.revision) throw unreadable(place, 'it was sealed for another revision')
  return Buffer.from(plaintext).toString('utf8')
}

const plain: Sealer = {
  seal: async (text) => text,
  async open(value, place) {
    if (value.length <= longest && value.startsWith('{')) return value
    throw unreadable(place, 'it is sealed, and sealed: false was said here')
  },
}

/** @param why - What is the matter, as part of a sentence; holds no secret. */
export function unreadable({ key }: Pick<Place, 'key'>, why: string, cause?: unknown): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_UNREADABLE',
    `What is stored under "${key}" is not used, and not overwritten: ${why}. Give all processes of this key the same keys and version, or delete it`,
    { cause },
  )
}
