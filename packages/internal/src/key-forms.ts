import type { SecretBytesLike, SecretTextLike } from './secret.ts'

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
  readonly oth?: unknown
  readonly crv?: string | undefined
  readonly x?: string | undefined
  readonly y?: string | undefined
}

/** Node's `KeyObject`, by shape. */
export interface KeyObjectLike {
  readonly type: string
  readonly asymmetricKeyType?: string | undefined
  export(options: { readonly format: 'der'; readonly type: 'pkcs8' | 'spki' }): Uint8Array
}

/** WebCrypto's `CryptoKey`, by shape. */
export interface CryptoKeyLike {
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: { readonly name: string }
  readonly usages: readonly string[]
}

/**
 * A key in any form that people have: PEM as text or bytes (PKCS#1, PKCS#8, SEC 1; SubjectPublicKeyInfo for public
 * keys), with its line breaks written `\n`, the whole PEM in base64, DER bytes, a JSON Web Key (as JSON text, too), a Node
 * `KeyObject`, a WebCrypto `CryptoKey`. Texts and bytes may come inside an object that hands them out by `reveal()`.
 */
export type KeyInput = SecretTextLike | SecretBytesLike | JsonWebKeyLike | KeyObjectLike | CryptoKeyLike

/** True for the runtime's own `CryptoKey` objects. */
export function isCryptoKey(value: object): value is CryptoKeyLike {
  return Object.prototype.toString.call(value) === '[object CryptoKey]'
}

/** True for what Node's `createPrivateKey` and `createPublicKey` give. */
export function isKeyObject(value: object): value is KeyObjectLike {
  return 'export' in value && typeof value.export === 'function' && 'type' in value
}
