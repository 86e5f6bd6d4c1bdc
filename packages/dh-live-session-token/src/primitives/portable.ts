import { host } from '../host.ts'
import type { Primitives } from './contract.ts'
import { hmacSha1 } from './hmac-sha1.ts'
import { isProbablePrime } from './miller-rabin.ts'
import { createPortableDhKey } from './portable-dh.ts'
import { createPortableRsaPrivateKey } from './portable-rsa.ts'

const randomBytes = (length: number): Uint8Array => host.crypto.getRandomValues(new Uint8Array(length))

/** Runs anywhere. BigInt arithmetic takes time that depends on its operands: see the README, Runtimes. */
export const primitives: Primitives = {
  name: 'portable',
  randomBytes,
  hmacSha1,
  createDhKey: createPortableDhKey,
  createRsaPrivateKey: (integers) => createPortableRsaPrivateKey(integers, randomBytes),
  adoptKeyObject: () => undefined,
  openEncryptedPem: undefined,
  isProbablePrime: (candidate) => isProbablePrime(candidate, randomBytes),
  // A task of the runtime's own, not a timer; with less to hash some runtimes answer without leaving the loop.
  pause: async () => {
    await host.crypto.subtle.digest('SHA-256', new Uint8Array(1024))
  },
}
