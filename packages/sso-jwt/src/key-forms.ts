import { SsoJwtError } from './error.ts'
import type { CryptoKeyLike, KeyObjectLike } from './host.ts'
import { checkAlgorithm, operations, type SigningAlgorithm } from './signing-algorithm.ts'

/** A JSON Web Key of type RSA or EC (RFC 7517, RFC 7518 6.2 and 6.3). It is copied, never changed. */
export interface JsonWebKeyLike {
  readonly kty?: string | undefined
  readonly alg?: string | undefined
  readonly kid?: string | undefined
  readonly use?: string | undefined
  readonly key_ops?: readonly string[] | undefined
  readonly ext?: boolean | undefined
  readonly n?: string | undefined
  readonly e?: string | undefined
  readonly d?: string | undefined
  readonly p?: string | undefined
  readonly q?: string | undefined
  readonly dp?: string | undefined
  readonly dq?: string | undefined
  readonly qi?: string | undefined
  readonly crv?: string | undefined
  readonly x?: string | undefined
  readonly y?: string | undefined
}

/** True for the runtime's own CryptoKey objects. */
export function isCryptoKey(value: object): value is CryptoKeyLike {
  return Object.prototype.toString.call(value) === '[object CryptoKey]'
}

/** True for what Node's `createPrivateKey` and `createPublicKey` give. */
export function isKeyObject(value: object): value is KeyObjectLike {
  return 'export' in value && typeof value.export === 'function' && 'type' in value
}

/** The JWK of a KeyObject, which every runtime can import. */
export function keyObjectToJwk(key: KeyObjectLike): JsonWebKeyLike {
  try {
    return { ...key.export({ format: 'jwk' }) }
  } catch (cause) {
    const kind = key.asymmetricKeyType ?? key.type
    const message = `KeyObjects of type ${kind} cannot be used: rsa and ec can`
    throw new SsoJwtError('ERR_SSO_JWT_INVALID_KEY', message, { cause })
  }
}

const algorithmOfName: ReadonlyMap<string, SigningAlgorithm> = new Map([
  ['RSASSA-PKCS1-v1_5', 'RS256'],
  ['RSA-PSS', 'PS256'],
  ['ECDSA', 'ES256'],
])

/** The algorithm a CryptoKey is for, checked against the one wanted. */
export function checkCryptoKey(
  key: CryptoKeyLike,
  wanted: SigningAlgorithm | undefined,
  type: 'private' | 'public',
): SigningAlgorithm {
  const { name, hash, namedCurve } = key.algorithm as {
    readonly name: string
    readonly hash?: { readonly name: string }
    readonly namedCurve?: string
  }
  const alg = checkAlgorithm(wanted, algorithmOfName.get(name) ?? 'RS256')
  const usage = type === 'private' ? 'sign' : 'verify'
  const fits =
    name === operations[alg].name && (alg === 'ES256' ? namedCurve === 'P-256' : hash?.name === 'SHA-256')
  if (!fits || !key.usages.includes(usage)) {
    throw new SsoJwtError(
      'ERR_SSO_JWT_INVALID_KEY',
      `${alg} needs a ${type} CryptoKey of ${operations[alg].name} with ${alg === 'ES256' ? 'P-256' : 'SHA-256'} and the usage "${usage}"`,
    )
  }
  return alg
}
