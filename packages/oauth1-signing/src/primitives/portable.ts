import { base64FromBytes, hexFromBytes, utf8Bytes } from '@ibkr-auth/internal/bytes'
import { randomBytes } from '@ibkr-auth/internal/globals'
import type { OpenEncryptedKey } from '@ibkr-auth/internal/key-input'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'

export { webCryptoSign as prepareRsaSign, webCryptoVerify as prepareRsaVerify } from './webcrypto-rsa.ts'

export const primitivesName = 'portable' as const

export const openEncryptedKey: OpenEncryptedKey | undefined = undefined

// Two functions, so that a bundle that signs with one hash leaves the other out.
export function prepareHmacSha1(key: Uint8Array): (text: string) => string {
  return prepareHmac(sha1, key)
}

export function prepareHmacSha256(key: Uint8Array): (text: string) => string {
  return prepareHmac(sha256, key)
}

/** RFC 2104, with both key blocks hashed once: half the work for a short text, and half the code of a general one. */
function prepareHmac(hash: typeof sha1 | typeof sha256, key: Uint8Array): (text: string) => string {
  const block = new Uint8Array(hash.blockLen)
  block.set(key.length > block.length ? hash(key) : key)
  const [inner, outer] = [0x36, 0x5c].map((pad) => {
    const padded = block.map((byte) => byte ^ pad)
    const state = hash.create().update(padded)
    padded.fill(0)
    return state
  }) as [ReturnType<typeof hash.create>, ReturnType<typeof hash.create>]
  block.fill(0)
  return (text) =>
    base64FromBytes(
      outer
        .clone()
        .update(inner.clone().update(utf8Bytes(text)).digest())
        .digest(),
    )
}

export function randomHex(bytes: number): string {
  return hexFromBytes(randomBytes(bytes))
}

/** Touches every character whatever the others are; JavaScript engines promise no more than that. */
export function equalText(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let index = 0; index < other.length; index++) {
    difference |= one.charCodeAt(index % (one.length || 1)) ^ other.charCodeAt(index)
  }
  return difference === 0
}
