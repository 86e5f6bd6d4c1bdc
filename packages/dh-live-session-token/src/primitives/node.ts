import { checkPrimeSync, createHmac, createSecretKey, randomBytes as draw, KeyObject } from 'node:crypto'
import type { Primitives } from './contract.ts'
import { takeBytes } from './node-bytes.ts'
import { createNodeDhKey } from './node-dh.ts'
import { createNodeRsaPrivateKey } from './node-rsa.ts'

// OpenSSL, by way of node:crypto.

export { openEncryptedKey } from '@ibkr-auth/internal/open-encrypted-key'

export const name: Primitives['name'] = 'node'

export const randomBytes: Primitives['randomBytes'] = (length) => takeBytes(draw(length))

/** By a key object: for bytes Node 24 throws and catches errors of its own first, which takes longer than the MAC. */
export const hmacSha1: Primitives['hmacSha1'] = (key, message) =>
  takeBytes(createHmac('sha1', createSecretKey(key)).update(message).digest())

export const createDhKey: Primitives['createDhKey'] = createNodeDhKey

export const createRsaPrivateKey: Primitives['createRsaPrivateKey'] = createNodeRsaPrivateKey

export const keyObjectFrom: Primitives['keyObjectFrom'] = (key) =>
  KeyObject.from(key as Parameters<typeof KeyObject.from>[0])

export const isProbablePrime: Primitives['isProbablePrime'] = (candidate) => checkPrimeSync(candidate)

export const pause: Primitives['pause'] = () =>
  new Promise((resolve, reject) => draw(1, (error) => (error ? reject(error) : resolve())))
