import { randomBytes, subtle } from '@ibkr-auth/internal/globals'
import { sha1 } from '@noble/hashes/legacy.js'
import { isProbablePrime as isPrimeByWitnesses } from './big-integers.ts'
import type { Primitives } from './contract.ts'
import { createPortableDhKey } from './portable-dh.ts'
import { createPortableRsaPrivateKey } from './portable-rsa.ts'

// Runs anywhere. BigInt arithmetic takes time that depends on its operands: see the README, Runtimes. Each export is a
// name of its own, so that a bundle which decrypts nothing leaves RSA out.

export { randomBytes }

export const name: Primitives['name'] = 'portable'

/** RFC 2104 over noble's SHA-1, in half the code of noble's general one. */
export const hmacSha1: Primitives['hmacSha1'] = (key, message) => {
  const block = new Uint8Array(sha1.blockLen)
  block.set(key.length > block.length ? sha1(key) : key)
  const keyed = (mask: number, text: Uint8Array): Uint8Array =>
    sha1
      .create()
      .update(block.map((byte) => byte ^ mask))
      .update(text)
      .digest()
  const digest = keyed(0x5c, keyed(0x36, message))
  block.fill(0)
  return digest
}

export const createDhKey: Primitives['createDhKey'] = createPortableDhKey

export const createRsaPrivateKey: Primitives['createRsaPrivateKey'] = (numbers) =>
  createPortableRsaPrivateKey(numbers, randomBytes)

export const keyObjectFrom: Primitives['keyObjectFrom'] = undefined

export const openEncryptedKey: Primitives['openEncryptedKey'] = undefined

export const isProbablePrime: Primitives['isProbablePrime'] = (candidate) =>
  isPrimeByWitnesses(candidate, randomBytes)

/** A task of the runtime's own, not a timer; with less to hash some runtimes answer without leaving the loop. */
export const pause: Primitives['pause'] = async () => {
  await subtle().digest('SHA-256', new Uint8Array(1024))
}
