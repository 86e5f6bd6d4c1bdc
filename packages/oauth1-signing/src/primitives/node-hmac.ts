import { createHmac, createSecretKey, hash } from 'node:crypto'
import type { Hash } from './contract.ts'

/** Bytes in a block of SHA-1 and of SHA-256. */
const blockLength = 64
const digestLengths = { sha1: 20, sha256: 32 } as const
/** UTF-16 units of the longest text hashed in the scratch buffer, where each takes three bytes at the most. */
const longestText = 1344

// RFC 2104 by two calls of hash(), which allocate no object of OpenSSL and so take some 0.7 of the time of a
// createHmac. Buffers of this file alone, not of Node's pool, which others get to see uninitialised; they are
// wiped after each use.
const inner = Buffer.alloc(blockLength + 3 * longestText)
const outers = {
  sha1: Buffer.alloc(blockLength + digestLengths.sha1),
  sha256: Buffer.alloc(blockLength + digestLengths.sha256),
} as const

/** Prepares a key once; the result gives the base64 of the MAC of a text's UTF-8 bytes. */
export function prepareHmac(algorithm: Hash, key: Uint8Array): (text: string) => string {
  const keyObject = createSecretKey(key)
  const block = key.length > blockLength ? hash(algorithm, key, 'buffer') : key
  const innerPad = padded(block, 0x36)
  const outerPad = padded(block, 0x5c)
  const outer = outers[algorithm]
  return (text) => {
    if (text.length > longestText) return createHmac(algorithm, keyObject).update(text).digest('base64')
    inner.set(innerPad)
    const length = blockLength + inner.write(text, blockLength)
    outer.set(outerPad)
    outer.write(hash(algorithm, inner.subarray(0, length), 'binary'), blockLength, 'latin1')
    const mac = hash(algorithm, outer, 'base64')
    inner.fill(0, 0, length)
    outer.fill(0)
    return mac
  }
}

function padded(key: Uint8Array, pad: number): Uint8Array {
  return Uint8Array.from({ length: blockLength }, (_, index) => (key[index] ?? 0) ^ pad)
}
