import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { jwkFrom, type KeyIntegers } from './vectors.ts'

export {
  base64url,
  bigintBytes,
  bytes,
  fixedRandom,
  hex,
  ibkrExample,
  inverse,
  jwkFrom,
  lstDerivation,
  publicJwkFrom,
  referencePower,
} from './vectors.ts'

/** The published example key as a key object; PEM and the rest are exported from it at run time. */
export function keyObjectFrom(integers: KeyIntegers): KeyObject {
  return createPrivateKey({ key: jwkFrom(integers), format: 'jwk' })
}

export function publicKeyOf(key: KeyObject): KeyObject {
  return createPublicKey(key)
}
