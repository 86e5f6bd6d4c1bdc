import { findPemBlocks } from './pem.ts'
import { type RsaNumbers, rsaNumbersFromDer, rsaNumbersFromJwk } from './rsa-integers.ts'

/** Node's `KeyObject`, by shape. */
export interface KeyObjectLike {
  readonly type: string
  export(options: { format: 'jwk' }): unknown
}

/** A JSON Web Key (RFC 7517, RFC 7518 6.3). */
export type RsaJwk = { readonly kty?: string | undefined } & Readonly<Record<string, unknown>>

/** An RSA key in any form that people have: PEM text, DER bytes, JWK or `KeyObject`. */
export type RsaKeyInput = string | Uint8Array | RsaJwk | KeyObjectLike

/** Takes a key apart as far as it can be read. */
export function readRsaNumbers(key: RsaKeyInput, label: 'PRIVATE KEY' | 'PUBLIC KEY'): RsaNumbers {
  if (typeof key === 'string') {
    const blocks = findPemBlocks(key)
    const block = blocks.find((candidate) => candidate.label.endsWith(label)) ?? blocks[0]
    return block ? rsaNumbersFromDer(block.bytes) : {}
  }
  if (key instanceof Uint8Array) return rsaNumbersFromDer(key)
  if (typeof key !== 'object' || key === null) return {}
  return rsaNumbersFromJwk(isKeyObject(key) ? (key.export({ format: 'jwk' }) as RsaJwk) : key)
}

function isKeyObject(key: RsaJwk | KeyObjectLike): key is KeyObjectLike {
  return typeof key.export === 'function'
}
