import { crypto } from '@ibkr-auth/internal/node-crypto'
import type { Primitives } from './contract.ts'
import { takeBytes } from './node-bytes.ts'
import { createNodeDhKey } from './node-dh.ts'
import { createNodeRsaPrivateKey } from './node-rsa.ts'

// OpenSSL, by way of node:crypto.

export { openEncryptedKey } from '@ibkr-auth/internal/open-encrypted-key'

export const name: Primitives['name'] = 'node'

export const randomBytes: Primitives['randomBytes'] = (length) => takeBytes(crypto.randomBytes(length))

/** By a key object: for bytes Node 24 throws and catches errors of its own first, which takes longer than the MAC. */
export const hmacSha1: Primitives['hmacSha1'] = (key, message) =>
  takeBytes(crypto.createHmac('sha1', crypto.createSecretKey(key)).update(message).digest())

export const createDhKey: Primitives['createDhKey'] = createNodeDhKey

export const createRsaPrivateKey: Primitives['createRsaPrivateKey'] = createNodeRsaPrivateKey

export const keyObjectFrom: Primitives['keyObjectFrom'] = (key) =>
  crypto.KeyObject.from(key as Parameters<typeof crypto.KeyObject.from>[0])

export const isProbablePrime: Primitives['isProbablePrime'] = (candidate) => crypto.checkPrimeSync(candidate)

export const pause: Primitives['pause'] = () =>
  new Promise((resolve, reject) => crypto.randomBytes(1, (error) => (error ? reject(error) : resolve())))
