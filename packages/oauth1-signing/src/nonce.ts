import { randomHex } from '#primitives'
import { hex } from './hex.ts'
import { OAuth1Error } from './oauth1-error.ts'

const nonceBytes = 16
const nonceLength = 2 * nonceBytes
const noncesInPool = 256

// Asking for random bytes costs more than a signature, so they are fetched for many nonces at once. A nonce
// is no secret: it goes out in clear with its request.
let pool = ''
let used = 0

/** A fresh nonce: 32 hex digits, 128 random bits (RFC 5849 3.3). */
export function createNonce(randomBytes?: (length: number) => Uint8Array): string {
  if (randomBytes !== undefined) return fromCaller(randomBytes(nonceBytes))
  if (used === pool.length) {
    pool = randomHex(nonceBytes * noncesInPool)
    used = 0
  }
  const nonce = pool.slice(used, used + nonceLength)
  used += nonceLength
  return nonce
}

function fromCaller(bytes: Uint8Array): string {
  if (bytes.length === 0) {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', `randomBytes must return ${nonceBytes} bytes`)
  }
  return hex(bytes)
}
