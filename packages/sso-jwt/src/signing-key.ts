import { invalidInput } from './error.ts'
import type { CryptoKeyLike, KeyObjectLike } from './host.ts'
import type { JsonWebKeyLike } from './key-forms.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'
import type { SigningFunction } from './signing-function.ts'
import type { SsoJwtWarning } from './warning.ts'

/** How a key signs: raw, and as a compact JWS. */
export interface SigningOperations {
  readonly sign: (signingInput: Uint8Array) => Promise<Uint8Array>
  readonly signJwt: (claims: object, keyId: string) => Promise<string>
}

/**
 * A key ready to sign, made once by `importSigningKey` and used for every request. It prints as its algorithm and
 * warnings, never as key material.
 */
export class SigningKey {
  readonly alg: SigningAlgorithm
  /** `WARN_SSO_JWT_SMALL_KEY` for an RSA key under 3072 bits; empty when nothing is odd. */
  readonly warnings: readonly SsoJwtWarning[]
  readonly #operations: SigningOperations

  constructor(alg: SigningAlgorithm, warnings: readonly SsoJwtWarning[], operations: SigningOperations) {
    this.alg = alg
    this.warnings = warnings
    this.#operations = operations
  }

  /**
   * Signs a JWS signing input (RFC 7515 5.1), ASCII bytes.
   *
   * @returns Raw signature: modulus length for RSA, 64 bytes for ES256.
   * @throws {SsoJwtError} `ERR_SSO_JWT_SIGNING_FAILED`
   */
  sign(signingInput: Uint8Array): Promise<Uint8Array> {
    return this.#operations.sign(signingInput)
  }

  /**
   * Signs claims as a compact JWS (RFC 7515 7.1): header `alg`, `typ` `JWT` and `kid`, everything in ASCII.
   *
   * @throws {SsoJwtError} `ERR_SSO_JWT_SIGNING_FAILED`, `ERR_SSO_JWT_INVALID_INPUT` for claims JSON cannot carry.
   */
  signJwt(claims: object, keyId: string): Promise<string> {
    return this.#operations.signJwt(claims, keyId)
  }
}

/** Refuses anything but what `importSigningKey` gave. */
export function checkSigningKey(key: unknown): SigningKey {
  if (key instanceof SigningKey) return key
  throw invalidInput('signingKey must come from importSigningKey() (await it)')
}

/** Bytes of a secret, or whatever hands them out. */
export type SecretBytesLike = Uint8Array | { reveal(): Uint8Array }

/**
 * What a signing key may come as: PEM text or its bytes (PKCS#8, PKCS#1, SEC 1, or encrypted), a private JWK, Node's
 * `KeyObject`, a `CryptoKey` with the usage `sign`, or a function that signs elsewhere.
 */
export type SigningKeyInput =
  | string
  | SecretBytesLike
  | JsonWebKeyLike
  | KeyObjectLike
  | CryptoKeyLike
  | SigningFunction

/** Choices of `importSigningKey`. */
export interface ImportSigningKeyOptions {
  /**
   * Signature algorithm; a PEM cannot say which.
   * @defaultValue what a JWK, `CryptoKey` or signing function says of itself, else `RS256`
   */
  readonly alg?: SigningAlgorithm
  /** Passphrase of an encrypted PEM. Needs `node:crypto`. */
  readonly passphrase?: string | SecretBytesLike
}

/**
 * Imports a private key, once for all requests.
 *
 * IBKR asks for RSA of 3072 or 4096 bits; a smaller key is imported and pointed out in `warnings`.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_KEY` if it cannot be read or does not fit the algorithm,
 *   `ERR_SSO_JWT_INVALID_PASSPHRASE` if the passphrase is missing or wrong, `ERR_SSO_JWT_UNSUPPORTED` for an encrypted
 *   PEM without `node:crypto`, `ERR_SSO_JWT_INVALID_INPUT` for anything else.
 * @see RFC 7518 3.3 to 3.5, RFC 5208, RFC 8017 A.1.2
 */
export async function importSigningKey(
  input: SigningKeyInput,
  options: ImportSigningKeyOptions = {},
): Promise<SigningKey> {
  const { readSigningKey } = await import('./read-signing-key.ts') // PEM, DER and jose's importers, for this one call
  return readSigningKey(input, options)
}
