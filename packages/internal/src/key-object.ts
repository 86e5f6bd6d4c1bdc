import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { KeyMaterial } from './key-reading.ts'
import { wrapDer } from './wrap-der.ts'

/** A key that was read, as Node's own; `undefined` for a JWK or a `CryptoKey`. Node only. */
export function keyObjectOf(key: KeyMaterial): KeyObject | undefined {
  if (key.form !== 'der') return undefined
  const bytes = Buffer.from(wrapDer(key))
  return key.half === 'private'
    ? createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
    : createPublicKey({ key: bytes, format: 'der', type: 'spki' })
}
