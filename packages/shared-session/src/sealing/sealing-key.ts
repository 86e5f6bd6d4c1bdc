import { createHash } from 'node:crypto'
import { invalidInput } from '../errors.ts'

/** 32 bytes: as such, as hex (64 digits), as base64 or base64url, or as something that reveals one of these. */
export type SealingKey = Uint8Array | string | { reveal(): Uint8Array | string }

/** A key as it is used. */
interface ReadSealingKey {
  readonly bytes: Uint8Array
  /** Tells keys apart without telling what they are: 16 hex digits of a SHA-256. */
  readonly id: string
}

export function readSealingKey(key: SealingKey, name: string): ReadSealingKey {
  const bytes = bytesOf(revealed(key))
  if (bytes?.length !== 32)
    throw invalidInput(
      `${name} must be 32 random bytes, as bytes, 64 hex digits or base64 (openssl rand -base64 32)`,
    )
  if (bytes.every((byte) => byte === bytes[0]))
    throw invalidInput(`${name} must be random; all its bytes are equal`)
  const id = createHash('sha256')
    .update('ibkr-auth shared-session key id')
    .update(bytes)
    .digest('hex')
    .slice(0, 16)
  return { bytes, id }
}

/** A secret that was disposed of, say, throws: then there is no key. */
function revealed(key: SealingKey): unknown {
  try {
    return typeof key === 'object' && key !== null && 'reveal' in key ? key.reveal() : key
  } catch {
    return undefined
  }
}

function bytesOf(key: unknown): Uint8Array | undefined {
  if (key instanceof Uint8Array) return Uint8Array.from(key)
  if (typeof key !== 'string') return undefined
  const text = key.trim()
  if (/^[0-9a-f]{64}$/i.test(text)) return Uint8Array.from(Buffer.from(text, 'hex'))
  return /^[\w+/-]{43}=?$/.test(text) ? Uint8Array.from(Buffer.from(text, 'base64')) : undefined
}
