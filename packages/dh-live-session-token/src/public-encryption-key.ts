import { DerReader, derTag } from './der.ts'
import { isKeyObject, type KeyObjectLike, type RsaJwk } from './encryption-key.ts'
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
    return block && integersFromDer(block.bytes)
  }
  if (key instanceof Uint8Array) return integersFromDer(key)
  if (key === null || typeof key !== 'object') return undefined
  const jwk = isKeyObject(key) ? (key.export({ format: 'jwk' }) as RsaJwk) : key
  return jwk.kty === 'RSA' ? both(integerFromJwk(jwk.n), integerFromJwk(jwk.e)) : undefined
}

/** SubjectPublicKeyInfo (RFC 5280 4.1) around an RSAPublicKey, or that alone (RFC 8017 A.1.1). */
function integersFromDer(der: Uint8Array): RsaPublicIntegers | undefined {
  const body = new DerReader(der).enter(derTag.sequence)
  if (body?.nextTag !== derTag.sequence) return both(body?.readInteger(), body?.readInteger())
  body.read(derTag.sequence)
  const key = new DerReader(body.read(derTag.bitString)?.subarray(1) ?? new Uint8Array()).enter(
    derTag.sequence,
  )
  return both(key?.readInteger(), key?.readInteger())
}

function both(n: bigint | undefined, e: bigint | undefined): RsaPublicIntegers | undefined {
  return n === undefined || e === undefined ? undefined : { n, e }
}
