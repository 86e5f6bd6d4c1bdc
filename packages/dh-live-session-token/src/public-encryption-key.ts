import { DerReader, derTag } from './der.ts'
import type { KeyObjectLike, RsaJwk } from './encryption-key.ts'
import { LiveSessionTokenError } from './errors.ts'
import { findPemBlocks } from './pem.ts'
import { integerFromJwk } from './rsa-integers.ts'

/** A public encryption key: PEM (SPKI or PKCS #1), DER of either, JWK or `KeyObject`. */
export type PublicEncryptionKeyInput = string | Uint8Array | RsaJwk | KeyObjectLike

interface RsaPublicIntegers {
  readonly n: bigint
  readonly e: bigint
}

export function readPublicEncryptionKey(key: PublicEncryptionKeyInput): RsaPublicIntegers {
  const integers = tryReadIntegers(key)
  if (
    integers !== undefined &&
    integers.n > 1n &&
    integers.n % 2n === 1n &&
    integers.e > 1n &&
    integers.e < 1n << 64n
  )
    return integers
  throw new LiveSessionTokenError(
    'ERR_LST_INVALID_KEY',
    'publicEncryptionKey is not an RSA public key: pass PEM or DER (SPKI or PKCS #1), a JWK or a KeyObject.',
  )
}

function tryReadIntegers(key: PublicEncryptionKeyInput): RsaPublicIntegers | undefined {
  if (typeof key === 'string') {
    const block = findPemBlocks(key).find(({ label }) => label.endsWith('PUBLIC KEY'))
    return block && fromDer(block.bytes)
  }
  if (key instanceof Uint8Array) return fromDer(key)
  if (key === null || typeof key !== 'object') return undefined
  const jwk =
    'export' in key && typeof key.export === 'function'
      ? (key.export({ format: 'jwk' }) as RsaJwk)
      : (key as RsaJwk)
  const [n, e] = [integerFromJwk(jwk.n), integerFromJwk(jwk.e)]
  return n === undefined || e === undefined ? undefined : { n, e }
}

function fromDer(der: Uint8Array): RsaPublicIntegers | undefined {
  const body = new DerReader(der).enter(derTag.sequence)
  if (body?.nextTag === derTag.sequence) {
    body.read(derTag.sequence)
    const bits = body.read(derTag.bitString)
    return bits && fromDer(bits.subarray(1))
  }
  const [n, e] = [body?.readInteger(), body?.readInteger()]
  return n === undefined || e === undefined ? undefined : { n, e }
}
