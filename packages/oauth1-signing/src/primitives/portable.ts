import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { hex } from '../hex.ts'
import { base64, getRandomBytes, utf8 } from '../host.ts'
import type { Hash } from './contract.ts'

export { webCryptoSign as prepareRsaSign, webCryptoVerify as prepareRsaVerify } from './webcrypto-rsa.ts'

export const primitivesName = 'portable' as const

const hashes = { sha1, sha256 }

export function prepareHmac(hash: Hash, key: Uint8Array): (text: string) => string {
  const keyed = hmac.create(hashes[hash], key)
  return (text) => base64(keyed.clone().update(utf8(text)).digest())
}

export function randomHex(bytes: number): string {
  return hex(getRandomBytes(bytes))
}

/** Touches every character whatever the others are; JavaScript engines promise no more than that. */
export function equalText(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let index = 0; index < other.length; index++) {
    difference |= one.charCodeAt(index % (one.length || 1)) ^ other.charCodeAt(index)
  }
  return difference === 0
}
